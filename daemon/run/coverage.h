// The municipalities a provider may deliver for, from the register to what validate/ asks.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/time.h"
#include "postgres/connection.h"
#include "validate/coverage.h"

namespace sluis::run {

/// 34 for "GM0034"; 0 for what is no municipality code.
std::uint16_t municipalityNumber(std::string_view code);

validate::Coverage coverageOf(postgres::Connection& connection, const std::string& provider, const std::string& dataset,
                              Day received);

}  // namespace sluis::run
