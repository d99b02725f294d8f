#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cctype>
#include <set>

#include "report/json.h"
#include "report/phrases.h"
#include "report/render.h"
#include "report/summary.h"
#include "report/texts.h"
#include "samples.h"
#include "support/command.h"
#include "support/temp_dir.h"

namespace sluis::report {
namespace {

using testing::HasSubstr;

/// Of every indicator, in rows and as a series, of a municipality and of a provider.
std::vector<Outcome> everyEnglishOutcome() {
  std::vector<Outcome> all;
  for (const Indicator indicator : kIndicators)
    for (const char* viewer : {"municipality:GM0034", "provider:P0001"})
      for (const char* by : {"", "end", "verwijzer", "reden-einde", "perspectief", "productcategorie"}) {
        // One of them has all rows; the others differ in what stands around them.
        if (by[0] != '\0' && std::string_view(by) != "end" && indicator != Indicator::dropOut) continue;
        all.push_back(sampleOutcome({std::string(toString(indicator)),
                                     viewer,
                                     {{"end-from", "2024Q1"}, {"start-to", "2026Q2"}, {"verwijzer", "02"}},
                                     by,
                                     "",
                                     "en"}));
      }
  return all;
}

// Words that no English text has. Keys of the data ("reden-einde", "ja") are not words.
const std::set<std::string, std::less<>> kDutchWords = {
    "het",      "een",          "niet",     "geen",       "gemeten", "getoond", "gemiddeld",
    "kwartaal", "hulpvorm",     "gemeente", "verwijzer",  "volgens", "aantal",  "jeugdige",
    "ouder",    "allen",        "eigen",    "waarom",     "wanneer", "grafiek", "tabel",
    "stand",    "momentopname", "onbekend", "voortijdig", "behaald", "eens",    "wie"};

/// Where a Dutch word stands; "" when there is none.
std::string dutchIn(const std::string& text) {
  std::string word;
  for (std::size_t at = 0; at <= text.size(); ++at) {
    const char c = at < text.size() ? text[at] : ' ';
    if (std::isalpha(static_cast<unsigned char>(c)) != 0) {
      word += static_cast<char>(std::tolower(c));
      continue;
    }
    if (kDutchWords.count(word) != 0) return text.substr(at < 60 ? 0 : at - 60, 100);
    word.clear();
  }
  return "";
}

std::string withoutKeys(std::string csv) {
  for (const std::string_view key : {";onbekend;"})
    for (auto at = csv.find(key); at != std::string::npos; at = csv.find(key)) csv.erase(at, key.size() - 1);
  return csv;
}

TEST(English, HasNoDutchWordInAnyForm) {
  const test::TempDir folder;
  for (const Outcome& outcome : everyEnglishOutcome()) {
    EXPECT_EQ(dutchIn(renderFragment(outcome)), "");
    EXPECT_EQ(dutchIn(renderText(outcome, {100, false, true})), "");
    EXPECT_EQ(dutchIn(withoutKeys(renderCsv(outcome))), "");
    EXPECT_EQ(dutchIn(renderSvg(outcome)), "");
    for (const std::string& sentence : summaryOf(outcome)) EXPECT_EQ(dutchIn(sentence), "");
  }
  writeXlsx(everyEnglishOutcome().front(), folder.path() / "x.xlsx");
  const auto done =
      test::tryCommand({"unzip", "-p", (folder.path() / "x.xlsx").string(), "xl/sharedStrings.xml", "xl/workbook.xml"});
  EXPECT_THAT(done.output, HasSubstr("Figures"));
  EXPECT_EQ(dutchIn(done.output), "");
}

TEST(English, SaysWhichLanguageThePageIsIn) {
  EXPECT_THAT(renderHtml(everyEnglishOutcome().front()), HasSubstr("<html lang=\"en\">"));
  EXPECT_THAT(renderHtml(satisfactionByForm()), HasSubstr("<html lang=\"nl\">"));
}

TEST(English, ChangesNoFigureAndNoKey) {
  Outcome english = sampleOutcome({"uitval", "municipality:GM0034", {{"verwijzer", "02"}}, "", "", "en"});
  const Outcome dutch = sampleOutcome({"uitval", "municipality:GM0034", {{"verwijzer", "02"}}, "", ""});
  ASSERT_EQ(english.rows.size(), dutch.rows.size());
  for (std::size_t i = 0; i < dutch.rows.size(); ++i) {
    EXPECT_EQ(english.rows[i].value.key, dutch.rows[i].value.key);
    EXPECT_EQ(english.rows[i].figure.count, dutch.rows[i].figure.count);
  }
  EXPECT_FALSE(jsonOf(dutch).contains("language"));
}

TEST(English, ComesBackFromJson) {
  const Outcome outcome = sampleOutcome({"tevredenheid", "provider:P0001", {}, "end", "", "en"});
  const auto read = parseOutcome(toJson(outcome));
  ASSERT_TRUE(read) << read.error();
  EXPECT_EQ(read->query.language, Language::english);
  EXPECT_EQ(renderFragment(*read), renderFragment(outcome));
}

TEST(English, IsTheOnlyOtherLanguage) {
  EXPECT_FALSE(queryFrom({"uitval", "ttp", {}, "", "", "de"}));
  EXPECT_EQ(wordsOf(queryFrom({"uitval", "ttp", {}, "", "", "en"}).value()).language, "en");
  EXPECT_EQ(wordsOf(queryFrom({"uitval", "ttp", {}, "", "", "nl"}).value()).language, "");
}

}  // namespace
}  // namespace sluis::report
