#include "model/period.h"

#include <gtest/gtest.h>

namespace sluis {
namespace {

using std::chrono::day;
using std::chrono::month;
using std::chrono::year;

Day date(int y, unsigned m, unsigned d) {
  return Day(year(y) / month(m) / day(d));
}

TEST(Period, ReadsTheFourFormsInEitherCase) {
  EXPECT_EQ(Period::parse("2026H1")->text(), "2026H1");
  EXPECT_EQ(Period::parse("2026h2")->text(), "2026H2");
  EXPECT_EQ(Period::parse("2026q3")->text(), "2026Q3");
  EXPECT_EQ(Period::parse("2026-10")->text(), "2026-10");
  EXPECT_EQ(Period::parse("2026")->text(), "2026");
}

TEST(Period, RefusesEverythingElse) {
  for (const char* text : {"", "26H1", "2026H3", "2026H0", "2026Q5", "2026-13", "2026-00", "2026-1", "2026H1 ", "20261",
                           "1999", "2100", "2026H", "2026-1O"})
    EXPECT_FALSE(Period::parse(text)) << text;
}

TEST(Period, CoversItsDaysIncludingBothEnds) {
  EXPECT_EQ(Period::parse("2026H1")->first(), date(2026, 1, 1));
  EXPECT_EQ(Period::parse("2026H1")->last(), date(2026, 6, 30));
  EXPECT_EQ(Period::parse("2024-02")->last(), date(2024, 2, 29));
  EXPECT_EQ(Period::parse("2026Q4")->first(), date(2026, 10, 1));
  EXPECT_EQ(Period::parse("2026")->last(), date(2026, 12, 31));
}

TEST(Period, PreviousIsOfTheSameKindAcrossTheYear) {
  EXPECT_EQ(Period::parse("2026H1")->previous().text(), "2025H2");
  EXPECT_EQ(Period::parse("2026-01")->previous().text(), "2025-12");
  EXPECT_EQ(Period::parse("2026")->previous().text(), "2025");
}

TEST(Period, OnlyTheLatestFinishedOnesOfEachKindAreOpen) {
  const Day today = date(2026, 11, 22);
  EXPECT_TRUE(isOpen(*Period::parse("2026H1"), today, 2));
  EXPECT_TRUE(isOpen(*Period::parse("2025H2"), today, 2));
  EXPECT_FALSE(isOpen(*Period::parse("2025H1"), today, 2));
  EXPECT_FALSE(isOpen(*Period::parse("2026H2"), today, 2)) << "not finished";
  EXPECT_TRUE(isOpen(*Period::parse("2026-10"), today, 2));
  EXPECT_FALSE(isOpen(*Period::parse("2026-11"), today, 2)) << "not finished";
  EXPECT_TRUE(isOpen(*Period::parse("2025H1"), today, 3)) << "a provider may have more";
  EXPECT_TRUE(isOpen(*Period::parse("2026H2"), date(2027, 1, 1), 2)) << "open from the day after it ends";
}

}  // namespace
}  // namespace sluis
