#include "xlsx/cell_value.h"

#include <array>
#include <charconv>
#include <chrono>
#include <cmath>

#include <fmt/format.h>

namespace sluis::xlsx {

namespace {

using std::chrono::days;
using std::chrono::sys_days;
using std::chrono::year_month_day;

constexpr int kFakeLeapDay = 60;  // 29 February 1900, which Excel has from Lotus 1-2-3
constexpr int kSecondsADay = 86400;
constexpr sys_days kLastDay = std::chrono::year(9999) / 12 / 31;

void append(std::string& out, year_month_day day, int second) {
  fmt::format_to(std::back_inserter(out), "{:04}{:02}{:02}", static_cast<int>(day.year()),
                 static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()));
  if (second != 0)
    fmt::format_to(std::back_inserter(out), " {:02}:{:02}:{:02}", second / 3600, second / 60 % 60, second % 60);
}

// `size` digits at `at`, or -1.
int digitsAt(std::string_view text, std::size_t at, std::size_t size) {
  if (text.size() < at + size) return -1;
  int number = 0;
  for (const char c : text.substr(at, size)) {
    if (c < '0' || c > '9') return -1;
    number = number * 10 + (c - '0');
  }
  return number;
}

}  // namespace

std::optional<double> numberOf(std::string_view stored) {
  if (stored.starts_with('+')) stored.remove_prefix(1);
  double number = 0;
  const auto [end, error] = std::from_chars(stored.data(), stored.data() + stored.size(), number);
  if (error != std::errc() || end != stored.data() + stored.size() || !std::isfinite(number)) return std::nullopt;
  return number;
}

void appendNumber(std::string& out, double number) {
  std::array<char, 32> text;
  if (number == 0) number = 0;  // no "-0"
  const bool whole = std::fabs(number) < 1e21 && number == std::trunc(number);
  const auto end = whole ? std::to_chars(text.begin(), text.end(), number, std::chars_format::fixed, 0).ptr
                         : std::to_chars(text.begin(), text.end(), number, std::chars_format::general, 15).ptr;
  out.append(text.begin(), end);
}

bool appendDay(std::string& out, double serial, DateSystem system) {
  const int first = system == DateSystem::from1900 ? 1 : 0;
  if (!(serial >= first && serial < 3e6)) return false;
  int day = static_cast<int>(serial);
  // Excel's own times are off by parts of a second.
  int second = static_cast<int>(std::lround((serial - day) * kSecondsADay));
  if (second == kSecondsADay) {
    second = 0;
    ++day;
  }
  if (system == DateSystem::from1900 && day == kFakeLeapDay) {
    out += "19000229";
    return true;
  }
  const sys_days zero = system == DateSystem::from1904 ? std::chrono::year(1904) / 1 / 1
                        : day < kFakeLeapDay           ? std::chrono::year(1899) / 12 / 31
                                                       : std::chrono::year(1899) / 12 / 30;
  const sys_days date = zero + days(day);
  if (date > kLastDay) return false;
  append(out, date, second);
  return true;
}

bool appendIsoDay(std::string& out, std::string_view stored) {
  if (stored.size() < 10 || stored[4] != '-' || stored[7] != '-') return false;
  const int year = digitsAt(stored, 0, 4);
  const int month = digitsAt(stored, 5, 2);
  const int day = digitsAt(stored, 8, 2);
  if (year < 0 || month < 0 || day < 0) return false;
  const year_month_day date(std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                            std::chrono::day(static_cast<unsigned>(day)));
  if (!date.ok()) return false;
  int second = 0;
  if (stored.size() > 10) {
    const int hour = digitsAt(stored, 11, 2);
    const int minute = digitsAt(stored, 14, 2);
    if (stored[10] != 'T' || hour < 0 || hour > 23 || minute < 0 || minute > 59 || stored[13] != ':') return false;
    const int odd = stored.size() > 16 && stored[16] == ':' ? digitsAt(stored, 17, 2) : 0;
    if (odd < 0 || odd > 59) return false;
    second = hour * 3600 + minute * 60 + odd;
  }
  append(out, date, second);
  return true;
}

}  // namespace sluis::xlsx
