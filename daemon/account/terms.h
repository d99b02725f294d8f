// The terms of use and who accepted which: a version is the beginning of the text's digest, so that a changed text is a
// new one.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "postgres/connection.h"

namespace sluis::account {

/// The first 16 hex digits of the SHA-256 of the text; "" of no text.
std::string termsVersion(std::string_view terms);
void acceptTerms(postgres::Transaction& transaction, std::int64_t account, std::string_view version);

}  // namespace sluis::account
