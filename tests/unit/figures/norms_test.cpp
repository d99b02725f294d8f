#include "figures/norms.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/figures.h"
#include "protect/engine.h"

namespace sluis::figures {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

const Instant kMade = std::chrono::sys_days(2026y / 11 / 22) + 1h;

std::vector<std::string> normsOf(const report::Words& words, const std::vector<report::Value>& rows,
                                 const config::Norm& norm) {
  report::Outcome outcome;
  outcome.query = report::queryFrom(words).value();
  for (const report::Value& value : rows) outcome.rows.emplace_back().value = value;
  addNorms(outcome, {norm}, kMade);
  std::vector<std::string> with;
  for (const report::Row& row : outcome.rows)
    if (!row.norms.empty()) with.push_back(row.value.key);
  return with;
}

report::Words asked(const char* indicator, std::vector<std::pair<std::string, std::string>> filters = {},
                    const char* by = "") {
  return {indicator, "", std::move(filters), by, ""};
}

config::Norm norm(const char* form, const char* from, const char* until) {
  return {
      .indicator = "tevredenheid", .form = form, .part = "", .value = 7.5, .from = from, .until = until, .text = "7,5"};
}

TEST(Norms, StandBesideTheirFormOfHelp) {
  const std::vector<report::Value> forms = {{"01", ""}, {"02", ""}};
  EXPECT_THAT(normsOf(asked("tevredenheid"), forms, norm("", "", "")), ElementsAre("01", "02"));
  EXPECT_THAT(normsOf(asked("tevredenheid"), forms, norm("02", "", "")), ElementsAre("02"));
  EXPECT_THAT(normsOf(asked("uitval"), forms, norm("", "", "")), ElementsAre());
  EXPECT_THAT(normsOf(asked("tevredenheid", {{"hulpvorm", "02"}}, "verwijzer"), forms, norm("02", "", "")),
              ElementsAre("01", "02"));
  EXPECT_THAT(normsOf(asked("tevredenheid", {}, "verwijzer"), forms, norm("02", "", "")), ElementsAre());
}

TEST(Norms, AreInForceFromOneQuarterUntilAnother) {
  const std::vector<report::Value> all = {{"02", ""}};
  EXPECT_THAT(normsOf(asked("tevredenheid"), all, norm("", "2026Q4", "2026Q4")), ElementsAre("02"));
  EXPECT_THAT(normsOf(asked("tevredenheid"), all, norm("", "2027Q1", "")), ElementsAre());
  EXPECT_THAT(normsOf(asked("tevredenheid"), all, norm("", "", "2026Q3")), ElementsAre());
  EXPECT_THAT(normsOf(asked("tevredenheid", {{"end-to", "2026Q3"}}), all, norm("", "", "2026Q3")), ElementsAre("02"));
}

TEST(Norms, OfASeriesStandInTheirOwnQuarters) {
  const std::vector<report::Value> quarters = {{"2026Q1", ""}, {"2026Q2", ""}, {"2026Q3", ""}};
  EXPECT_THAT(normsOf(asked("tevredenheid", {}, "end"), quarters, norm("", "2026Q2", "2026Q2")), ElementsAre("2026Q2"));
}

// The configuration cannot include the room that knows the indicators.
TEST(Norms, TheConfigurationKnowsTheIndicatorsAndPartsOfTheEngine) {
  EXPECT_EQ(config::indicatorParts().size(), report::kIndicators.size());
  for (const report::Indicator indicator : report::kIndicators) {
    const auto found = config::indicatorParts().find(report::toString(indicator));
    ASSERT_NE(found, config::indicatorParts().end());
    EXPECT_EQ(found->second, protect::partKeys(indicator));
  }
}

}  // namespace
}  // namespace sluis::figures
