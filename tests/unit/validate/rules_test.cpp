#include "validate/rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>

#include "base/error.h"
#include "base/file.h"
#include "sample.h"
#include "validate/rules_text.h"

namespace sluis::validate {
namespace {

using ::testing::HasSubstr;
namespace fs = std::filesystem;

TEST(Rules, StandInOrderOfCodeWithTextsInTwoLanguages) {
  std::string before;
  for (const Rule& rule : rules()) {
    EXPECT_LT(before, rule.code);
    before = rule.code;
    EXPECT_TRUE(rule.dutch.ends_with('.') && rule.english.ends_with('.')) << rule.code;
    for (const std::string_view text : {rule.dutch, rule.english}) {
      EXPECT_EQ(text.find_first_of("\"\\\n|"), std::string_view::npos)
          << rule.code << ": fits JSON and a table as it is";
      EXPECT_LT(text.size(), 170U) << rule.code;
    }
    EXPECT_TRUE(rule.field.empty() || dataset::findField(rule.field)) << rule.code;
  }
  EXPECT_EQ(findRule("JH101")->field, "bsn");
  EXPECT_EQ(findRule("JH999"), nullptr);
}

TEST(Rules, AreAtLeastSixtyAndEachHoldsInAVersion) {
  EXPECT_GE(rules().size(), 60U);
  EXPECT_THAT(rulesAsJson(definitions()), ::testing::Not(HasSubstr(R"("versions":[])")));
}

TEST(Rules, OfTheFieldsBelongToTheirField) {
  std::set<std::string_view> used;
  for (const dataset::FieldKind& kind : dataset::fieldKinds()) {
    const FieldRules& own = fieldRules(kind.field);
    for (const std::string_view code : {own.required, own.content}) {
      if (code.empty()) continue;
      ASSERT_NE(findRule(code), nullptr) << code;
      EXPECT_EQ(findRule(code)->field, kind.name) << code;
      EXPECT_TRUE(used.insert(code).second) << code;
    }
  }
  for (const Rule& rule : rules()) EXPECT_TRUE(rule.code >= "JH101" || used.count(rule.code) == 1) << rule.code;
}

TEST(Rules, OfTheShippedDatasetsCanAllBeJudged) {
  EXPECT_NO_THROW(requireKnownRules(definitions()));
}

// What is wrong with a dataset with these rules, behind line 7 of its file.
std::string mistakesWith(const std::string& rules) {
  const fs::path folder = fs::temp_directory_path() / ("sluis-rules-test-" + std::to_string(::getpid()));
  fs::create_directories(folder);
  std::ofstream(folder / "a.yaml") << "dataset: jeugdhulp\nversion: \"9\"\ntitle: Proef\n"
                                      "placeholders: {bsn_unknown: \"999999999\", bsn_unborn: \"000000000\"}\n"
                                      "fields:\n  - {name: profiel, form: number, min: 1, max: 3, required: true}\n"
                                      "rules:\n"
                                   << rules;
  const auto loaded = dataset::Definitions::load(folder, SLUIS_SOURCE_DIR "/config/codelists");
  fs::remove_all(folder);
  try {
    requireKnownRules(loaded);
  } catch (const Error& e) {
    return e.message();
  }
  return "";
}

TEST(Rules, AnUnknownRuleOrThresholdInADatasetIsAnErrorThatNamesAll) {
  const std::string told = mistakesWith("  JH104: {years: 23}\n  JH999: {}\n  JH001: {}\n  JH105: {x: 1}\n");
  EXPECT_THAT(told, HasSubstr("a.yaml:8: dataset jeugdhulp 9: rule JH104 needs the thresholds [age]"));
  EXPECT_THAT(told, HasSubstr("rule JH999 cannot be judged"));
  EXPECT_THAT(told, HasSubstr("rule JH001 cannot be judged"));
  EXPECT_THAT(told, HasSubstr("rule JH105 needs the thresholds []"));
  EXPECT_THAT(told, HasSubstr("profiel cannot be required"));
}

TEST(Rules, AThresholdWithWhichARuleSaysNothingIsAnErrorToo) {
  const std::string told = mistakesWith(
      "  JH104: {age: 0}\n  JH109: {first_form: 14, last_form: 11, days: 5000}\n"
      "  JH117: {from_age: 30, to_age: 22}\n  JH205: {percent: 300, least: 0}\n  JH301: {percent: 0}\n"
      "  JH204: {measurements: 2}\n  JH120: {days: 300}\n");
  EXPECT_THAT(told, HasSubstr("a.yaml:8: dataset jeugdhulp 9: \"age\" of rule JH104 is not from 1 to 120"));
  EXPECT_THAT(told, HasSubstr("a.yaml:9: dataset jeugdhulp 9: \"days\" of rule JH109 is not from 0 to 366"));
  EXPECT_THAT(told, HasSubstr("\"first_form\" of rule JH109 lies above \"last_form\""));
  EXPECT_THAT(told, HasSubstr("a.yaml:10: dataset jeugdhulp 9: \"from_age\" of rule JH117 lies above \"to_age\""));
  EXPECT_THAT(told, HasSubstr("\"percent\" of rule JH205 is not from 1 to 99"));
  EXPECT_THAT(told, HasSubstr("\"least\" of rule JH205 is not from 2 to 1000000"));
  EXPECT_THAT(told, HasSubstr("\"percent\" of rule JH301 is not from 1 to 1000"));
  EXPECT_EQ(told.find("JH204"), std::string::npos);
  EXPECT_EQ(told.find("JH120"), std::string::npos);
}

TEST(RulesText, TheDocumentIsWhatTheProgramSays) {
  const fs::path page = fs::path(SLUIS_SOURCE_DIR) / "docs/rules.md";
  const std::string now = rulesAsMarkdown(definitions());
  if (::getenv("SLUIS_REGENERATE") != nullptr) std::ofstream(page) << now;
  EXPECT_EQ(readFile(page), now) << "regenerate with SLUIS_REGENERATE=1 validate_test";
}

TEST(RulesText, EachFormNamesEachRule) {
  for (const std::string& text :
       {rulesAsText(definitions()), rulesAsMarkdown(definitions()), rulesAsJson(definitions())})
    for (const Rule& rule : rules()) {
      EXPECT_THAT(text, HasSubstr(std::string(rule.code)));
      EXPECT_THAT(text, HasSubstr(std::string(rule.dutch)));
    }
  EXPECT_THAT(rulesAsJson(definitions()),
              HasSubstr(R"({"code":"JH101","level":"field","severity":"fout","field":"bsn",)"
                        R"("versions":["jeugdhulp 4", "jeugdhulp 5", "jeugdhulp 5.1"],)"));
  EXPECT_THAT(rulesAsJson(definitions()), HasSubstr(R"("thresholds":{"least":10,"percent":30},)"));
  EXPECT_THAT(rulesAsMarkdown(definitions()), HasSubstr("| least 10, percent 30 |"));
  EXPECT_THAT(rulesAsJson(definitions()),
              HasSubstr(R"("code":"JH105","level":"record","severity":"fout","field":null)"));
}

}  // namespace
}  // namespace sluis::validate
