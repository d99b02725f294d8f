// What a report of the attack on ourselves tells who may see published figures only.
#include "figures/attacks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sluis::figures {
namespace {

using protect::Attack;
using protect::Finding;

Finding averaged(double confidence) {
  return {confidence,
          0.5,
          "uitval hulpvorm=02 verwijzer=01, part 03",
          "is exactly 7",
          {"hulpvorm=02 verwijzer=01: 8", "hulpvorm=02 verwijzer=01 by profiel: 4 figures, together 9"}};
}

nlohmann::json strongest(Attack attack, const char* when, const Finding& finding) {
  protect::AttackReport report;
  report.limit = 0.75;
  auto& attacked = when == std::string("before") ? report.before : report.after;
  attacked[static_cast<std::size_t>(attack)].strongest = finding;
  const auto json = jsonOf(report);
  for (const auto& each : json.at("attacks"))
    if (each.at("attack") == protect::toString(attack)) return each.at(when).at("strongest");
  return {};
}

TEST(AttackReport, OfWhatIsWithheldItTellsTheKindOfQuestionsAndNoFigure) {
  const auto found = strongest(Attack::averaging, "before", averaged(0.98));
  EXPECT_EQ(found.at("confidence"), 0.98);
  EXPECT_EQ(found.at("cell"), "uitval hulpvorm verwijzer");
  EXPECT_EQ(found.at("witnesses"), nlohmann::json({"hulpvorm verwijzer", "hulpvorm verwijzer by profiel"}));
  EXPECT_THAT(found.dump(), testing::Not(testing::ContainsRegex("exactly|02|01|part|[^.]7|together")));
}

TEST(AttackReport, OfWhatIsPublishedItTellsAllUnlessItIsSurerThanTheLimit) {
  EXPECT_EQ(strongest(Attack::averaging, "after", averaged(0.7)).at("claim"), "is exactly 7");
  EXPECT_EQ(strongest(Attack::averaging, "after", averaged(0.8)).at("cell"), "uitval hulpvorm verwijzer");
}

TEST(AttackReport, NeverSaysWhichCellsAreOneChildApart) {
  const Finding pair{0.6,
                     0,
                     "the child in uitval hulpvorm=02 and not in hulpvorm=02 profiel=3, of others than P0001",
                     "answered 03",
                     {"01: 12 and 11", "its own records"}};
  for (const Attack attack : {Attack::differencing, Attack::subtraction}) {
    const auto found = strongest(attack, "after", pair);
    EXPECT_EQ(found.at("cell"), "the child in uitval hulpvorm and not in hulpvorm profiel");
    EXPECT_TRUE(found.at("witnesses").empty());
    EXPECT_THAT(found.at("claim").get<std::string>(), testing::Not(testing::HasSubstr("03")));
  }
}

TEST(AttackReport, WhereNothingWasFoundItSaysSo) {
  EXPECT_EQ(strongest(Attack::group, "before", {}).at("cell"), "");
}

}  // namespace
}  // namespace sluis::figures
