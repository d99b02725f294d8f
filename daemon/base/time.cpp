#include "base/time.h"

#include <charconv>

#include <fmt/format.h>

namespace sluis {

namespace chr = std::chrono;

std::string toIsoDate(Day day) {
  const chr::year_month_day ymd(day);
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(ymd.year()), static_cast<unsigned>(ymd.month()),
                     static_cast<unsigned>(ymd.day()));
}

std::string toRfc3339(Instant at) {
  const auto day = chr::floor<chr::days>(at);
  const chr::hh_mm_ss time(at - day);
  return fmt::format("{}T{:02}:{:02}:{:02}.{:06}Z", toIsoDate(day), time.hours().count(), time.minutes().count(),
                     time.seconds().count(), time.subseconds().count());
}

std::optional<Day> fromIsoDate(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  const auto number = [&](std::size_t at, std::size_t length) -> int {
    int value = -1;
    const auto* first = text.data() + at;
    const auto [end, error] = std::from_chars(first, first + length, value);
    return error == std::errc() && end == first + length && text[at] != '-' ? value : -1;
  };
  const int year = number(0, 4);
  const int month = number(5, 2);
  const int day = number(8, 2);
  if (year < 0 || month < 0 || day < 0) return std::nullopt;
  const chr::year_month_day ymd{chr::year(year), chr::month(static_cast<unsigned>(month)),
                                chr::day(static_cast<unsigned>(day))};
  if (!ymd.ok()) return std::nullopt;
  return Day(ymd);
}

}  // namespace sluis
