#include "validate/validator.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <tuple>

#include "sample.h"

namespace sluis::validate {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

using Expected = std::vector<std::string>;

TEST(Validator, ARightRecordHasNoFindingAndArrivesTyped) {
  const Judgement judgement = judge(std::vector<Record>{right({{"tevredenheid_2", "10"},
                                                               {"zonder_hulp_verder_1", "2"},
                                                               {"doelrealisatie_2", "4"},
                                                               {"informant_2", "O"},
                                                               {"perspectief", "03"},
                                                               {"profiel", "11"},
                                                               {"zorgvraagzwaarte", "4"},
                                                               {"complexiteit", "3"}})});
  EXPECT_THAT(judgement.findings, IsEmpty());
  ASSERT_EQ(judgement.good.size(), 1U);
  const Trajectory& record = judgement.good.front();
  EXPECT_EQ(record.row, 1U);
  EXPECT_EQ(record.identity, Identity::bsn);
  EXPECT_EQ(record.bsn, 111222333U);
  EXPECT_EQ(record.birth, 20140512U);
  EXPECT_EQ(record.sex, 'M');
  EXPECT_EQ(record.crisis, 'N');
  EXPECT_EQ(std::string(record.postcode.begin(), record.postcode.end()), "1315AB");
  EXPECT_EQ(record.residence, 0);
  EXPECT_EQ(record.municipality, 34);
  EXPECT_EQ(record.start, day(2026, 1, 15).time_since_epoch().count());
  EXPECT_EQ(record.end, day(2026, 4, 20).time_since_epoch().count());
  EXPECT_EQ(record.referrer, 1);
  EXPECT_EQ(record.form, 2);
  EXPECT_EQ(record.reason, 1);
  EXPECT_EQ(record.perspective, 3);
  EXPECT_EQ(record.productCategory, 45);
  EXPECT_EQ(record.profile, 11);
  EXPECT_EQ(record.severity, 4);
  EXPECT_EQ(record.complexity, 3);
  EXPECT_EQ(record.measurements[0].satisfaction, 8);
  EXPECT_EQ(record.measurements[1].satisfaction, 10);
  EXPECT_EQ(record.measurements[0].goOn, 2);
  EXPECT_EQ(record.measurements[1].goals, 4);
  EXPECT_EQ(record.measurements[0].informant, 'J');
  EXPECT_EQ(record.measurements[1].informant, 'O');
}

struct Case {
  Record change;
  Expected expected;
};

class OneMistake : public ::testing::TestWithParam<Case> {};

TEST_P(OneMistake, HasItsFindingAndNoOther) {
  EXPECT_EQ(judgeOne(right(GetParam().change)), GetParam().expected);
}

INSTANTIATE_TEST_SUITE_P(
    Fields, OneMistake,
    ::testing::Values(
        Case{{{"bsn", ""}}, {"1 JH001 bsn"}}, Case{{{"bsn", "  "}}, {"1 JH001 bsn"}},
        Case{{{"bsn", "1112223"}}, {"1 JH002 bsn"}}, Case{{{"bsn", "111.222.333"}}, {"1 JH002 bsn"}},
        Case{{{"bsn", "111222334"}}, {"1 JH101 bsn"}}, Case{{{"bsn", " 111222333 "}}, {}},
        Case{{{"bsn", "12345672"}}, {}}, Case{{{"bsn", "12345673"}}, {"1 JH101 bsn"}},
        Case{{{"geboortedatum", ""}}, {"1 JH005 geboortedatum"}},
        Case{{{"geboortedatum", "20140231"}}, {"1 JH006 geboortedatum"}},
        Case{{{"geboortedatum", "12-05-2014"}}, {"1 JH006 geboortedatum"}},
        Case{{{"geboortedatum", "20140012"}}, {"1 JH006 geboortedatum"}}, Case{{{"geboortedatum", "20140500"}}, {}},
        Case{{{"geboortedatum", "20140000"}}, {}}, Case{{{"geslacht", ""}}, {"1 JH007 geslacht"}},
        Case{{{"geslacht", "m"}}, {"1 JH008 geslacht"}}, Case{{{"geslacht", "X"}}, {"1 JH008 geslacht"}},
        Case{{{"geslacht", "O"}}, {}}, Case{{{"postcode", ""}}, {"1 JH009 postcode"}},
        Case{{{"gemeentecode", ""}}, {"1 JH010 gemeentecode"}},
        Case{{{"gemeentecode", "GM9999"}}, {"1 JH011 gemeentecode"}},
        Case{{{"gemeentecode", "Almere"}}, {"1 JH011 gemeentecode"}}, Case{{{"gemeentecode", "0034"}}, {}},
        Case{{{"verwijzer", ""}}, {"1 JH012 verwijzer"}}, Case{{{"verwijzer", "1"}}, {"1 JH013 verwijzer"}},
        Case{{{"verwijzer", "09"}}, {"1 JH013 verwijzer"}}, Case{{{"verwijzer", "00"}}, {"1 JH013 verwijzer"}},
        Case{{{"hulpvorm", ""}}, {"1 JH014 hulpvorm"}}, Case{{{"hulpvorm", "05"}}, {"1 JH015 hulpvorm"}},
        Case{{{"gestart_met_crisis", ""}}, {"1 JH016 gestart_met_crisis"}},
        Case{{{"gestart_met_crisis", "ja"}}, {"1 JH017 gestart_met_crisis"}},
        Case{{{"datum_aanvang", ""}}, {"1 JH018 datum_aanvang"}},
        Case{{{"datum_aanvang", "20260100"}}, {"1 JH019 datum_aanvang"}},
        Case{{{"datum_aanvang", "2026-01-15"}}, {"1 JH019 datum_aanvang"}},
        Case{{{"datum_einde", "20260431"}}, {"1 JH020 datum_einde"}},
        Case{{{"reden_beeindiging", "06"}}, {"1 JH021 reden_beeindiging"}},
        Case{{{"tevredenheid_1", "11"}}, {"1 JH022 tevredenheid_1"}},
        Case{{{"tevredenheid_1", "0"}}, {"1 JH022 tevredenheid_1"}},
        Case{{{"tevredenheid_1", "7,5"}}, {"1 JH022 tevredenheid_1"}},
        Case{{{"tevredenheid_2", "x"}}, {"1 JH023 tevredenheid_2"}},
        Case{{{"zonder_hulp_verder_1", "5"}}, {"1 JH024 zonder_hulp_verder_1"}},
        Case{{{"zonder_hulp_verder_2", "5"}}, {"1 JH025 zonder_hulp_verder_2"}},
        Case{{{"doelrealisatie_1", "0"}}, {"1 JH026 doelrealisatie_1"}},
        Case{{{"doelrealisatie_2", "5"}}, {"1 JH027 doelrealisatie_2"}},
        Case{{{"informant_1", "V"}}, {"1 JH028 informant_1"}}, Case{{{"informant_2", "j"}}, {"1 JH029 informant_2"}},
        Case{{{"perspectief", "05"}}, {"1 JH030 perspectief"}},
        Case{{{"productcategorie", "39"}}, {"1 JH031 productcategorie"}},
        Case{{{"profiel", "12"}}, {"1 JH032 profiel"}}, Case{{{"zorgvraagzwaarte", "5"}}, {"1 JH033 zorgvraagzwaarte"}},
        Case{{{"complexiteit", "4"}}, {"1 JH034 complexiteit"}}));

INSTANTIATE_TEST_SUITE_P(
    Records, OneMistake,
    ::testing::Values(
        Case{{{"bsn", "000000000"}}, {"1 JH102"}}, Case{{{"geboortedatum", "00000000"}}, {"1 JH102"}},
        Case{{{"bsn", "000000000"}, {"geboortedatum", "99999999"}}, {}},
        Case{{{"bsn", "000000000"}, {"geboortedatum", "000000000"}}, {}}, Case{{{"bsn", "999999999"}}, {}},
        Case{{{"bsn", "999999999"}, {"geboortedatum", "999999999"}}, {"1 JH102"}},
        Case{{{"geboortedatum", "20260116"}}, {"1 JH103"}}, Case{{{"geboortedatum", "20260115"}}, {}},
        Case{{{"geboortedatum", "20260100"}}, {}}, Case{{{"geboortedatum", "20260200"}}, {"1 JH103"}},
        Case{{{"geboortedatum", "20260000"}}, {}}, Case{{{"geboortedatum", "20270000"}}, {"1 JH103"}},
        Case{{{"geboortedatum", "20030115"}}, {"1 JH104"}}, Case{{{"geboortedatum", "20030116"}}, {"1 JH117"}},
        Case{{{"geboortedatum", "20030000"}}, {"1 JH117"}}, Case{{{"geboortedatum", "20020000"}}, {"1 JH104"}},
        Case{{{"geboortedatum", "20080115"}}, {"1 JH117"}}, Case{{{"geboortedatum", "20080116"}}, {}},
        Case{{{"datum_einde", "20260114"}}, {"1 JH105"}}, Case{{{"datum_einde", "20260115"}}, {}},
        Case{{{"datum_aanvang", "20260701"}, {"datum_einde", "20260705"}}, {"1 JH106"}},
        Case{{{"datum_aanvang", "20260630"}, {"datum_einde", "20260705"}}, {}},
        Case{{{"datum_aanvang", "20250101"}, {"datum_einde", "20251231"}}, {"1 JH106"}},
        Case{{{"datum_aanvang", "20250101"}, {"datum_einde", "20260101"}}, {}},
        Case{{{"datum_einde", "20260711"}}, {"1 JH106"}}, Case{{{"datum_einde", "20260710"}}, {}},
        Case{{{"reden_beeindiging", ""}}, {"1 JH107"}},
        Case{{{"datum_einde", ""}, {"tevredenheid_1", ""}, {"informant_1", ""}}, {"1 JH107"}},
        Case{{{"verwijzer", "07"}}, {"1 JH108 verwijzer"}},
        Case{{{"verwijzer", "07"}, {"datum_aanvang", "20141231"}, {"geboortedatum", "20080101"}}, {}},
        Case{{{"verwijzer", "07"}, {"datum_aanvang", "20150101"}, {"geboortedatum", "20080101"}},
             {"1 JH108 verwijzer"}},
        Case{{{"hulpvorm", "11"}, {"datum_einde", "20260116"}}, {"1 JH109"}},
        Case{{{"hulpvorm", "14"}, {"datum_einde", "20260115"}}, {"1 JH109"}},
        Case{{{"hulpvorm", "11"}, {"datum_einde", "20260117"}}, {}},
        Case{{{"hulpvorm", "02"}, {"datum_einde", "20260115"}}, {}}, Case{{{"informant_1", ""}}, {"1 JH110"}},
        Case{{{"informant_2", "O"}}, {"1 JH110"}}, Case{{{"informant_2", "J"}}, {"1 JH110"}},
        Case{{{"doelrealisatie_2", "1"}}, {"1 JH110"}},
        Case{{{"doelrealisatie_2", "1"}, {"informant_2", "J"}}, {"1 JH111"}},
        Case{{{"tevredenheid_1", ""}, {"informant_1", ""}}, {"1 JH112"}},
        Case{{{"datum_einde", ""}, {"reden_beeindiging", ""}}, {"1 JH113"}},
        Case{{{"perspectief", "01"}}, {"1 JH114 perspectief"}},
        Case{{{"productcategorie", "35"}}, {"1 JH115 productcategorie"}},
        Case{{{"postcode", "1315ab"}}, {"1 JH116 postcode"}}, Case{{{"postcode", "Almere"}}, {"1 JH116 postcode"}},
        Case{{{"postcode", "GM0034"}}, {}}, Case{{{"postcode", "0995"}}, {}},
        Case{{{"postcode", "GM0457"}}, {"1 JH116 postcode"}}, Case{{{"postcode", "1315"}}, {"1 JH116 postcode"}},
        Case{{{"postcode", "GM0457"}, {"datum_aanvang", "20220323"}}, {}},
        Case{{{"postcode", "GM0457"}, {"datum_aanvang", "20220324"}}, {"1 JH116 postcode"}},
        Case{{{"gemeentecode", "GM0457"}}, {"1 JH118 gemeentecode"}}));

INSTANTIATE_TEST_SUITE_P(
    WhatCouldNotBeReadIsNotJudgedFurther, OneMistake,
    ::testing::Values(
        Case{{{"datum_aanvang", "x"}, {"geboortedatum", "20270101"}, {"verwijzer", "07"}, {"postcode", "GM0457"}},
             {"1 JH019 datum_aanvang"}},
        Case{{{"datum_aanvang", "x"}, {"hulpvorm", "11"}}, {"1 JH019 datum_aanvang"}},
        Case{{{"datum_aanvang", ""}, {"postcode", "GM9999"}}, {"1 JH018 datum_aanvang", "1 JH116 postcode"}},
        Case{{{"datum_einde", "x"}, {"tevredenheid_1", ""}, {"informant_1", ""}}, {"1 JH020 datum_einde"}},
        Case{{{"tevredenheid_1", "99"}, {"informant_1", ""}}, {"1 JH022 tevredenheid_1"}},
        Case{{{"tevredenheid_1", "99"}, {"informant_1", "x"}}, {"1 JH022 tevredenheid_1", "1 JH028 informant_1"}},
        Case{{{"tevredenheid_2", "99"}}, {"1 JH023 tevredenheid_2"}},
        Case{{{"tevredenheid_2", "99"}, {"informant_2", "J"}}, {"1 JH023 tevredenheid_2"}},
        Case{{{"informant_2", "x"}, {"doelrealisatie_2", "1"}}, {"1 JH029 informant_2"}},
        Case{{{"datum_einde", ""}, {"reden_beeindiging", ""}, {"tevredenheid_1", "99"}}, {"1 JH022 tevredenheid_1"}},
        Case{{{"tevredenheid_1", "99"}, {"informant_1", ""}, {"informant_2", ""}}, {"1 JH022 tevredenheid_1"}},
        Case{{{"bsn", "x"}, {"geboortedatum", "00000000"}}, {"1 JH002 bsn"}},
        Case{{{"geboortedatum", "x"}, {"bsn", "000000000"}}, {"1 JH006 geboortedatum"}}));

INSTANTIATE_TEST_SUITE_P(
    WhatHoldsWhateverAnUnreadableFieldSaysIsTold, OneMistake,
    ::testing::Values(
        // Measurements: each by itself, and a score that can be read is one.
        Case{{{"datum_einde", ""},
              {"reden_beeindiging", ""},
              {"tevredenheid_1", "11"},
              {"tevredenheid_2", "8"},
              {"informant_2", "O"}},
             {"1 JH022 tevredenheid_1", "1 JH113"}},
        Case{{{"datum_einde", ""}, {"reden_beeindiging", ""}, {"tevredenheid_1", "11"}, {"doelrealisatie_1", "2"}},
             {"1 JH022 tevredenheid_1", "1 JH113"}},
        Case{{{"tevredenheid_1", "11"}, {"doelrealisatie_1", "2"}, {"informant_1", ""}},
             {"1 JH022 tevredenheid_1", "1 JH110"}},
        Case{{{"tevredenheid_1", "11"}, {"doelrealisatie_1", "2"}, {"informant_2", "O"}},
             {"1 JH022 tevredenheid_1", "1 JH110"}},
        Case{{{"informant_1", "X"}, {"informant_2", "O"}}, {"1 JH028 informant_1", "1 JH110"}},
        Case{{{"informant_1", ""}, {"informant_2", "X"}}, {"1 JH029 informant_2", "1 JH110"}},
        Case{{{"tevredenheid_1", "11"}, {"doelrealisatie_1", "2"}, {"doelrealisatie_2", "2"}, {"informant_2", "J"}},
             {"1 JH022 tevredenheid_1", "1 JH111"}},
        // Dates: who was born when is not the number's to say, nor a start the end's.
        Case{{{"bsn", "12345"}, {"geboortedatum", "20260301"}}, {"1 JH002 bsn", "1 JH103"}},
        Case{{{"bsn", ""}, {"geboortedatum", "19960301"}}, {"1 JH001 bsn", "1 JH104"}},
        Case{{{"bsn", "12345"}, {"geboortedatum", "20060301"}}, {"1 JH002 bsn", "1 JH117"}},
        Case{{{"datum_aanvang", "20260701"}, {"datum_einde", "x"}}, {"1 JH020 datum_einde", "1 JH106"}},
        Case{{{"datum_aanvang", "20261301"}, {"datum_einde", "20251231"}}, {"1 JH019 datum_aanvang", "1 JH106"}},
        // An end and its reason: given or not can be seen.
        Case{{{"datum_einde", ""}, {"reden_beeindiging", "06"}, {"tevredenheid_1", ""}, {"informant_1", ""}},
             {"1 JH021 reden_beeindiging", "1 JH107"}},
        Case{{{"datum_einde", "20260431"}, {"reden_beeindiging", ""}}, {"1 JH020 datum_einde", "1 JH107"}},
        Case{{{"datum_einde", "20260431"}, {"reden_beeindiging", "06"}},
             {"1 JH020 datum_einde", "1 JH021 reden_beeindiging"}}));

TEST(Validator, SeveralMistakesOfOneRecordAreAllToldInOrderOfRule) {
  EXPECT_EQ(
      judgeOne(right({{"bsn", "111222334"}, {"geslacht", "?"}, {"datum_einde", "20260101"}, {"verwijzer", "07"}})),
      (Expected{"1 JH008 geslacht", "1 JH101 bsn", "1 JH105", "1 JH108 verwijzer"}));
}

TEST(Validator, WrongRecordsAreLeftOutAndCounted) {
  const Judgement judgement = judge({right(), right({{"bsn", "249566758"}, {"geslacht", "x"}}),
                                     right({{"bsn", "123456782"}, {"hulpvorm", "11"}, {"datum_einde", "20260115"}})});
  ASSERT_EQ(judgement.good.size(), 2U);
  EXPECT_EQ(judgement.good[0].row, 1U);
  EXPECT_EQ(judgement.good[1].row, 3U) << "a signaal is no error";
  EXPECT_EQ(judgement.wrong, 1U);
  EXPECT_EQ(judgement.all.errors, 1U);
  EXPECT_EQ(judgement.all.warnings, 1U);
}

TEST(Validator, ColumnsMayStandInAnyOrderAndOptionalOnesMayBeMissing) {
  const std::vector<std::string> few = {"Datum_Einde",   "REDEN_BEEINDIGING", " hulpvorm ",   "gestart_met_crisis",
                                        "datum_aanvang", "verwijzer",         "gemeentecode", "postcode",
                                        "geslacht",      "geboortedatum",     "BSN"};
  Record record;
  const Record source = right();
  for (const std::string& column : few) {
    std::string name = column == " hulpvorm " ? "hulpvorm" : column;
    for (char& c : name) c = static_cast<char>(std::tolower(c));
    record[column] = source.at(name);
  }
  const Judgement judgement = judge(std::vector<Record>{record}, few);
  EXPECT_THAT(judgement.findings, ElementsAre("1 JH112"));
  EXPECT_EQ(judgement.good.at(0).bsn, 111222333U);
}

std::string refusalOf(std::vector<std::string> columns) {
  Validator validator(*definitions().find("jeugdhulp", *Period::parse("2026H1")), *Period::parse("2026H1"),
                      day(2026, 7, 10), Coverage::noRegister());
  const auto bound = validator.bind(columns);
  if (bound) return "bound";
  EXPECT_EQ(bound.error().code, RefusalCode::FMT02);
  return bound.error().detail;
}

TEST(Binding, WhatDoesNotFitIsToldAllAtOnceWithoutDeliveredNames) {
  std::vector<std::string> columns = kColumns;
  columns[2] = "Jan Jansen 111222333";
  columns[4] = "bsn";
  const std::string told = refusalOf(columns);
  EXPECT_THAT(told, HasSubstr("Deze kolommen ontbreken: geslacht, gemeentecode."));
  EXPECT_THAT(told, HasSubstr("Deze kolommen staan er dubbel: bsn."));
  EXPECT_THAT(told, HasSubstr("onbekende naam staan op plaats: 3."));
  EXPECT_THAT(told, Not(HasSubstr("Jan")));
}

TEST(Binding, ExactlyOneOfBsnAndPsnMustBeThere) {
  std::vector<std::string> columns = kColumns;
  columns.push_back("psn");
  EXPECT_THAT(refusalOf(columns), HasSubstr("Precies één van deze kolommen moet er zijn: bsn, psn."));
  columns.erase(columns.begin());
  EXPECT_EQ(refusalOf(columns), "bound");
  columns.pop_back();
  EXPECT_THAT(refusalOf(columns), HasSubstr("Precies één"));
}

TEST(Binding, AFileWithoutAHeaderIsToldSo) {
  EXPECT_THAT(refusalOf({"111222333", "20140512", "M"}), HasSubstr("geen enkele kolomnaam"));
}

TEST(Binding, AnAliasIsTheSameColumn) {
  std::vector<std::string> columns = kColumns;
  columns[0] = "Burgerservicenummer";
  EXPECT_EQ(refusalOf(columns), "bound");
  columns.push_back("bsn");
  EXPECT_THAT(refusalOf(columns), HasSubstr("dubbel: bsn"));
}

TEST(Coverage, RecordsOfAMunicipalityWithoutAgreementAreWrong) {
  const Day received = day(2026, 7, 10);
  const std::vector<Agreement> agreements = {{34, day(2020, 1, 1), {}},
                                             {995, day(2020, 1, 1), day(2026, 7, 9)},
                                             {50, day(2020, 1, 1), day(2026, 7, 10)},
                                             {303, day(2026, 7, 11), {}}};
  std::vector<Record> records;
  int bsn = 0;
  for (const char* code : {"GM0034", "GM0995", "GM0050", "GM0303", "GM0171"})
    records.push_back(
        right({{"gemeentecode", code}, {"hulpvorm", "0" + std::to_string(++bsn)}, {"postcode", "1315AB"}}));
  records[4]["hulpvorm"] = "12";
  EXPECT_EQ(judge(records, kColumns, Coverage(agreements, received)).findings,
            (Expected{"2 JH401 gemeentecode", "4 JH401 gemeentecode", "5 JH401 gemeentecode"}));
  EXPECT_THAT(judge(records).findings, IsEmpty()) << "without a register there is no such rule";
}

TEST(Findings, AreCappedButCountedExactly) {
  std::vector<Record> records;
  for (int i = 0; i < 2500; ++i)
    records.push_back(right({{"bsn", "x"},
                             {"geslacht", i == 2400 ? "?" : "M"},
                             {"tevredenheid_1", std::to_string(i % 10 + 1)},
                             {"datum_einde", "202604" + std::to_string(10 + i % 20)}}));
  const Judgement judgement = judge(records, kColumns, Coverage::noRegister(), 700);
  EXPECT_EQ(judgement.all.counts.at("JH002"), 2500U);
  EXPECT_EQ(judgement.all.counts.at("JH008"), 1U);
  EXPECT_EQ(judgement.all.kept.size(), 1001U);
  EXPECT_EQ(judgement.all.kept[999].row, 1000U);
  EXPECT_EQ(judgement.findings.back(), "2401 JH008 geslacht");
  EXPECT_EQ(judgement.all.errors, 2501U);
  EXPECT_EQ(judgement.wrong, 2500U);
}

// Cells as they should be are read in a quick way, others in a thorough one: both must say the same.
TEST(Findings, DoNotDependOnSpacesAroundCells) {
  std::vector<std::string> values = {"",         "00000000",  "20260230",  "20260228",  "20260000", "20261301",
                                     "19000101", "21000101",  "2026010x",  "GM0034",    "GM9999",   "0034",
                                     "1315AB",   "0315AB",    "1315ab",    "1315A1",    "GMxxxx",   "111222333",
                                     "11122233", "111222334", "11122233x", "999999999", "000000000"};
  for (int c = ' ' + 1; c < 127; ++c) values.push_back(std::string(1, static_cast<char>(c)));
  for (int number = 0; number < 120; ++number) values.push_back(std::to_string(number));
  for (int number = 0; number < 10; ++number) values.push_back("0" + std::to_string(number));
  for (const char* two : {"0x", "x0", "/1", "1:"}) values.push_back(two);
  std::vector<Record> plain, spaced;
  for (const std::string& column : kColumns)
    for (const std::string& value : values) {
      plain.push_back(right({{column, value}}));
      spaced.push_back(right({{column, " " + value + "  "}}));
    }
  const Judgement quick = judge(plain);
  const Judgement thorough = judge(spaced);
  EXPECT_EQ(quick.findings, thorough.findings);
  EXPECT_GT(quick.findings.size(), 1000U);
  ASSERT_EQ(quick.good.size(), thorough.good.size());
  for (std::size_t i = 0; i < quick.good.size(); ++i) {
    const auto values = [](const Trajectory& r) {
      return std::tuple(r.row, r.identity, r.sex, r.crisis, r.bsn, r.birth, r.postcode, r.residence, r.municipality,
                        r.start, r.end, r.referrer, r.form, r.reason, r.perspective, r.productCategory, r.profile,
                        r.severity, r.complexity, r.measurements[0].satisfaction, r.measurements[1].goals);
    };
    EXPECT_EQ(values(quick.good[i]), values(thorough.good[i]));
  }
}

TEST(Findings, AreKeptFromTheFirstRecordOnHoweverTheirCellsAreWritten) {
  std::vector<Record> records;
  for (int i = 0; i < 1500; ++i) records.push_back(right({{"bsn", i % 2 == 0 ? "111222334" : " 111222334"}}));
  const Judgement judgement = judge(records);
  ASSERT_EQ(judgement.all.counts.at("JH101"), 1500U);
  std::uint32_t row = 0;
  for (const Finding& finding : judgement.all.kept)
    if (finding.rule == "JH101") {
      EXPECT_EQ(finding.row, ++row);
    }
  EXPECT_EQ(row, 1000U);
}

TEST(Findings, DoNotDependOnTheBatches) {
  std::vector<Record> records;
  for (int i = 0; i < 600; ++i)
    records.push_back(right({{"bsn", i % 7 == 0 ? "111222334" : "111222333"},
                             {"geslacht", i % 11 == 0 ? "?" : "V"},
                             {"datum_aanvang", i % 13 == 0 ? "20260230" : "20260115"}}));
  const Expected whole = judge(records).findings;
  for (const std::size_t rows : {1, 7, 255, 256, 257, 512})
    EXPECT_EQ(judge(records, kColumns, Coverage::noRegister(), rows).findings, whole) << rows;
}

}  // namespace
}  // namespace sluis::validate
