#include "run/schedule.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace sluis::run {
namespace {

using namespace std::chrono_literals;

Instant utc(int y, unsigned m, unsigned d, std::chrono::minutes time) {
  return Instant(Day(std::chrono::year(y) / m / d)) + time;
}

TEST(Schedule, IsDueAtTheLocalTimeSummerAndWinter) {
  const Schedule schedule(2h, "Europe/Amsterdam");
  EXPECT_EQ(schedule.nextDue(utc(2026, 7, 1, 12h)), utc(2026, 7, 2, 0h));
  EXPECT_EQ(schedule.nextDue(utc(2026, 12, 1, 12h)), utc(2026, 12, 2, 1h));
  EXPECT_EQ(schedule.lastDue(utc(2026, 12, 1, 12h)), utc(2026, 12, 1, 1h));
}

TEST(Schedule, TheMomentItselfIsDueAndTheNextIsADayLater) {
  const Schedule schedule(2h, "Europe/Amsterdam");
  EXPECT_EQ(schedule.lastDue(utc(2026, 12, 1, 1h)), utc(2026, 12, 1, 1h));
  EXPECT_EQ(schedule.nextDue(utc(2026, 12, 1, 1h)), utc(2026, 12, 2, 1h));
}

TEST(Schedule, ATimeThatDoesNotExistIsTakenAtTheJump) {
  // 2026-03-29: 02:00 becomes 03:00 in Amsterdam, at 01:00 UTC.
  EXPECT_EQ(Schedule(2h + 30min, "Europe/Amsterdam").nextDue(utc(2026, 3, 28, 12h)), utc(2026, 3, 29, 1h));
}

TEST(Schedule, ATimeThatExistsTwiceIsTakenOnce) {
  // 2026-10-25: 03:00 becomes 02:00; 02:30 is at 00:30 and 01:30 UTC.
  const Schedule schedule(2h + 30min, "Europe/Amsterdam");
  EXPECT_EQ(schedule.nextDue(utc(2026, 10, 24, 12h)), utc(2026, 10, 25, 30min));
  EXPECT_EQ(schedule.nextDue(utc(2026, 10, 25, 30min)), utc(2026, 10, 26, 1h + 30min));
}

TEST(Schedule, TodayIsTheDayThereNotInUtc) {
  EXPECT_EQ(Schedule(2h, "Europe/Amsterdam").today(utc(2026, 12, 31, 23h + 30min)),
            Day(std::chrono::year(2027) / 1 / 1));
}

TEST(Schedule, AnUnknownTimeZoneIsAConfigurationError) {
  EXPECT_THROW(Schedule(2h, "Europa/Almere"), Error);
}

}  // namespace
}  // namespace sluis::run
