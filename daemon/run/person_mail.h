// Whom a mail about an account of the portal goes to, and the link in it. The link is made here, as the mail is
// rendered, in the transaction that marks the message: its token is in the mail and as a digest in portal.link, and
// nowhere else.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/time.h"
#include "mail/dispatcher.h"
#include "postgres/connection.h"

namespace sluis::run {

/// nullopt: there is no such account; it is disabled and the mail would let it in; it has a password already and the
/// mail invites; there is no portal.
std::optional<mail::Person> personOf(postgres::Transaction& transaction, std::int64_t account, const std::string& kind,
                                     const std::string& portalUrl, Instant now);

}  // namespace sluis::run
