// The language a person reads the portal and its mails in.
#pragma once

#include <cstdint>
#include <string_view>

#include "postgres/connection.h"

namespace sluis::account {

/// "nl" or "en"; anything else is the database's error.
void setLanguage(postgres::Connection& connection, std::int64_t account, std::string_view language);

}  // namespace sluis::account
