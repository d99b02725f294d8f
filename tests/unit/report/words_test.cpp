// What figures are called and what is said of them: vocabulary, descriptions, summaries, numbers.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "report/describe.h"
#include "report/lines.h"
#include "report/numbers.h"
#include "report/summary.h"
#include "report/texts.h"
#include "samples.h"

namespace sluis::report {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

std::vector<std::string> keysOf(const std::vector<Value>& values) {
  std::vector<std::string> keys;
  for (const Value& value : values) keys.push_back(value.key);
  return keys;
}

TEST(Vocabulary, HasEveryCodeOfTheDatasetInOrder) {
  const Vocabulary& words = sampleVocabulary();
  EXPECT_THAT(keysOf(words.of(Dimension::form)), ElementsAre("01", "02", "03", "04", "11", "12", "13", "14"));
  EXPECT_EQ(words.find(Dimension::form, "11")->label, "Pleegzorg");
  EXPECT_THAT(keysOf(words.of(Dimension::referrer)), ElementsAre("01", "02", "03", "04", "05", "06", "07", "08"));
  EXPECT_THAT(keysOf(words.of(Dimension::informant)), ElementsAre("J", "O"));
  EXPECT_THAT(keysOf(words.of(Dimension::measure)),
              ElementsAre("tevredenheid", "zonder-hulp-verder", "doelrealisatie"));
  EXPECT_EQ(words.of(Dimension::start).front().key, "2024Q1");
  EXPECT_EQ(words.of(Dimension::end).back().label, "2e kwartaal 2026");
  EXPECT_EQ(words.find(Dimension::municipality, "GM0034")->label, "Almere");
}

TEST(Vocabulary, WhatARecordMayLeaveOpenEndsWithUnknown) {
  const Vocabulary& words = sampleVocabulary();
  for (const Dimension dimension : {Dimension::reason, Dimension::profile, Dimension::productCategory,
                                    Dimension::perspective, Dimension::severity, Dimension::complexity})
    EXPECT_EQ(words.of(dimension).back().key, "onbekend") << toString(dimension);
  EXPECT_THAT(keysOf(words.of(Dimension::reason)), ElementsAre("01", "02", "03", "04", "05", "onbekend"));
  EXPECT_THAT(keysOf(words.of(Dimension::complexity)), ElementsAre("1", "2", "3", "onbekend"));
  EXPECT_EQ(words.of(Dimension::profile).size(), 12U);
  EXPECT_EQ(words.find(Dimension::form, "onbekend"), nullptr);
  EXPECT_EQ(words.find(Dimension::referrer, "onbekend"), nullptr);
}

TEST(Vocabulary, RowsOfASeriesAreTheQuartersOfItsRange) {
  const auto query = queryFrom({"uitval", "", {{"end-from", "2025Q3"}, {"end-to", "2026Q1"}}, "end", ""});
  EXPECT_THAT(keysOf(rowsOf(*query, sampleVocabulary())), ElementsAre("2025Q3", "2025Q4", "2026Q1"));
  const auto byForm = queryFrom({"uitval", "", {{"end-from", "2025Q3"}}, "", ""});
  EXPECT_EQ(rowsOf(*byForm, sampleVocabulary()).size(), 8U);
}

TEST(Vocabulary, TheQuartersThatMayBeNamedAreThoseOfTheCalendarAndNotOfTheRecords) {
  using namespace std::chrono_literals;
  const auto at = [](Day day) { return quartersAt(std::chrono::floor<Instant::duration>(day)); };
  EXPECT_EQ(toString(at(Day(2026y / 11 / 22)).first), "2015Q1");
  EXPECT_EQ(toString(at(Day(2026y / 11 / 22)).last), "2026Q4");
  EXPECT_EQ(toString(at(Day(2027y / 1 / 1)).last), "2027Q4");
  EXPECT_EQ(toString(at(Day(1970y / 1 / 1)).last), "2015Q4");
}

TEST(Texts, PartsAreThoseOfTheContract) {
  const auto parts = [](Indicator indicator) { return keysOf(partsOf(indicator, sampleVocabulary())); };
  EXPECT_THAT(parts(Indicator::satisfaction), ElementsAre("le4", "mid", "ge8"));
  EXPECT_THAT(parts(Indicator::goOn), ElementsAre("1", "2", "3", "4"));
  EXPECT_THAT(parts(Indicator::goals), ElementsAre("1", "2", "3", "4"));
  EXPECT_THAT(parts(Indicator::dropOut), ElementsAre("01", "02", "03", "04", "05", "onbekend"));
  EXPECT_THAT(parts(Indicator::response), ElementsAre("ja", "nee"));
  EXPECT_THAT(parts(Indicator::renewed), ElementsAre("ja", "nee"));
}

TEST(Describe, SaysWhatWasAskedInWords) {
  const Outcome outcome = goalsOfProvider();
  EXPECT_EQ(outcome.title, "Doelrealisatie");
  EXPECT_EQ(outcome.viewerName, "Jeugdzorg Beuk & Linde");
  EXPECT_EQ(outcome.byLabel, "Hulpvorm");
  EXPECT_THAT(outcome.why.filters, ElementsAre("Verwijzer: Huisarts"));
  EXPECT_EQ(outcome.rows[0].figure.parts[1].label, "deels behaald");
  EXPECT_EQ(outcome.rows[0].municipalityRespondents[1].who.label, "Ouder of opvoeder");
  EXPECT_EQ(dayText(outcome.why.snapshotMade, Language::dutch), "22 november 2026");
  const Outcome other = sampleOutcome({"uitval", "ttp", {{"gemeente", "GM0050"}, {"start-to", "2025Q2"}}, "", ""});
  EXPECT_EQ(other.viewerName, "Gemeente Zeewolde (TTP)");
  EXPECT_THAT(other.why.filters, ElementsAre("Begonnen tot en met: 2e kwartaal 2025", "Gemeente: Zeewolde"));
}

TEST(Describe, TheCardNamesTheRulesOfThisSnapshot) {
  Outcome outcome = dropOutByForm();
  outcome.query.indicator = Indicator::renewed;
  Circumstances at;
  at.bound = 7;
  at.minimum = 15;
  at.windowDays = 180;
  at.mostDimensions = 2;
  describe(outcome, sampleVocabulary(), at);
  EXPECT_THAT(outcome.why.noise, HasSubstr("hoogstens 7"));
  EXPECT_THAT(outcome.why.threshold, AllOf(HasSubstr("minder dan 15 kinderen"), HasSubstr("hoogstens 2 kenmerken")));
  EXPECT_THAT(outcome.why.definition, HasSubstr("binnen 180 dagen"));
  EXPECT_THAT(outcome.why.base + outcome.why.exclusions, Not(HasSubstr("365")));
}

TEST(Describe, NoiseGrowsWithThePiecesAndTheMunicipalitiesThatWereAdded) {
  Circumstances at;
  const auto varianceOf = [&](const Words& words) {
    Outcome outcome = sampleOutcome(words);
    describe(outcome, sampleVocabulary(), at);
    return outcome.why.variance;
  };
  EXPECT_EQ(varianceOf({"uitval", "", {{"gemeente", "GM0034"}}, "", ""}), 3);
  // A year, a half-year and a quarter.
  EXPECT_EQ(varianceOf({"uitval", "", {{"gemeente", "GM0034"}, {"end-from", "2024Q1"}, {"end-to", "2025Q3"}}, "", ""}),
            9);
  // Each row of a series is one quarter, whatever the range.
  EXPECT_EQ(
      varianceOf({"uitval", "", {{"gemeente", "GM0034"}, {"end-from", "2024Q1"}, {"end-to", "2025Q3"}}, "end", ""}), 3);
  at.domains = 2;
  EXPECT_EQ(varianceOf({"uitval", "provider:P0001", {}, "", ""}), 6);
}

TEST(Lines, AHeadlineIsTheMeanOrAShareOfItsParts) {
  Figure figure;
  figure.shown = true;
  figure.count = 21;
  figure.parts = {{"01", "", 13, 13.0 / 21}, {"03", "", 3, 3.0 / 21}, {"04", "", 2, 2.0 / 21}, {"05", "", 3, 3.0 / 21}};
  EXPECT_EQ(percentage(*headline(Indicator::dropOut, figure), 1, Language::dutch),
            "23,8\u00a0%");  // 5 of 21 (JEUGDHULP §7)
  figure.mean = 7.4;
  EXPECT_EQ(headline(Indicator::satisfaction, figure), 7.4);
  figure.shown = false;
  EXPECT_EQ(headline(Indicator::satisfaction, figure), std::nullopt);
}

TEST(Lines, TheMarginIsTwoStandardDeviationsOfTheNoise) {
  Figure figure;
  figure.shown = true;
  figure.count = 100;
  figure.parts = {{"ja", "", 0, 0}, {"nee", "", 100, 1}};
  // Nobody said yes: the noise of that part alone moves the share.
  EXPECT_NEAR(headlineMargin(Indicator::response, figure, 3), 2 * std::sqrt(3) / 100, 1e-12);
  figure.mean = 5.5;
  EXPECT_NEAR(headlineMargin(Indicator::satisfaction, figure, 3), 2 * 4.5 * std::sqrt(3) / 100, 1e-12);
  EXPECT_EQ(headlineMargin(Indicator::satisfaction, figure, 0), 0);
}

/// Ended trajectories by form of help, each with this share of uitval in this many.
Outcome dropOut(const std::vector<std::pair<double, std::int64_t>>& rows, const std::string& by = "") {
  Outcome outcome = sampleOutcome({"uitval", "municipality:GM0034", {}, by, ""});
  for (std::size_t i = 0; i < outcome.rows.size(); ++i) {
    Figure& figure = outcome.rows[i].figure;
    figure = {};
    if (i >= rows.size() || rows[i].second == 0) continue;
    figure.shown = true;
    figure.count = rows[i].second;
    figure.parts = {{"01", "", 0, 1 - rows[i].first}, {"03", "", 0, rows[i].first}};
  }
  return outcome;
}

TEST(Summary, NamesTheHighestAndTheLowestAndWhatCannotBeToldApart) {
  const auto sentences = summaryOf(dropOut({{0.40, 1000}, {0.10, 1000}, {0.402, 1000}, {0.25, 1000}}));
  ASSERT_EQ(sentences.size(), 1U);
  EXPECT_THAT(sentences[0], HasSubstr("het hoogst bij Daghulp op locatie van de aanbieder (40\u00a0%)"));
  EXPECT_THAT(sentences[0], HasSubstr("niet duidelijk anders bij Jeugdhulp door het wijk- of buurtteam;"));
  EXPECT_THAT(sentences[0], HasSubstr("het laagst bij Ambulante jeugdhulp op locatie van de aanbieder (10\u00a0%)."));
}

TEST(Summary, SaysNothingThatTheNoiseCouldHaveMade) {
  const auto sentences = summaryOf(dropOut({{0.20, 15}, {0.35, 15}, {0.25, 20}}));
  ASSERT_EQ(sentences.size(), 1U);
  EXPECT_THAT(sentences[0], HasSubstr("geen duidelijk verschil"));
  EXPECT_TRUE(summaryOf(dropOut({{0.2, 500}})).empty());
  EXPECT_TRUE(summaryOf(dropOut({})).empty());
  EXPECT_TRUE(summaryOf(unavailable()).empty());
}

TEST(Summary, ComparesAYearWithTheOneBeforeByTheQuartersThatBothShow) {
  // 2024Q1 to 2026Q2; in the year before, its third quarter is not shown and would have changed everything.
  const auto sentences = summaryOf(dropOut({{0.1, 900},
                                            {0.1, 900},
                                            {0.2, 900},
                                            {0.2, 900},
                                            {0.2, 900},
                                            {0.0, 0},
                                            {0.3, 900},
                                            {0.3, 900},
                                            {0.3, 900},
                                            {0.9, 900}},
                                           "end"));
  ASSERT_EQ(sentences.size(), 1U);
  EXPECT_THAT(sentences[0], HasSubstr("hoger dan een jaar eerder. Het was 30\u00a0% in het jaar tot en met het 2e "
                                      "kwartaal 2026, en 20\u00a0% in het jaar ervoor (alleen de 3 kwartalen"));
}

TEST(Numbers, AreEnglishWhereTheWordsAre) {
  EXPECT_EQ(decimal(7.25, 1, Language::english), "7.2");
  EXPECT_EQ(grouped(1234567, Language::english), "1,234,567");
  EXPECT_EQ(percentage(5.0 / 23, 1, Language::english), "21.7%");
  EXPECT_EQ(dayText("2026-11-22T03:00:00Z", Language::english), "22 November 2026");
  EXPECT_EQ(labelOf(Quarter::of(2026, 2), Language::english), "2nd quarter of 2026");
}

TEST(Numbers, AreDutch) {
  EXPECT_EQ(decimal(7.25, 1, Language::dutch), "7,2");
  EXPECT_EQ(grouped(999, Language::dutch), "999");
  EXPECT_EQ(grouped(1234567, Language::dutch), "1.234.567");
  EXPECT_EQ(grouped(-1234, Language::dutch), "-1.234");
  EXPECT_EQ(grouped(-123, Language::dutch), "-123");
  EXPECT_EQ(percentage(5.0 / 23, 1, Language::dutch), "21,7\u00a0%");
  EXPECT_EQ(dayText("geen dag", Language::dutch), "geen dag");
}

}  // namespace
}  // namespace sluis::report
