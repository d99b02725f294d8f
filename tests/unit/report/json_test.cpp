#include "report/json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "samples.h"

namespace sluis::report {
namespace {

using testing::HasSubstr;
using Json = nlohmann::ordered_json;

TEST(Json, IsReadBackToTheSameOutcome) {
  for (const Outcome& outcome :
       {satisfactionByForm(), satisfactionByQuarter(), goalsOfProvider(), dropOutByForm(), unavailable(), hostile()}) {
    const std::string text = toJson(outcome);
    const auto again = parseOutcome(text);
    ASSERT_TRUE(again) << again.error();
    EXPECT_EQ(toJson(*again), text);
    EXPECT_EQ(again->rows.size(), outcome.rows.size());
    EXPECT_EQ(again->why.variance, outcome.why.variance);
  }
}

TEST(Json, SaysWhatTheContractSays) {
  const Json json = jsonOf(satisfactionByForm());
  EXPECT_EQ(json["indicator"], "tevredenheid");
  EXPECT_EQ(json["as"], "municipality:GM0034");
  EXPECT_EQ(json["filters"], Json({{"end-from", "2025Q1"}}));
  EXPECT_EQ(json["by"], "hulpvorm");
  EXPECT_EQ(json["snapshot"], "GM0034-000012");
  EXPECT_EQ(json["available"], true);
  const Json& row = json["rows"][0];
  EXPECT_EQ(row["key"], "01");
  EXPECT_EQ(row["shown"], true);
  EXPECT_TRUE(row["count"].is_number_integer());
  ASSERT_EQ(row["parts"].size(), 3U);
  EXPECT_EQ(row["parts"][0]["key"], "le4");
  EXPECT_TRUE(row["parts"][0]["share"].is_number());
  EXPECT_FALSE(row.contains("mean"));  // both respondents together have none
  EXPECT_TRUE(row["respondents"][0]["mean"].is_number());
  EXPECT_EQ(json["rows"].size(), 8U);
}

TEST(Json, ARowThatIsNotShownSaysNothingElse) {
  Outcome outcome = satisfactionByForm();
  outcome.rows[0].figure.shown = false;  // whatever else it holds
  const Json row = jsonOf(outcome)["rows"][0];
  EXPECT_EQ(row, Json({{"key", "01"}, {"label", "Jeugdhulp door het wijk- of buurtteam"}, {"shown", false}}));
}

TEST(Json, AnOutcomeThatIsNotAvailableHasNoRows) {
  const Json json = jsonOf(unavailable());
  EXPECT_EQ(json["available"], false);
  EXPECT_FALSE(json.contains("rows"));
  EXPECT_THAT(json["notice"].get<std::string>(), HasSubstr("Niet beschikbaar in dit detail"));
}

std::string wrongAfter(const std::function<void(Json&)>& change) {
  Json json = jsonOf(satisfactionByForm());
  change(json);
  const auto read = outcomeFrom(json);
  return read ? "" : read.error();
}

TEST(Json, WhatDoesNotBelongThereIsRefusedAndItsPlaceIsNamed) {
  EXPECT_EQ(wrongAfter([](Json&) {}), "");
  EXPECT_EQ(wrongAfter([](Json& json) { json["rows"][1]["count"] = "12"; }), "rows[1].count is no count");
  EXPECT_EQ(wrongAfter([](Json& json) { json["rows"][1]["count"] = -12; }), "rows[1].count is no count");
  EXPECT_EQ(wrongAfter([](Json& json) { json["rows"][0]["parts"][1]["share"] = 1.5; }),
            "rows[0].parts[1].share does not lie from 0 to 1");
  EXPECT_EQ(wrongAfter([](Json& json) { json["rows"][0].erase("label"); }), "rows[0].label is missing");
  EXPECT_EQ(wrongAfter([](Json& json) { json["rows"][0]["children"] = 3; }),
            "rows[0] has a member that does not belong there");
  EXPECT_EQ(wrongAfter([](Json& json) { json["rows"][0]["shown"] = false; }),
            "rows[0] has a member that does not belong there");
  EXPECT_EQ(wrongAfter([](Json& json) { json["available"] = false; }), "it has a member that does not belong there");
  EXPECT_EQ(wrongAfter([](Json& json) { json["filters"]["kleur"] = "rood"; }), "it does not say what was asked");
  EXPECT_EQ(wrongAfter([](Json& json) { json["why"] = 1; }), "why is no object");
}

TEST(Json, WhatIsNoOutcomeAtAllIsRefused) {
  for (const char* text : {"", "{", "[]", "null", "{}", "\"x\"", "{\"indicator\":\"tevredenheid\"}"})
    EXPECT_FALSE(parseOutcome(text)) << text;
}

TEST(Json, IsAsItWas) {
  expectGolden("tevredenheid.json", jsonOf(satisfactionByForm()).dump(2) + "\n");
  expectGolden("doelrealisatie-aanbieder.json", jsonOf(goalsOfProvider()).dump(2) + "\n");
}

}  // namespace
}  // namespace sluis::report
