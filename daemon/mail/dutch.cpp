#include "mail/dutch.h"

#include <array>
#include <stdexcept>

#include <date/tz.h>
#include <fmt/format.h>

#include "base/error.h"

namespace sluis::mail {

namespace {

constexpr std::array kMonths = {"januari", "februari", "maart",     "april",   "mei",      "juni",
                                "juli",    "augustus", "september", "oktober", "november", "december"};

}  // namespace

std::string dutchDay(Day day) {
  const std::chrono::year_month_day ymd(day);
  return fmt::format("{} {} {}", static_cast<unsigned>(ymd.day()), kMonths[static_cast<unsigned>(ymd.month()) - 1],
                     static_cast<int>(ymd.year()));
}

std::string dutchTime(Instant at, const std::string& timeZone) {
  const date::time_zone* zone = nullptr;
  try {
    zone = date::locate_zone(timeZone);
  } catch (const std::runtime_error&) {
    throw Error(ErrorKind::config, fmt::format("there is no time zone \"{}\"", timeZone),
                "use a name such as Europe/Amsterdam; the package tzdata holds them");
  }
  const auto local = zone->to_local(std::chrono::floor<std::chrono::minutes>(at));
  const auto day = date::floor<date::days>(local);
  const date::year_month_day ymd{day};
  const date::hh_mm_ss time{local - day};
  return fmt::format("{} {} {} om {:02}:{:02} uur", static_cast<unsigned>(ymd.day()),
                     kMonths[static_cast<unsigned>(ymd.month()) - 1], static_cast<int>(ymd.year()),
                     time.hours().count(), time.minutes().count());
}

std::string dutchNumber(std::uint64_t number) {
  std::string digits = std::to_string(number);
  for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > 0; at -= 3)
    digits.insert(static_cast<std::size_t>(at), 1, '.');
  return digits;
}

std::string dutchSize(std::uint64_t bytes) {
  if (bytes < 1000) return fmt::format("{} bytes", bytes);
  double value = static_cast<double>(bytes) / 1000;
  const char* unit = "kB";
  for (const char* next : {"MB", "GB"}) {
    if (value < 1000) break;
    value /= 1000;
    unit = next;
  }
  std::string text = fmt::format("{:.1f} {}", value, unit);
  text[text.find('.')] = ',';
  return text;
}

}  // namespace sluis::mail
