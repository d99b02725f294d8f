// Numbers and days the way a Dutch reader expects them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace sluis::report {

/// "7,4".
std::string dutch(double value, int decimals);
/// "1.234".
std::string dutchCount(std::int64_t count);
/// "23,8 %" of 0.238, with a space that does not break.
std::string dutchShare(double share, int decimals);
/// "22 november 2026" of an RFC 3339 time; the text itself when it is none.
std::string dutchDay(std::string_view rfc3339);

/// For inside a sentence: "Gemiddeld cijfer" becomes "gemiddeld cijfer".
std::string lowerFirst(std::string_view text);

}  // namespace sluis::report
