#include "report/numbers.h"

#include <array>
#include <cmath>

#include <fmt/format.h>

#include "base/time.h"

namespace sluis::report {

std::string decimal(double value, int decimals, Language language) {
  std::string text = fmt::format("{:.{}f}", value, decimals);
  if (const auto point = text.find('.'); point != std::string::npos && language == Language::dutch) text[point] = ',';
  return text;
}

std::string grouped(std::int64_t count, Language language) {
  std::string digits = std::to_string(count);
  const std::ptrdiff_t least = count < 0 ? 1 : 0;
  for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > least; at -= 3)
    digits.insert(static_cast<std::size_t>(at), 1, language == Language::dutch ? '.' : ',');
  return digits;
}

std::string percentage(double share, int decimals, Language language) {
  return decimal(100 * share, decimals, language) + (language == Language::dutch ? "\u00a0%" : "%");
}

std::string dayText(std::string_view rfc3339, Language language) {
  static constexpr std::array kDutch = {"januari", "februari", "maart",     "april",   "mei",      "juni",
                                        "juli",    "augustus", "september", "oktober", "november", "december"};
  static constexpr std::array kEnglish = {"January", "February", "March",     "April",   "May",      "June",
                                          "July",    "August",   "September", "October", "November", "December"};
  const auto day = fromIsoDate(rfc3339.substr(0, 10));
  if (!day) return std::string(rfc3339);
  const std::chrono::year_month_day ymd(*day);
  const auto& months = language == Language::dutch ? kDutch : kEnglish;
  return fmt::format("{} {} {}", static_cast<unsigned>(ymd.day()), months[static_cast<unsigned>(ymd.month()) - 1],
                     static_cast<int>(ymd.year()));
}

std::string lowerFirst(std::string_view text) {
  std::string lower(text);
  if (!lower.empty() && lower[0] >= 'A' && lower[0] <= 'Z') lower[0] = static_cast<char>(lower[0] - 'A' + 'a');
  return lower;
}

}  // namespace sluis::report
