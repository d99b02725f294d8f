#include "figures/areas.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sluis::figures {
namespace {

using dataset::Code;
using dataset::Validity;
using report::Quarter;
using testing::ElementsAre;
using namespace std::chrono_literals;

Code code(const char* of, const char* name, Day until = Day::max(), std::vector<std::string> into = {}) {
  return {of, name, {Validity{Day::min(), until}}, std::move(into)};
}

// C went into B, B into A; D was divided over A and E.
const dataset::CodeList kList("gemeenten",
                              {code("GM0001", "A"), code("GM0002", "B", Day(2022y / 3 / 24), {"GM0001"}),
                               code("GM0003", "C", Day(2016y / 1 / 1), {"GM0002"}),
                               code("GM0004", "D", Day(2019y / 1 / 1), {"GM0001", "GM0005"}), code("GM0005", "E")});

std::vector<std::string> breaksOf(const char* municipality, Quarter first, Quarter last) {
  std::vector<std::string> texts;
  for (const report::Break& each : Areas(&kList).breaksOf(municipality, first, last))
    texts.push_back(each.quarter + " " + each.text);
  return texts;
}

TEST(Areas, WhoMergedWholeIntoAMunicipalityBelongsToIt) {
  const Areas areas(&kList);
  EXPECT_THAT(areas.partsOf("GM0001"), ElementsAre("GM0001", "GM0002", "GM0003"));
  EXPECT_THAT(areas.partsOf("GM0002"), ElementsAre("GM0002", "GM0003"));
  EXPECT_THAT(areas.partsOf("GM0005"), ElementsAre("GM0005"));
  EXPECT_THAT(areas.partsOf("GM9999"), ElementsAre("GM9999"));
}

TEST(Areas, MergersAndSplitsAreMarkedInTheirQuarter) {
  EXPECT_THAT(breaksOf("GM0001", Quarter::of(2015, 1), Quarter::of(2026, 4)),
              ElementsAre("2016Q1 C (GM0003) ging op in B (GM0002)",
                          "2019Q1 D (GM0004) werd verdeeld over A (GM0001) en E (GM0005)",
                          "2022Q1 B (GM0002) ging op in A (GM0001)"));
  EXPECT_THAT(breaksOf("GM0005", Quarter::of(2015, 1), Quarter::of(2026, 4)),
              ElementsAre("2019Q1 D (GM0004) werd verdeeld over A (GM0001) en E (GM0005)"));
}

TEST(Areas, BreaksOutsideTheDataAreNotMarked) {
  EXPECT_THAT(breaksOf("GM0001", Quarter::of(2022, 2), Quarter::of(2026, 4)), ElementsAre());
  EXPECT_THAT(breaksOf("GM0001", Quarter::of(2022, 1), Quarter::of(2022, 1)),
              ElementsAre("2022Q1 B (GM0002) ging op in A (GM0001)"));
}

TEST(Areas, WithoutAListNothingEverMerged) {
  const Areas areas(nullptr);
  EXPECT_THAT(areas.partsOf("GM0001"), ElementsAre("GM0001"));
  EXPECT_TRUE(areas.breaksOf("GM0001", Quarter::of(2000, 1), Quarter::of(2030, 1)).empty());
}

}  // namespace
}  // namespace sluis::figures
