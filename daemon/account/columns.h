// For this room only: the columns of portal.account as a value, and tokens as the database keeps them.
#pragma once

#include <string>
#include <string_view>

#include "account/account.h"
#include "crypto/digest.h"

namespace sluis::account {

// Of `portal.account AS a`. No column holds what proves who somebody is.
inline constexpr std::string_view kAccountColumns =
    "a.id AS account_id, a.\"user\", a.name, a.role, a.subject, a.language, a.state,"
    " a.password_hash IS NOT NULL AS has_password, a.totp_sealed IS NOT NULL AS has_second_factor, a.terms_accepted,"
    " a.created AS account_created, a.last_sign_in";
Account accountFrom(const postgres::Row& row);

/// Whether anybody can be called so: printable ASCII. The database takes no other bytes than those of UTF-8.
bool canBeUser(std::string_view text);

/// 32 random bytes as 43 characters.
std::string newToken();
/// What stands in the database for a token. Any text may be asked for.
crypto::Sha256 tokenHash(std::string_view token);

}  // namespace sluis::account
