// Times and numbers the way a Dutch reader expects them.
#pragma once

#include <cstdint>
#include <string>

#include "base/time.h"

namespace sluis::mail {

/// "22 november 2026 om 02:03 uur" in that time zone ("Europe/Amsterdam"). Error (config) when there is no such zone.
std::string dutchTime(Instant at, const std::string& timeZone);
/// "22 november 2026".
std::string dutchDay(Day day);
/// "2.000.000".
std::string dutchNumber(std::uint64_t number);
/// "150,2 MB", "812 bytes".
std::string dutchSize(std::uint64_t bytes);

}  // namespace sluis::mail
