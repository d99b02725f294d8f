// Calendar days of 1900 to 2100 by table: what a date in a delivery can be.
#pragma once

#include <array>
#include <cstdint>

#include "base/time.h"
#include "model/trajectory.h"

namespace sluis::validate {

inline constexpr unsigned kFirstYear = 1900;
inline constexpr unsigned kLastYear = 2100;

constexpr DayNumber dayNumber(Day day) {
  return static_cast<DayNumber>(day.time_since_epoch().count());
}

class Calendar {
 public:
  constexpr Calendar() {
    for (unsigned month = 0; month < starts_.size(); ++month)
      starts_[month] = dayNumber(Day(std::chrono::year(static_cast<int>(kFirstYear + month / 12)) /
                                     std::chrono::month(month % 12 + 1) / std::chrono::day(1)));
  }

  /// kNoDay when yyyymmdd is no real day of these years.
  constexpr DayNumber find(std::uint32_t yyyymmdd) const {
    const std::uint32_t year = yyyymmdd / 10000;
    const std::uint32_t month = yyyymmdd / 100 % 100;
    const std::uint32_t day = yyyymmdd % 100;
    // No branches: whether there is a date at all nobody can predict.
    const bool mayBe = (year - kFirstYear <= kLastYear - kFirstYear) & (month - 1 <= 11) & (day != 0);
    const std::uint32_t index = ((year - kFirstYear) * 12 + month - 1) & (0 - std::uint32_t{mayBe});
    const DayNumber found = starts_[index] + static_cast<DayNumber>(day) - 1;
    return (mayBe & (found < starts_[index + 1])) ? found : kNoDay;
  }

 private:
  std::array<DayNumber, (kLastYear - kFirstYear + 1) * 12 + 1> starts_{};
};

inline constexpr Calendar kCalendar;

}  // namespace sluis::validate
