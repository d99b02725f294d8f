#include "base/time.h"

#include <gtest/gtest.h>

namespace sluis {
namespace {

using namespace std::chrono_literals;

TEST(Time, WritesRfc3339InUtcWithMicroseconds) {
  const Instant at = Day(std::chrono::year(2026) / 11 / 22) + 1h + 2min + 3s + 4us;
  EXPECT_EQ(toRfc3339(at), "2026-11-22T01:02:03.000004Z");
}

TEST(Time, ReadsOnlyRealDates) {
  EXPECT_EQ(toIsoDate(*fromIsoDate("2024-02-29")), "2024-02-29");
  for (const char* text : {"2023-02-29", "2026-13-01", "2026-1-01", "20260101", "2026-01-0a", "2026--1-01"})
    EXPECT_FALSE(fromIsoDate(text)) << text;
}

}  // namespace
}  // namespace sluis
