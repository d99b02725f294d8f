#include "dataset/definition.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "base/error.h"

namespace sluis::dataset {
namespace {

using ::testing::HasSubstr;
namespace fs = std::filesystem;

const fs::path kConfig = fs::path(SLUIS_SOURCE_DIR) / "config";

Definitions shipped() {
  return Definitions::load(kConfig / "datasets", kConfig / "codelists");
}

Day day(int y, unsigned m, unsigned d) {
  return Day(std::chrono::year(y) / std::chrono::month(m) / std::chrono::day(d));
}

class Folder {
 public:
  Folder() {
    fs::create_directories(root_ / "datasets");
    fs::copy(kConfig / "codelists", root_ / "codelists");
  }
  ~Folder() { fs::remove_all(root_); }
  void write(const std::string& name, const std::string& text) const { std::ofstream(root_ / name) << text; }
  Definitions load() const { return Definitions::load(root_ / "datasets", root_ / "codelists"); }
  std::string mistakes() const {
    try {
      load();
    } catch (const Error& e) {
      return e.message();
    }
    return "loaded";
  }

 private:
  fs::path root_ = fs::temp_directory_path() / ("sluis-dataset-test-" + std::to_string(::getpid()));
};

constexpr const char* kSmall = R"(dataset: jeugdhulp
version: "4"
title: Proef
valid_from: 2015-01-01
valid_until: 2018-01-01
placeholders: {bsn_unknown: "000000000", bsn_unborn: "999999999", birth_unborn: ["00000000"]}
fields:
  - {name: bsn, form: bsn, required: true}
minimisation: {bsn: pseudonym}
rules:
  JH104: {age: 23}
)";

TEST(Definitions, TheShippedOnesLoadAndAreFoundByPeriod) {
  const Definitions definitions = shipped();
  const Definition* current = definitions.find("jeugdhulp", *Period::parse("2026H1"));
  ASSERT_NE(current, nullptr);
  EXPECT_EQ(current->version(), "5.1");
  EXPECT_EQ(current->fields().size(), kFieldCount);
  EXPECT_EQ(current->placeholders().bsnUnknown, 999999999U);
  EXPECT_EQ(current->placeholders().bsnUnborn, 0U);
  EXPECT_EQ(current->threshold("JH104", "age"), 23);
  EXPECT_NE(definitions.find("jeugdhulp", *Period::parse("2019Q1")), nullptr);
  EXPECT_EQ(definitions.find("jeugdhulp", *Period::parse("2014H2")), nullptr);
  EXPECT_EQ(definitions.find("wmo", *Period::parse("2026H1")), nullptr);
  EXPECT_TRUE(definitions.knows("jeugdhulp"));
  EXPECT_FALSE(definitions.knows("wmo"));
}

TEST(Definitions, ColumnsAreFoundInAnyCaseWithSpacesAround) {
  const Definitions definitions = shipped();
  const Definition& current = *definitions.find("jeugdhulp", *Period::parse("2026H1"));
  EXPECT_EQ(current.findColumn(" BSN ")->field, Field::bsn);
  EXPECT_EQ(current.findColumn("Datum_Aanvang")->field, Field::datumAanvang);
  EXPECT_EQ(current.findColumn("Burgerservicenummer")->field, Field::bsn);
  EXPECT_EQ(current.findColumn("datum_aanvan"), nullptr);
  EXPECT_EQ(current.findColumn(""), nullptr);
}

TEST(Definitions, MunicipalitiesEndOnTheDayTheyMerged) {
  const Definitions definitions = shipped();
  const CodeList& list = *definitions.codeList("gemeenten");
  EXPECT_TRUE(list.find("GM0034")->covers(day(2026, 1, 1)));
  EXPECT_TRUE(list.find("GM0457")->covers(day(2022, 3, 23)));
  EXPECT_FALSE(list.find("GM0457")->covers(day(2022, 3, 24)));
  EXPECT_THAT(list.find("GM0457")->into, ::testing::ElementsAre("GM0363"));
  EXPECT_FALSE(list.find("GM1942")->covers(day(2015, 12, 31)));
  EXPECT_TRUE(list.find("GM1942")->covers(day(2016, 1, 1)));
  EXPECT_EQ(list.find("GM9999"), nullptr);
}

TEST(Definitions, ANewVersionIsOneMoreFile) {
  const Folder folder;
  folder.write("datasets/a.yaml", kSmall);
  EXPECT_EQ(folder.mistakes(), "loaded");
}

TEST(Definitions, AllMistakesAreToldAtOnceWithFileAndLine) {
  const Folder folder;
  folder.write("datasets/a.yaml", R"(dataset: jeugdhulp
version: "6"
title: Proef
valid_from: 2019-13-01
colour: blue
placeholders: {bsn_unknown: "12", bsn_unborn: "000000000"}
one_of: [bsn, burger]
fields:
  - {name: bsn, form: date}
  - {name: schoenmaat, form: number, min: 1, max: 50}
  - {name: verwijzer, form: code, codes: verwijzers}
  - {name: profiel, form: number, min: 3, max: 2}
  - {name: geslacht, form: letter, letters: mvo, required: ja}
rules:
  JH104: {age: many}
)");
  const std::string told = folder.mistakes();
  for (const char* expected :
       {"a.yaml:4: \"valid_from\" is no date", "a.yaml:5: unknown key \"colour\"",
        "a.yaml:6: \"bsn_unknown\" is not nine digits", "a.yaml:7: \"burger\" is no field",
        "a.yaml:9: the form of bsn is bsn", "a.yaml:10: a record has no place for a field \"schoenmaat\"",
        "a.yaml:11: there is no code list \"verwijzers\"", "a.yaml:12: \"max\" is no whole number from 3 to 255",
        "a.yaml:13: \"letters\" holds something else", "a.yaml:13: \"required\" is neither true nor false",
        "a.yaml:15: \"age\" is no whole number"})
    EXPECT_THAT(told, HasSubstr(expected));
}

TEST(Layout, TheFixedWidthOneHasEveryFieldOnce) {
  const Definitions definitions = shipped();
  const Definition& current = *definitions.find("jeugdhulp", *Period::parse("2026H1"));
  const std::string layout = current.layoutFor("ascii");
  EXPECT_THAT(layout, HasSubstr("bsn 0 9\ngeboortedatum 9 9\n"));
  EXPECT_THAT(layout, HasSubstr("\ncomplexiteit 71 1\n"));
  EXPECT_THAT(layout, HasSubstr("\nverwijzer 31 2\n"));
  EXPECT_THAT(layout, HasSubstr("\ntevredenheid_1 54 2 1\n")) << "wider than a number may be: it may be padded";
  EXPECT_THAT(layout, HasSubstr("\nprofiel 68 2 1\n"));
  EXPECT_EQ(std::count(layout.begin(), layout.end(), '\n'), static_cast<long>(current.fields().size()) - 1);
  EXPECT_EQ(layout.find("psn"), std::string::npos) << "without a header a file cannot say which of the two it has";
}

TEST(Layout, SpreadsheetsLearnHowManyDigitsANumberHadUnderEachName) {
  const Definitions definitions = shipped();
  const Definition& current = *definitions.find("jeugdhulp", *Period::parse("2026H1"));
  const std::string layout = current.layoutFor("xlsx");
  for (const char* line : {"bsn 9\n", "\nburgerservicenummer 9\n", "\ngeboortedatum 8\n", "\ndatum_einde 8\n",
                           "\npostcode 4\n", "\ngemeentecode 4\n", "\nverwijzer 2\n"})
    EXPECT_THAT(layout, HasSubstr(line));
  EXPECT_EQ(layout.find("tevredenheid"), std::string::npos);
  EXPECT_EQ(layout.find("psn"), std::string::npos);
  EXPECT_EQ(layout, current.layoutFor("xls"));
  EXPECT_EQ(current.layoutFor("csv"), "");
  EXPECT_LE(layout.size(), kLongestLayout);
}

TEST(Layout, WhatDoesNotFitIsToldWithItsLine) {
  const Folder folder;
  folder.write("datasets/a.yaml", R"(dataset: jeugdhulp
version: "4"
title: Proef
placeholders: {bsn_unknown: "000000000", bsn_unborn: "999999999", birth_unborn: ["000000000"]}
one_of: [bsn, psn]
fields:
  - {name: bsn, form: bsn, required: true}
  - {name: psn, form: psn, required: true}
  - {name: geboortedatum, form: birth_date, required: true}
  - {name: geslacht, form: letter, letters: MV, required: true}
  - {name: profiel, form: number, min: 1, max: 11}
layouts:
  ascii:
    - {name: bsn, offset: 0, length: 8}
    - {name: geboortedatum, offset: 7, length: 8}
    - {name: verwijzer, offset: 40, length: 2}
    - {name: profiel, offset: -1, length: 1}
    - {name: bsn, offset: 60, length: 9}
    - {name: psn, offset: 32760, length: 32}
rules: {}
)");
  const std::string told = folder.mistakes();
  for (const char* expected :
       {"a.yaml:14: bsn needs at least 9 characters", "a.yaml:15: geboortedatum needs at least 9 characters",
        "a.yaml:15: geboortedatum lies over bsn", "a.yaml:16: \"verwijzer\" is no field of this version",
        "a.yaml:17: \"offset\" is no whole number", "a.yaml:17: profiel needs at least 2 characters",
        "a.yaml:18: bsn stands in the layout twice", "a.yaml:19: psn ends beyond character 32768",
        "a.yaml:14: the layout has no place for geslacht",
        "a.yaml:14: the layout must have a place for exactly one field of \"one_of\""})
    EXPECT_THAT(told, HasSubstr(expected));
}

TEST(Definitions, VersionsThatOverlapAreRefused) {
  const Folder folder;
  folder.write("datasets/a.yaml", kSmall);
  std::string later = kSmall;
  later.replace(later.find("\"4\""), 3, "\"5\"");
  folder.write("datasets/b.yaml", later);
  EXPECT_THAT(folder.mistakes(), HasSubstr("b.yaml:4: version 5 of jeugdhulp is valid at the same time as version 4"));
}

TEST(Definitions, AGapBetweenVersionsAndAVersionGivenTwiceAreRefused) {
  const Folder folder;
  folder.write("datasets/b.yaml", kSmall);
  std::string later = kSmall;
  later.replace(later.find("valid_from: 2015-01-01\nvalid_until: 2018-01-01"), 46, "valid_from: 2018-01-02");
  folder.write("datasets/a.yaml", later);
  EXPECT_THAT(folder.mistakes(), HasSubstr("a.yaml:4: version 4 of jeugdhulp is in another file too"));
  EXPECT_THAT(folder.mistakes(),
              HasSubstr("a.yaml:4: no version of jeugdhulp is valid from 2018-01-01 until 2018-01-02"));
}

TEST(Definitions, TheShippedVersionsDifferAsTheProtocolsDo) {
  const Definitions definitions = shipped();
  const Definition& four = *definitions.find("jeugdhulp", *Period::parse("2017H2"));
  const Definition& five = *definitions.find("jeugdhulp", *Period::parse("2018H1"));
  const Definition& last = *definitions.find("jeugdhulp", *Period::parse("2019-01"));
  EXPECT_EQ(four.version() + " " + five.version() + " " + last.version(), "4 5 5.1");
  EXPECT_EQ(four.placeholders().bsnUnborn, five.placeholders().bsnUnknown);
  EXPECT_EQ(four.placeholders().bsnUnknown, five.placeholders().bsnUnborn);
  EXPECT_EQ(four.find(Field::gestartMetCrisis), nullptr);
  EXPECT_TRUE(five.find(Field::gestartMetCrisis)->required);
  EXPECT_FALSE(four.hasRule("JH114") || four.hasRule("JH115"));
  EXPECT_TRUE(five.hasRule("JH114") && five.hasRule("JH115") && last.hasRule("JH114"));
  EXPECT_EQ(five.rules(), last.rules());
  EXPECT_EQ(four.rules().size() + 2, five.rules().size()) << "what one version gets, the others get or do without";
  EXPECT_EQ(five.layoutFor("ascii"), last.layoutFor("ascii"));
  EXPECT_THAT(four.layoutFor("ascii"), HasSubstr("hulpvorm 33 2\ndatum_aanvang 35 8\n"));
}

TEST(Definitions, TwoNamesForTwoColumnsThatAreTheSameAreRefused) {
  const Folder folder;
  std::string text = kSmall;
  text.insert(text.find("minimisation"),
              "  - {name: profiel, form: number, min: 1, max: 2, aliases: [BSN, \" x\", a, A]}\n");
  folder.write("datasets/a.yaml", text);
  const std::string told = folder.mistakes();
  EXPECT_THAT(told, HasSubstr("a.yaml:9: there is already a column \"bsn\""));
  EXPECT_THAT(told, HasSubstr("a.yaml:9: there is already a column \"a\""));
  EXPECT_THAT(told, HasSubstr("a.yaml:9: an alias of profiel is longer than 64 bytes, has spaces around it"));
}

TEST(Definitions, ColumnNamesThatDoNotFitAWorkersLayoutAreRefused) {
  const Folder folder;
  std::string aliases;
  for (int i = 0; i < 300; ++i)
    aliases += std::string(i == 0 ? "" : ", ") + std::string(58, 'a') + std::to_string(1000 + i);
  std::string text = kSmall;
  text.replace(text.find("required: true"), 14, "required: true, aliases: [" + aliases + "]");
  folder.write("datasets/a.yaml", text);
  EXPECT_THAT(folder.mistakes(), HasSubstr("the layout for xlsx takes"));
}

TEST(Definitions, WhatIsKeptOfAChildCannotBeWidenedInAFile) {
  const Folder folder;
  std::string text = kSmall;
  text.replace(text.find("{bsn: pseudonym}"), 16, "{bsn: as_delivered, postcode: four_digits, sex: M}");
  folder.write("datasets/a.yaml", text);
  std::string told = folder.mistakes();
  EXPECT_THAT(told, HasSubstr("a.yaml:9: bsn can be kept as \"pseudonym\" only"));
  EXPECT_THAT(told, HasSubstr("a.yaml:9: \"postcode\" is no field of this version"));
  EXPECT_THAT(told, HasSubstr("a.yaml:9: unknown key \"sex\""));
  text = kSmall;
  text.erase(text.find("minimisation"), 33);
  folder.write("datasets/a.yaml", text);
  EXPECT_THAT(folder.mistakes(), HasSubstr("a.yaml:1: \"minimisation\" is missing"));
}

TEST(CodeLists, ACodeMayEndAndComeBackAndNameItsSuccessor) {
  const Folder folder;
  folder.write("datasets/a.yaml", kSmall);
  folder.write("codelists/x.yaml",
               "codelist: x\ncodes:\n  - {code: \"02\", name: b}\n"
               "  - {code: \"01\", name: a, valid: [{until: 2016-01-01}, {from: 2020-01-01, until: 2021-07-01}], "
               "into: [\"02\"]}\n");
  const CodeList list = *folder.load().codeList("x");
  const Code& code = *list.find("01");
  EXPECT_TRUE(code.covers(day(2015, 12, 31)));
  EXPECT_FALSE(code.covers(day(2016, 1, 1)));
  EXPECT_TRUE(code.covers(day(2021, 6, 30)));
  EXPECT_FALSE(code.covers(day(2021, 7, 1)));
  EXPECT_THAT(code.into, ::testing::ElementsAre("02"));
}

TEST(CodeLists, IntervalsThatOverlapAndSuccessorsThatCannotBeAreRefused) {
  const Folder folder;
  folder.write("datasets/a.yaml", kSmall);
  folder.write("codelists/x.yaml",
               "codelist: x\ncodes:\n"
               "  - {code: \"01\", name: a, valid: [{from: 2015-01-01, until: 2016-01-02}, {from: 2016-01-01}]}\n"
               "  - {code: \"02\", name: b, valid_until: 2016-01-01, into: [\"02\", \"09\"]}\n"
               "  - {code: \"03\", name: c, into: [\"01\"]}\n"
               "  - {code: \"04\", name: d, valid_from: 2016-01-01, valid: [{until: 2015-01-01}]}\n"
               "  - {code: \"05\", name: e, valid: []}\n");
  const std::string told = folder.mistakes();
  for (const char* expected :
       {"x.yaml:3: this interval does not lie after the one before it",
        "x.yaml:4: code 02 cannot have gone into 02: that is itself",
        "x.yaml:4: code 02 cannot have gone into 09: no such code here", "x.yaml:5: code 03 has a successor but no end",
        "x.yaml:6: \"valid\" takes the place of valid_from", "x.yaml:7: \"valid\" is no list of intervals"})
    EXPECT_THAT(told, HasSubstr(expected));
}

TEST(CodeLists, ACodeOfTheWrongShapeForItsFieldIsRefused) {
  const Folder folder;
  std::string text = kSmall;
  text.insert(text.find("minimisation"), "  - {name: verwijzer, form: code, codes: gemeenten}\n");
  folder.write("datasets/a.yaml", text);
  EXPECT_THAT(folder.mistakes(), HasSubstr("a.yaml:9: code GM0034 of list gemeenten does not fit the form code"));
}

TEST(Definitions, ACodeThatStandsTwiceIsRefused) {
  const Folder folder;
  folder.write("datasets/a.yaml", kSmall);
  folder.write("codelists/x.yaml", "codelist: x\ncodes:\n  - {code: \"01\", name: a}\n  - {code: \"01\", name: b}\n");
  EXPECT_THAT(folder.mistakes(), HasSubstr("x.yaml:4: code 01 stands here twice"));
}

TEST(Definitions, ATextThatIsNoYamlIsAMistakeWithItsLine) {
  const Folder folder;
  folder.write("datasets/a.yaml", "dataset: [\n");
  EXPECT_THAT(folder.mistakes(), HasSubstr("a.yaml:2:"));
  folder.write("datasets/a.yaml", "");
  EXPECT_THAT(folder.mistakes(), HasSubstr("a.yaml:1:"));
}

TEST(Definitions, AMissingFolderIsAMistakeNotACrash) {
  try {
    Definitions::load("/nonexistent/d", kConfig / "codelists");
    FAIL();
  } catch (const Error& e) {
    EXPECT_EQ(e.kind(), ErrorKind::config);
    EXPECT_THAT(e.message(), HasSubstr("/nonexistent/d"));
  }
}

}  // namespace
}  // namespace sluis::dataset
