#include "report/query.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

namespace sluis::report {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

Words words(std::vector<std::pair<std::string, std::string>> filters = {}, std::string viewer = {},
            std::string indicator = "tevredenheid", std::string by = {}) {
  return {std::move(indicator), std::move(viewer), std::move(filters), std::move(by), {}};
}

std::string errorOf(const Words& words) {
  const auto query = queryFrom(words);
  return query ? "" : query.error().message;
}

Vocabulary vocabulary() {
  Vocabulary made;
  made.values[Dimension::form] = {{"01", "Wijkteam"}, {"02", "Ambulant"}};
  made.values[Dimension::referrer] = {{"01", "Gemeente"}, {"02", "Huisarts"}};
  made.values[Dimension::informant] = {{"J", "Jeugdige"}, {"O", "Ouder"}};
  made.values[Dimension::measure] = {{"tevredenheid", "Tevredenheid"}};
  made.values[Dimension::provider] = {{"P0001", "De Eik"}, {"P0002", "De Beuk"}};
  made.values[Dimension::municipality] = {{"GM0034", "Almere"}, {"GM0050", "Zeewolde"}};
  for (const char* quarter : {"2025Q1", "2025Q2", "2025Q3"}) {
    made.values[Dimension::start].push_back({quarter, quarter});
    made.values[Dimension::end].push_back({quarter, quarter});
  }
  return made;
}

std::string checked(const Words& asked) {
  const auto query = queryFrom(asked);
  if (!query) return "not even a query: " + query.error().message;
  const auto error = check(*query, vocabulary());
  return error ? error->message : "";
}

TEST(Query, NamesAreReadBackAsTheyAreWritten) {
  for (const Indicator indicator : kIndicators) EXPECT_EQ(indicatorFrom(toString(indicator)), indicator);
  for (std::size_t i = 0; i < kDimensions; ++i)
    EXPECT_EQ(dimensionFrom(toString(static_cast<Dimension>(i))), static_cast<Dimension>(i));
  EXPECT_EQ(dimensionFrom("start-kwartaal"), Dimension::start);
  EXPECT_EQ(dimensionFrom("end-quarter"), Dimension::end);
  EXPECT_FALSE(dimensionFrom("Hulpvorm"));
  EXPECT_FALSE(indicatorFrom(""));
}

TEST(Query, SaysWhatWasAsked) {
  const auto query = queryFrom({"uitval",
                                "municipality:gm0034",
                                {{"start-from", "2024Q3"}, {"end-to", "2025q4"}, {"verwijzer", "02"}},
                                "hulpvorm",
                                "GM0034-000012"});
  ASSERT_TRUE(query) << query.error().message;
  EXPECT_EQ(query->indicator, Indicator::dropOut);
  EXPECT_EQ(query->viewer.role, Role::municipality);
  EXPECT_EQ(query->viewer.code, "GM0034");
  EXPECT_EQ(query->start.from, Quarter::of(2024, 3));
  EXPECT_FALSE(query->start.to);
  EXPECT_EQ(query->end.to, Quarter::of(2025, 4));
  EXPECT_EQ(query->filters.at(Dimension::referrer), "02");
  EXPECT_EQ(query->snapshot, "GM0034-000012");
  EXPECT_EQ(query->dimensions(), 4);  // start, end, verwijzer, hulpvorm
}

TEST(Query, WithoutMoreIsOfTheOfficerByFormOfHelp) {
  const auto query = queryFrom(words());
  ASSERT_TRUE(query);
  EXPECT_EQ(query->viewer.role, Role::officer);
  EXPECT_EQ(query->by, Dimension::form);
  EXPECT_EQ(query->dimensions(), 1);
}

TEST(Query, CountsADimensionOnceAProvidersOwnCodeAndNeverTheMunicipality) {
  EXPECT_EQ(queryFrom(words({{"hulpvorm", "02"}}))->dimensions(), 1);
  EXPECT_EQ(queryFrom(words({{"gemeente", "GM0034"}}))->dimensions(), 1);
  EXPECT_EQ(queryFrom(words({{"gemeente", "GM0034"}}, "provider:P0001"))->dimensions(), 2);
  EXPECT_EQ(queryFrom(words({{"start-from", "2025Q1"}, {"start-to", "2025Q2"}}, {}, "uitval", "start"))->dimensions(),
            1);
}

TEST(Query, AnUnknownNameIsAnErrorThatNamesThePossibleOnes) {
  EXPECT_THAT(errorOf(words({}, {}, "geluk")), AllOf(HasSubstr("geluk"), HasSubstr("herhaald-beroep")));
  EXPECT_THAT(errorOf(words({{"leeftijd", "4"}})),
              AllOf(HasSubstr("leeftijd"), HasSubstr("start-from"), HasSubstr("zorgvraagzwaarte")));
  EXPECT_THAT(errorOf(words({}, {}, "uitval", "kleur")), AllOf(HasSubstr("kleur"), HasSubstr("hulpvorm")));
  EXPECT_THAT(errorOf(words({}, {}, "uitval", "gemeente")), HasSubstr("possible are: hulpvorm"));
  EXPECT_THAT(errorOf(words({}, "mayor:GM0034")), AllOf(HasSubstr("municipality:CODE"), HasSubstr("ttp")));
  EXPECT_THAT(errorOf(words({}, "municipality:0034")), HasSubstr("municipality:GM0034"));
  EXPECT_THAT(errorOf(words({{"start", "2025Q1"}})), AllOf(HasSubstr("start-from"), HasSubstr("start-to")));
  EXPECT_THAT(errorOf(words({{"end-to", "2025"}})), HasSubstr("2026Q1"));
}

TEST(Query, AFilterGivenTwiceIsAnError) {
  EXPECT_THAT(errorOf(words({{"hulpvorm", "02"}, {"hulpvorm", "03"}})), HasSubstr("hulpvorm is given twice"));
  EXPECT_THAT(errorOf(words({{"end-to", "2025Q1"}, {"end-to", "2025Q1"}})), HasSubstr("end-to is given twice"));
}

TEST(Query, ARangeThatRunsBackwardIsAnError) {
  EXPECT_THAT(errorOf(words({{"start-from", "2025Q2"}, {"start-to", "2025Q1"}})),
              AllOf(HasSubstr("start-from 2025Q2"), HasSubstr("start-to 2025Q1")));
  EXPECT_EQ(errorOf(words({{"start-from", "2025Q2"}, {"start-to", "2025Q2"}})), "");
}

TEST(Query, WhatIsNoCodeNeverReachesAMessage) {
  const std::string odd = "02'; DROP\n\x1b[31m";
  EXPECT_THAT(errorOf(words({{"hulpvorm", odd}})), AllOf(Not(HasSubstr("DROP")), HasSubstr("hulpvorm")));
  EXPECT_THAT(errorOf(words({{odd, "02"}})), Not(HasSubstr("DROP")));
  EXPECT_THAT(errorOf(words({}, {}, odd)), Not(HasSubstr("DROP")));
  EXPECT_THAT(errorOf(words({{"hulpvorm", std::string(1000, 'a')}})), Not(HasSubstr("aaa")));
  EXPECT_NE(errorOf(words({{"hulpvorm", ""}})), "");
}

TEST(Query, ASnapshotIsNamedByItsIdOrSeveral) {
  Words asked = words();
  for (const char* good : {"GM0034-000012", "GM0034-000012,GM0050-000001"}) {
    asked.snapshot = good;
    EXPECT_EQ(errorOf(asked), "") << good;
  }
  for (const char* bad : {"12", "../GM0034-000012", "GM0034-00001x", "GM0034-000012,", "GM0034000012345"}) {
    asked.snapshot = bad;
    EXPECT_THAT(errorOf(asked), HasSubstr("GM0034-000012")) << bad;
  }
}

TEST(Query, IsTheSameAgainFromItsWords) {
  std::mt19937 random(7);
  const auto one = [&](int of) { return static_cast<int>(random() % static_cast<unsigned>(of)); };
  for (int round = 0; round < 500; ++round) {
    Query query;
    query.indicator = kIndicators[static_cast<std::size_t>(one(6))];
    query.viewer = std::vector<Viewer>{{Role::officer, ""},
                                       {Role::municipality, "GM0034"},
                                       {Role::provider, "P0001"}}[static_cast<std::size_t>(one(3))];
    query.by = static_cast<Dimension>(one(13));
    for (int i = 0; i < 11; ++i)
      if (one(3) == 0) query.filters[static_cast<Dimension>(i)] = "0" + std::to_string(one(9));
    if (one(2) == 0) query.start.from = Quarter::of(2019 + one(3), 1 + one(4));
    if (one(2) == 0) query.start.to = Quarter::of(2022 + one(3), 1 + one(4));
    if (one(2) == 0) query.end.to = Quarter::of(2022 + one(3), 1 + one(4));
    if (one(2) == 0) query.snapshot = "GM0034-000001";
    Words asked = wordsOf(query);
    std::shuffle(asked.filters.begin(), asked.filters.end(), random);
    const auto again = queryFrom(asked);
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_EQ(again->indicator, query.indicator);
    EXPECT_EQ(toString(again->viewer), toString(query.viewer));
    EXPECT_EQ(again->by, query.by);
    EXPECT_EQ(again->filters, query.filters);
    EXPECT_EQ(again->start.from, query.start.from);
    EXPECT_EQ(again->start.to, query.start.to);
    EXPECT_EQ(again->end.to, query.end.to);
    EXPECT_EQ(again->snapshot, query.snapshot);
    EXPECT_EQ(wordsOf(*again).filters, wordsOf(query).filters);
  }
}

TEST(Check, AnUnknownValueIsAnErrorThatNamesThePossibleOnes) {
  EXPECT_EQ(checked(words({{"hulpvorm", "02"}}, "municipality:GM0034")), "");
  EXPECT_THAT(checked(words({{"hulpvorm", "99"}}, "municipality:GM0034")),
              AllOf(HasSubstr("hulpvorm"), HasSubstr("99"), HasSubstr("01, 02")));
  EXPECT_THAT(checked(words({{"aanbieder", "P0009"}}, "municipality:GM0034")), HasSubstr("P0001, P0002"));
}

TEST(Check, AFilterThatMeansNothingForTheIndicatorIsAnError) {
  for (const char* indicator : {"uitval", "herhaald-beroep"}) {
    EXPECT_THAT(checked(words({{"respondent", "J"}}, "municipality:GM0034", indicator)),
                AllOf(HasSubstr("respondent"), HasSubstr("possible are: hulpvorm"), HasSubstr("end-to")));
    EXPECT_THAT(checked(words({}, "municipality:GM0034", indicator, "respondent")), HasSubstr("possible are"));
  }
  EXPECT_EQ(checked(words({{"respondent", "J"}}, "municipality:GM0034", "respons")), "");
  EXPECT_EQ(checked(words({{"meting", "tevredenheid"}}, "municipality:GM0034", "respons")), "");
  EXPECT_THAT(checked(words({{"meting", "tevredenheid"}}, "municipality:GM0034")), HasSubstr("meting"));
}

TEST(Check, AProviderSeesItselfOnlyAndAMunicipalityItself) {
  EXPECT_THAT(checked(words({{"aanbieder", "P0001"}}, "provider:P0001")),
              AllOf(HasSubstr("aanbieder means nothing"), HasSubstr("possible are")));
  EXPECT_NE(checked(words({}, "provider:P0001", "uitval", "aanbieder")), "");
  EXPECT_EQ(checked(words({{"gemeente", "GM0050"}}, "provider:P0001")), "");
  EXPECT_EQ(checked(words({{"gemeente", "GM0034"}}, "municipality:GM0034")), "");
  EXPECT_THAT(checked(words({{"gemeente", "GM0050"}}, "municipality:GM0034")), HasSubstr("gemeente=GM0034"));
  EXPECT_THAT(checked(words({{"gemeente", "GM9999"}}, "municipality:GM0034")), HasSubstr("gemeente=GM0034"));
}

TEST(Check, TheOfficerSaysWhichMunicipalityWhereThereAreSeveral) {
  EXPECT_THAT(checked(words()), HasSubstr("GM0034, GM0050"));
  EXPECT_EQ(checked(words({{"gemeente", "GM0050"}})), "");
}

TEST(Check, ARangeOutsideTheQuartersIsAnErrorThatNamesThem) {
  EXPECT_THAT(checked(words({{"start-from", "2025Q4"}}, "municipality:GM0034")), HasSubstr("2025Q1 to 2025Q3"));
  EXPECT_THAT(checked(words({{"end-to", "2024Q4"}}, "municipality:GM0034")), HasSubstr("2025Q1 to 2025Q3"));
  EXPECT_EQ(checked(words({{"start-from", "2019Q4"}, {"start-to", "2030Q1"}}, "municipality:GM0034")), "");
}

}  // namespace
}  // namespace sluis::report
