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

TEST(Rules, AnUnknownRuleOrThresholdInADatasetIsAnErrorThatNamesAll) {
  const fs::path folder = fs::temp_directory_path() / ("sluis-rules-test-" + std::to_string(::getpid()));
  fs::create_directories(folder);
  std::ofstream(folder / "a.yaml") << "dataset: jeugdhulp\nversion: \"9\"\ntitle: Proef\n"
                                      "placeholders: {bsn_unknown: \"999999999\", bsn_unborn: \"000000000\"}\n"
                                      "fields:\n  - {name: profiel, form: number, min: 1, max: 3, required: true}\n"
                                      "rules:\n  JH104: {years: 23}\n  JH999: {}\n  JH001: {}\n  JH105: {x: 1}\n";
  const auto loaded = dataset::Definitions::load(folder, SLUIS_SOURCE_DIR "/config/codelists");
  fs::remove_all(folder);
  try {
    requireKnownRules(loaded);
    FAIL();
  } catch (const Error& e) {
    EXPECT_THAT(e.message(), HasSubstr("a.yaml:8: dataset jeugdhulp 9: rule JH104 needs the thresholds [age]"));
    EXPECT_THAT(e.message(), HasSubstr("rule JH999 cannot be judged"));
    EXPECT_THAT(e.message(), HasSubstr("rule JH001 cannot be judged"));
    EXPECT_THAT(e.message(), HasSubstr("rule JH105 needs the thresholds []"));
    EXPECT_THAT(e.message(), HasSubstr("profiel cannot be required"));
  }
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
