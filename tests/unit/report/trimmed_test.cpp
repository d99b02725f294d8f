// Series as people are shown them: what is left out follows from what is shown.
#include "report/trimmed.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "report/render.h"
#include "unit/report/samples.h"

namespace sluis::report {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

/// A series of 2024Q1 to 2026Q2 in which these are shown and no others.
Outcome seriesWith(const std::vector<std::string>& shown,
                   std::vector<std::pair<std::string, std::string>> filters = {}) {
  Outcome outcome = sampleOutcome({"uitval", "municipality:GM0034", std::move(filters), "start", ""});
  for (Row& row : outcome.rows) {
    const bool isShown = std::find(shown.begin(), shown.end(), row.value.key) != shown.end();
    if (!isShown) row.figure = {};
    if (isShown && !row.figure.shown) ADD_FAILURE() << row.value.key << " is never shown in the sample";
  }
  return outcome;
}

std::vector<std::string> keysOf(const Outcome& outcome) {
  std::vector<std::string> keys;
  for (const Row& row : outcome.rows) keys.push_back(row.value.key);
  return keys;
}

TEST(Trimmed, ASeriesGoesFromItsFirstFigureToItsLast) {
  EXPECT_THAT(keysOf(trimmed(seriesWith({"2025Q1", "2025Q3"}))), ElementsAre("2025Q1", "2025Q2", "2025Q3"));
  EXPECT_THAT(keysOf(trimmed(seriesWith({}))), ElementsAre("2025Q3", "2025Q4", "2026Q1", "2026Q2"));
}

TEST(Trimmed, AnEndThatWasAskedForStays) {
  EXPECT_THAT(keysOf(trimmed(seriesWith({"2025Q3"}, {{"start-from", "2025Q2"}}))), ElementsAre("2025Q2", "2025Q3"));
  EXPECT_THAT(keysOf(trimmed(seriesWith({"2025Q3"}, {{"start-to", "2025Q4"}}))), ElementsAre("2025Q3", "2025Q4"));
  EXPECT_EQ(trimmed(seriesWith({}, {{"start-from", "2024Q1"}, {"start-to", "2025Q4"}})).rows.size(), 8U);
}

TEST(Trimmed, AProvidersSeriesHasWhatIsShownOfItsMunicipalityToo) {
  Outcome outcome = seriesWith({"2025Q1"});
  outcome.rows[2].municipality.emplace().shown = true;
  EXPECT_THAT(keysOf(trimmed(outcome)), ElementsAre("2024Q3", "2024Q4", "2025Q1"));
}

TEST(Trimmed, WhatIsNoSeriesKeepsEveryRow) {
  Outcome outcome = dropOutByForm();
  for (Row& row : outcome.rows) row.figure = {};
  EXPECT_EQ(trimmed(outcome).rows.size(), 8U);
}

TEST(Trimmed, IsHowPeopleSeeItInEveryForm) {
  Outcome outcome = seriesWith({"2025Q1", "2025Q3"});
  outcome.breaks = {{"2024Q1", "Lang geleden (GM0001) ging op in Almere (GM0034)"}};
  for (const std::string& form : {renderText(outcome, {}), renderHtml(outcome), renderSvg(outcome)})
    EXPECT_THAT(form, AllOf(HasSubstr("2025"), Not(HasSubstr("2024")), Not(HasSubstr("Lang"))));
  EXPECT_THAT(renderCsv(outcome), AllOf(HasSubstr("2024Q1"), HasSubstr("2026Q2")));
}

}  // namespace
}  // namespace sluis::report
