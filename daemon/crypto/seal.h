// Sealing: small secrets that lie in a database, under a key that does not (AES-256-GCM, random nonce of 96 bits).
//
// What is sealed is bound to a place ("totp of account 12"): moved elsewhere it does not open. Never tells why
// something does not open. Error (crypto) when OpenSSL cannot do its work.
#pragma once

#include <optional>
#include <string_view>

#include "base/secret.h"

namespace sluis::crypto {

/// Version, nonce, what is sealed, tag: 29 bytes more than `plain`. `key` of 32 bytes; std::logic_error otherwise.
Bytes seal(const Secret& key, BytesView plain, std::string_view boundTo);
/// nullopt: another key, another place, changed, or not sealed at all.
std::optional<Secret> unseal(const Secret& key, BytesView sealed, std::string_view boundTo);

}  // namespace sluis::crypto
