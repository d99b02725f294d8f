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
  std::string mistakes() const {
    try {
      Definitions::load(root_ / "datasets", root_ / "codelists");
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
  EXPECT_EQ(definitions.find("jeugdhulp", *Period::parse("2018H2")), nullptr);
  EXPECT_EQ(definitions.find("wmo", *Period::parse("2026H1")), nullptr);
  EXPECT_TRUE(definitions.knows("jeugdhulp"));
  EXPECT_FALSE(definitions.knows("wmo"));
}

TEST(Definitions, ColumnsAreFoundInAnyCaseWithSpacesAround) {
  const Definitions definitions = shipped();
  const Definition& current = definitions.all().front();
  EXPECT_EQ(current.findColumn(" BSN ")->field, Field::bsn);
  EXPECT_EQ(current.findColumn("Datum_Aanvang")->field, Field::datumAanvang);
  EXPECT_EQ(current.findColumn("Burgerservicenummer")->field, Field::bsn);
  EXPECT_EQ(current.findColumn("datum_aanvan"), nullptr);
  EXPECT_EQ(current.findColumn(""), nullptr);
}

TEST(Definitions, MunicipalitiesEndOnTheDayTheyMerged) {
  const Definitions definitions = shipped();
  const CodeList& list = *definitions.codeList("gemeenten");
  EXPECT_TRUE(list.find("GM0034")->validity.covers(day(2026, 1, 1)));
  EXPECT_TRUE(list.find("GM0457")->validity.covers(day(2022, 3, 23)));
  EXPECT_FALSE(list.find("GM0457")->validity.covers(day(2022, 3, 24)));
  EXPECT_FALSE(list.find("GM1942")->validity.covers(day(2015, 12, 31)));
  EXPECT_TRUE(list.find("GM1942")->validity.covers(day(2016, 1, 1)));
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
    - {name: psn, offset: 70, length: 32}
rules: {}
)");
  const std::string told = folder.mistakes();
  for (const char* expected :
       {"a.yaml:14: bsn needs at least 9 bytes", "a.yaml:15: geboortedatum needs at least 9 bytes",
        "a.yaml:15: geboortedatum lies over bsn", "a.yaml:16: \"verwijzer\" is no field of this version",
        "a.yaml:17: \"offset\" is no whole number", "a.yaml:17: profiel needs at least 2 bytes",
        "a.yaml:18: bsn stands in the layout twice", "a.yaml:14: the layout has no place for geslacht",
        "a.yaml:14: the layout must have a place for exactly one field of \"one_of\""})
    EXPECT_THAT(told, HasSubstr(expected));
}

TEST(Definitions, VersionsThatOverlapAreRefused) {
  const Folder folder;
  folder.write("datasets/a.yaml", kSmall);
  std::string later = kSmall;
  later.replace(later.find("\"4\""), 3, "\"5\"");
  folder.write("datasets/b.yaml", later);
  EXPECT_THAT(folder.mistakes(), HasSubstr("b.yaml:1: version 5 of jeugdhulp is valid at the same time as version 4"));
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
