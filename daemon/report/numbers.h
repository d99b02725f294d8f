// Numbers and days the way a reader of the language expects them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "report/language.h"

namespace sluis::report {

/// "7,4", "7.4".
std::string decimal(double value, int decimals, Language language);
/// "1.234", "1,234".
std::string grouped(std::int64_t count, Language language);
/// "23,8 %" of 0.238, with a space that does not break; "23.8%".
std::string percentage(double share, int decimals, Language language);
/// "22 november 2026" of an RFC 3339 time; the text itself when it is none.
std::string dayText(std::string_view rfc3339, Language language);

/// For inside a sentence: "Gemiddeld cijfer" becomes "gemiddeld cijfer".
std::string lowerFirst(std::string_view text);

}  // namespace sluis::report
