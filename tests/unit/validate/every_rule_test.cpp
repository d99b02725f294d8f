// Each rule by its own example: the least that breaks it gives its finding and no other, and the nearest right record
// gives none. A rule without an example fails here.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <set>

#include "sample.h"
#include "validate/cell.h"
#include "validate/rules.h"

namespace sluis::validate {
namespace {

using ::testing::IsEmpty;
using Expected = std::vector<std::string>;
using Records = std::vector<Record>;

struct Example {
  Records wrong;
  Expected findings;  ///< of the wrong ones
  Records right;
  std::string identity = "bsn";  ///< or psn
};

const std::string kPsn = "00112233445566778899aabbccddeeff";

Example one(const Record& wrong, const std::string& finding, const Record& rightChange) {
  return {{right(wrong)}, {"1 " + finding}, {right(rightChange)}};
}
Example onePsn(const std::string& wrong, const std::string& finding) {
  return {{right({{"psn", wrong}})}, {"1 " + finding}, {right({{"psn", kPsn}})}, "psn"};
}

const Record kRunning = {{"datum_einde", ""}, {"reden_beeindiging", ""}, {"tevredenheid_1", ""}, {"informant_1", ""}};
Record running(const Record& changes) {
  Record record = kRunning;
  for (const auto& [name, value] : changes) record[name] = value;
  return record;
}

// Children with numbers of their own and ends on days of their own, one after the other.
Records children(int count, const std::function<Record(int)>& changes) {
  Records records;
  std::uint32_t number = 900000000;
  for (int i = 0; i < count; ++i) {
    do {
      ++number;
    } while (!passesElevenTest(number));
    records.push_back(right({{"bsn", std::to_string(number)},
                             {"tevredenheid_1", std::to_string(1 + i % 10)},
                             {"datum_einde", "202603" + std::to_string(10 + i % 20)}}));
    for (const auto& [name, value] : changes(i)) records.back()[name] = value;
  }
  return records;
}
Records sameScores(int count, const std::string& field) {
  return children(count, [&](int i) { return Record{{field, i + 1 < 20 ? "4" : "3"}, {"informant_1", "J"}}; });
}
Records sameScoresOnly(int count, const std::string& field) {
  return children(count, [&](int) { return Record{{field, "4"}, {"informant_1", "J"}}; });
}
// Of `count` ends `together` lie on one day.
Records ends(int count, int together) {
  return children(count, [&](int i) {
    return Record{{"datum_einde", i < together ? "20260601" : "202604" + std::to_string(10 + i % 20)}};
  });
}

const std::map<std::string, std::vector<Example>>& examples() {
  static const std::map<std::string, std::vector<Example>> all = {
      {"JH001", {one({{"bsn", ""}}, "JH001 bsn", {})}},
      {"JH002",
       {one({{"bsn", "1112223"}}, "JH002 bsn", {{"bsn", "12345672"}}),
        one({{"bsn", "111.222.333"}}, "JH002 bsn", {{"bsn", " 111222333"}})}},
      {"JH003", {onePsn("", "JH003 psn")}},
      {"JH004",
       {onePsn("0011", "JH004 psn"), onePsn(kPsn + "0", "JH004 psn"), onePsn("g" + kPsn.substr(1), "JH004 psn")}},
      {"JH005", {one({{"geboortedatum", ""}}, "JH005 geboortedatum", {})}},
      {"JH006",
       {one({{"geboortedatum", "20140229"}}, "JH006 geboortedatum", {{"geboortedatum", "20160229"}}),
        one({{"geboortedatum", "20140012"}}, "JH006 geboortedatum", {{"geboortedatum", "20140000"}})}},
      {"JH007", {one({{"geslacht", ""}}, "JH007 geslacht", {{"geslacht", "O"}})}},
      {"JH008", {one({{"geslacht", "X"}}, "JH008 geslacht", {{"geslacht", "V"}})}},
      {"JH009", {one({{"postcode", ""}}, "JH009 postcode", {{"postcode", "0034"}})}},
      {"JH010", {one({{"gemeentecode", ""}}, "JH010 gemeentecode", {{"gemeentecode", "0034"}})}},
      {"JH011", {one({{"gemeentecode", "GM9999"}}, "JH011 gemeentecode", {{"gemeentecode", "GM0995"}})}},
      {"JH012", {one({{"verwijzer", ""}}, "JH012 verwijzer", {{"verwijzer", "08"}})}},
      {"JH013", {one({{"verwijzer", "09"}}, "JH013 verwijzer", {{"verwijzer", "06"}})}},
      {"JH014", {one({{"hulpvorm", ""}}, "JH014 hulpvorm", {{"hulpvorm", "04"}})}},
      {"JH015", {one({{"hulpvorm", "10"}}, "JH015 hulpvorm", {{"hulpvorm", "11"}})}},
      {"JH016", {one({{"gestart_met_crisis", ""}}, "JH016 gestart_met_crisis", {{"gestart_met_crisis", "J"}})}},
      {"JH017", {one({{"gestart_met_crisis", "1"}}, "JH017 gestart_met_crisis", {{"gestart_met_crisis", "N"}})}},
      {"JH018", {one({{"datum_aanvang", ""}}, "JH018 datum_aanvang", {})}},
      {"JH019", {one({{"datum_aanvang", "20260200"}}, "JH019 datum_aanvang", {{"datum_aanvang", "20260201"}})}},
      {"JH020", {one({{"datum_einde", "20260431"}}, "JH020 datum_einde", {{"datum_einde", "20260430"}})}},
      {"JH021", {one({{"reden_beeindiging", "06"}}, "JH021 reden_beeindiging", {{"reden_beeindiging", "05"}})}},
      {"JH022", {one({{"tevredenheid_1", "11"}}, "JH022 tevredenheid_1", {{"tevredenheid_1", "10"}})}},
      {"JH023",
       {one({{"tevredenheid_2", "0"}}, "JH023 tevredenheid_2", {{"tevredenheid_2", "1"}, {"informant_2", "O"}})}},
      {"JH024", {one({{"zonder_hulp_verder_1", "5"}}, "JH024 zonder_hulp_verder_1", {{"zonder_hulp_verder_1", "4"}})}},
      {"JH025",
       {one({{"zonder_hulp_verder_2", "0"}}, "JH025 zonder_hulp_verder_2",
            {{"zonder_hulp_verder_2", "1"}, {"informant_2", "O"}})}},
      {"JH026", {one({{"doelrealisatie_1", "5"}}, "JH026 doelrealisatie_1", {{"doelrealisatie_1", "4"}})}},
      {"JH027",
       {one({{"doelrealisatie_2", "0"}}, "JH027 doelrealisatie_2", {{"doelrealisatie_2", "1"}, {"informant_2", "O"}})}},
      {"JH028", {one({{"informant_1", "V"}}, "JH028 informant_1", {{"informant_1", "O"}})}},
      {"JH029", {one({{"informant_2", "V"}}, "JH029 informant_2", {{"informant_2", "O"}, {"doelrealisatie_2", "1"}})}},
      {"JH030", {one({{"perspectief", "05"}}, "JH030 perspectief", {{"perspectief", "04"}})}},
      {"JH031", {one({{"productcategorie", "39"}}, "JH031 productcategorie", {{"productcategorie", "40"}})}},
      {"JH032", {one({{"profiel", "12"}}, "JH032 profiel", {{"profiel", "11"}})}},
      {"JH033", {one({{"zorgvraagzwaarte", "5"}}, "JH033 zorgvraagzwaarte", {{"zorgvraagzwaarte", "4"}})}},
      {"JH034", {one({{"complexiteit", "4"}}, "JH034 complexiteit", {{"complexiteit", "3"}})}},
      {"JH101", {one({{"bsn", "111222334"}}, "JH101 bsn", {{"bsn", "999999999"}})}},
      {"JH102",
       {one({{"bsn", "000000000"}}, "JH102", {{"bsn", "000000000"}, {"geboortedatum", "99999999"}}),
        {{right({{"psn", kPsn}, {"geboortedatum", "00000000"}})}, {"1 JH102"}, {right({{"psn", kPsn}})}, "psn"}}},
      {"JH103", {one({{"geboortedatum", "20260116"}}, "JH103", {{"geboortedatum", "20260115"}})}},
      {"JH104", {one({{"geboortedatum", "20030115"}}, "JH104", {{"geboortedatum", "20080116"}})}},
      {"JH105", {one({{"datum_einde", "20260114"}}, "JH105", {{"datum_einde", "20260115"}})}},
      {"JH106",
       {one({{"datum_aanvang", "20260701"}, {"datum_einde", "20260702"}}, "JH106",
            {{"datum_aanvang", "20260630"}, {"datum_einde", "20260702"}}),
        one({{"datum_aanvang", "20250701"}, {"datum_einde", "20251231"}}, "JH106",
            {{"datum_aanvang", "20250701"}, {"datum_einde", "20260101"}}),
        one({{"datum_einde", "20260711"}}, "JH106", {{"datum_einde", "20260710"}})}},
      {"JH107",
       {one({{"reden_beeindiging", ""}}, "JH107", {}), one(running({{"reden_beeindiging", "02"}}), "JH107", kRunning)}},
      {"JH108", {one({{"verwijzer", "07"}}, "JH108 verwijzer", {{"verwijzer", "07"}, {"datum_aanvang", "20141231"}})}},
      {"JH109",
       {one({{"hulpvorm", "14"}, {"datum_einde", "20260116"}}, "JH109",
            {{"hulpvorm", "14"}, {"datum_einde", "20260117"}})}},
      {"JH110",
       {one({{"informant_1", ""}}, "JH110", {}),
        one({{"informant_2", "O"}}, "JH110", {{"informant_2", "O"}, {"tevredenheid_2", "3"}})}},
      {"JH111",
       {one({{"informant_2", "J"}, {"tevredenheid_2", "3"}}, "JH111",
            {{"informant_2", "O"}, {"tevredenheid_2", "3"}})}},
      {"JH112", {one({{"informant_1", ""}, {"tevredenheid_1", ""}}, "JH112", {})}},
      {"JH113", {one(running({{"tevredenheid_1", "3"}, {"informant_1", "O"}}), "JH113", kRunning)}},
      {"JH114", {one({{"perspectief", "01"}}, "JH114 perspectief", {{"perspectief", "02"}})}},
      {"JH115", {one({{"productcategorie", "38"}}, "JH115 productcategorie", {{"productcategorie", ""}})}},
      {"JH116",
       {one({{"postcode", "1315 AB"}}, "JH116 postcode", {}),
        one({{"postcode", "GM0457"}}, "JH116 postcode", {{"postcode", "GM0034"}})}},
      {"JH117", {one({{"geboortedatum", "20080115"}}, "JH117", {{"geboortedatum", "20080116"}})}},
      {"JH118",
       {one({{"gemeentecode", "GM0457"}}, "JH118 gemeentecode",
            {{"gemeentecode", "GM0457"}, {"datum_aanvang", "20220323"}})}},
      {"JH119",
       {onePsn(std::string(32, '0'), "JH119 psn"),
        onePsn(std::string(32, 'f'), "JH119 psn"),
        {{right({{"psn", "F" + std::string(31, 'f')}})},
         {"1 JH119 psn"},
         {right({{"psn", "0f" + std::string(30, 'f')}}), right({{"psn", std::string(31, '0') + "1"}})},
         "psn"}}},
      {"JH120",
       {one(running({{"bsn", "000000000"}, {"geboortedatum", "00000000"}, {"datum_aanvang", "20250902"}}), "JH120",
            running({{"bsn", "000000000"}, {"geboortedatum", "00000000"}, {"datum_aanvang", "20250903"}})),
        one({{"bsn", "000000000"}, {"geboortedatum", "00000000"}, {"datum_aanvang", "20250302"}}, "JH120",
            {{"bsn", "999999999"}, {"datum_aanvang", "20250302"}})}},
      {"JH201",
       {{{right(), right()}, {"1 JH201", "2 JH201"}, {right(), right({{"hulpvorm", "03"}})}},
        {{right({{"psn", kPsn}}), right({{"psn", kPsn}})},
         {"1 JH201", "2 JH201"},
         {right({{"psn", kPsn}}), right({{"psn", std::string(31, '0') + "1"}})},
         "psn"}}},
      {"JH202",
       {{{right(), right({{"datum_aanvang", "20260420"}, {"datum_einde", "20260501"}})},
         {"1 JH202", "2 JH202"},
         {right(), right({{"datum_aanvang", "20260421"}, {"datum_einde", "20260501"}})}}}},
      {"JH203",
       {{{right(), right({{"hulpvorm", "03"}, {"geslacht", "V"}})},
         {"1 JH203", "2 JH203"},
         {right(), right({{"hulpvorm", "03"}, {"geslacht", "O"}})}},
        {{right(), right({{"hulpvorm", "03"}, {"geboortedatum", "20140513"}})},
         {"1 JH203", "2 JH203"},
         {right(), right({{"hulpvorm", "03"}, {"geboortedatum", "20140500"}})}}}},
      {"JH204",
       {{sameScoresOnly(20, "tevredenheid_1"), {"0 JH204"}, sameScoresOnly(19, "tevredenheid_1")},
        {sameScoresOnly(20, "zonder_hulp_verder_1"), {"0 JH204"}, sameScores(20, "zonder_hulp_verder_1")},
        {children(10,
                  [](int) {
                    return Record{{"doelrealisatie_1", "2"}, {"doelrealisatie_2", "2"}, {"informant_2", "O"}};
                  }),
         {"0 JH204"},
         sameScores(21, "doelrealisatie_1")},
        {children(20,
                  [](int) {
                    return Record{{"doelrealisatie_1", "2"}, {"zonder_hulp_verder_1", "1"}, {"tevredenheid_1", "7"}};
                  }),
         {"0 JH204", "0 JH204", "0 JH204"},
         {right()}}}},
      {"JH205",
       {{ends(10, 4), {"0 JH205"}, ends(10, 3)},
        {ends(100, 31), {"0 JH205"}, ends(100, 30)},
        {ends(10, 10), {"0 JH205"}, ends(9, 9)}}},
      {"JH207",
       {{{right({{"bsn", "999999999"}}), right({{"bsn", "999999999"}})},
         {"1 JH207", "2 JH207"},
         {right({{"bsn", "999999999"}}), right({{"bsn", "999999999"}, {"geslacht", "V"}})}}}},
  };
  return all;
}

Expected judged(const Records& records, const std::string& identity) {
  std::vector<std::string> columns = kColumns;
  columns[0] = identity;
  return judge(records, columns).findings;
}

class EveryRule : public ::testing::TestWithParam<std::string_view> {};

TEST_P(EveryRule, IsFoundWhereItIsBrokenAndNowhereElse) {
  const Rule& rule = *findRule(GetParam());
  const auto found = examples().find(std::string(rule.code));
  ASSERT_NE(found, examples().end()) << "give an example of what breaks it, and of what nearly does";
  for (const Example& example : found->second) {
    EXPECT_EQ(judged(example.wrong, example.identity), example.findings);
    EXPECT_THAT(judged(example.right, example.identity), IsEmpty());
    for (const std::string& finding : example.findings) {
      const std::size_t space = finding.find(' ');
      EXPECT_EQ(finding.substr(space + 1, 5), rule.code);
      EXPECT_EQ(finding.substr(0, space) == "0", rule.code == "JH204" || rule.code == "JH205");
    }
  }
}

// What has happened before is judged with the database, and what is agreed with a register: see Coverage, and run/.
std::vector<std::string_view> judgedHere() {
  std::vector<std::string_view> codes;
  for (const Rule& rule : rules())
    if (rule.level != Level::history && rule.level != Level::contract) codes.push_back(rule.code);
  return codes;
}
INSTANTIATE_TEST_SUITE_P(All, EveryRule, ::testing::ValuesIn(judgedHere()),
                         [](const auto& info) { return std::string(info.param); });

TEST(EveryRuleOfTheWholeDelivery, IsAWarningThatMakesNoRecordWrong) {
  const Judgement judgement = judge(sameScoresOnly(25, "doelrealisatie_1"));
  EXPECT_EQ(judgement.wrong, 0U);
  EXPECT_EQ(judgement.good.size(), 25U);
  EXPECT_EQ(judgement.all.warnings, 1U);
  EXPECT_EQ(judgement.all.counts.at("JH204"), 1U);
}

TEST(Floats, AFileWhoseNumbersASpreadsheetReckonedWithIsRefusedWhole) {
  for (const char* shape : {"1,23457E+08", "1.23456782E8", "123456782.0", "123456782,00", "1e+08"}) {
    const Judgement judgement = judge({right(), right({{"bsn", shape}}), right({{"bsn", shape}})});
    EXPECT_THAT(judgement.refused, ::testing::HasSubstr("Maak de kolom op als tekst")) << shape;
    EXPECT_EQ(judgement.refused.find(shape), std::string::npos);
  }
}

TEST(Floats, HalfOfTheNumbersOrLessAreRecordsThatAreWrong) {
  EXPECT_EQ(judge({right(), right({{"bsn", "1,23457E+08"}})}).findings, (Expected{"2 JH002 bsn"}));
  const Judgement judgement = judge({right({{"bsn", ""}}), right(), right({{"bsn", "123456782,0"}})});
  EXPECT_EQ(judgement.findings, (Expected{"1 JH001 bsn", "3 JH002 bsn"}));
  EXPECT_NE(judge({right({{"bsn", ""}}), right({{"bsn", "123456782,0"}})}).refused, "") << "of those given";
}

TEST(Floats, OtherTextsAreNone) {
  for (const char* shape :
       {"", "123456782", "123.456.782", "123456782.", ".5", "E8", "1E", "1,5E+", "1,5 ", "x1,5", "1;5"})
    EXPECT_FALSE(looksLikeFloat(shape)) << shape;
}

}  // namespace
}  // namespace sluis::validate
