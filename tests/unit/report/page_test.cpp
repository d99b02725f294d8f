#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>
#include <set>

#include "base/error.h"
#include "report/json.h"
#include "report/phrases.h"
#include "report/render.h"
#include "report/texts.h"
#include "samples.h"
#include "support/command.h"
#include "support/temp_dir.h"

namespace sluis::report {
namespace {

using testing::HasSubstr;
using testing::Not;

std::vector<Outcome> everyKind() {
  return {satisfactionByForm(), satisfactionByQuarter(), goalsOfProvider(), dropOutByForm(), unavailable(), hostile()};
}

TEST(Page, IsAsItWas) {
  expectGolden("tevredenheid.html", renderHtml(satisfactionByForm()));
  expectGolden("tevredenheid-kwartaal.html", renderHtml(satisfactionByQuarter()));
  expectGolden("doelrealisatie-aanbieder.html", renderHtml(goalsOfProvider()));
  expectGolden("uitval.html", renderHtml(dropOutByForm()));
  expectGolden("niet-beschikbaar.html", renderHtml(unavailable()));
  expectGolden("uitval.svg", renderSvg(dropOutByForm()));
  expectGolden("tevredenheid-kwartaal.svg", renderSvg(satisfactionByQuarter()));
}

/// Names of the elements that are opened, in order; fails where what is opened and closed does not fit.
std::vector<std::string> elementsOf(const std::string& markup) {
  static const std::regex kTag(R"(<(/?)([A-Za-z0-9]+)((?:\s+[A-Za-z:-]+="[^"<]*")*)\s*(/?)>|<)");
  std::vector<std::string> opened;
  std::vector<std::string> open;
  const std::size_t start = markup.rfind("<!DOCTYPE html>", 0) == 0 ? 15 : 0;
  for (auto at = std::sregex_iterator(markup.begin() + static_cast<std::ptrdiff_t>(start), markup.end(), kTag);
       at != std::sregex_iterator(); ++at) {
    const std::smatch& tag = *at;
    EXPECT_TRUE(tag[2].matched) << "a loose < before: " << markup.substr(start + tag.position(), 60);
    if (!tag[2].matched) return opened;
    const std::string name = tag[2];
    if (tag[1].length() != 0) {
      EXPECT_FALSE(open.empty());
      if (open.empty()) return opened;
      EXPECT_EQ(open.back(), name);
      open.pop_back();
      continue;
    }
    opened.push_back(name);
    if (tag[4].length() == 0 && name != "meta" && name != "br") open.push_back(name);
  }
  EXPECT_TRUE(open.empty());
  return opened;
}

TEST(Page, IsWellFormedWhateverANameHolds) {
  for (const Outcome& outcome : everyKind()) {
    EXPECT_GT(elementsOf(renderHtml(outcome)).size(), 10U);
    EXPECT_GT(elementsOf(renderSvg(outcome)).size(), 10U);
  }
}

TEST(Page, RunsNothingAndFetchesNothing) {
  for (const Outcome& outcome : everyKind()) {
    for (const std::string& page : {renderHtml(outcome), renderFragment(outcome), renderSvg(outcome)}) {
      for (const std::string& element : elementsOf(page))
        EXPECT_THAT(element, testing::AllOf(testing::Ne("script"), testing::Ne("img"), testing::Ne("link"),
                                            testing::Ne("iframe"), testing::Ne("use"), testing::Ne("a"),
                                            testing::Ne("b"), testing::Ne("foreignObject")));
      EXPECT_FALSE(std::regex_search(page, std::regex(R"(<[^>]*\s(on[a-z]+|href|src|srcset|action)\s*=)"))) << page;
      EXPECT_FALSE(std::regex_search(page, std::regex(R"(url\((?!#))")));
    }
  }
}

TEST(Page, AFragmentFitsIntoAPageThatForbidsStylesOfItsOwn) {
  for (const Outcome& outcome : everyKind()) {
    const std::string fragment = renderFragment(outcome, "b");
    EXPECT_THAT(fragment, Not(HasSubstr("<style")));
    EXPECT_FALSE(std::regex_search(fragment, std::regex(R"(<[^>]*\sstyle\s*=)")));
    EXPECT_THAT(fragment, Not(HasSubstr("url(#sluis-")));
    // Every id begins with the prefix and is there once; every reference leads somewhere.
    static const std::regex kId(R"re(\sid="([^"]*)")re");
    std::set<std::string> ids;
    for (auto at = std::sregex_iterator(fragment.begin(), fragment.end(), kId); at != std::sregex_iterator(); ++at) {
      EXPECT_EQ((*at)[1].str().rfind("b-", 0), 0U);
      EXPECT_TRUE(ids.insert((*at)[1]).second) << (*at)[1];
    }
    static const std::regex kReference(R"re(url\(#([^)]*)\)|aria-labelledby="([^"]*)")re");
    for (auto at = std::sregex_iterator(fragment.begin(), fragment.end(), kReference); at != std::sregex_iterator();
         ++at)
      EXPECT_EQ(ids.count((*at)[1].matched ? (*at)[1] : (*at)[2]), 1U) << at->str();
  }
}

TEST(Page, HasATableBesideEachChartAndTheCardUnderIt) {
  for (const Outcome& outcome : {satisfactionByForm(), satisfactionByQuarter(), goalsOfProvider(), dropOutByForm()}) {
    const std::string page = renderHtml(outcome);
    EXPECT_THAT(page, HasSubstr("<table>"));
    for (const Row& row : outcome.rows)
      EXPECT_NE(page.find(">" + row.value.label + "</th>"), std::string::npos) << row.value.label;
    EXPECT_THAT(page, HasSubstr("Waarom is er ruis?"));
    EXPECT_THAT(page, HasSubstr(outcome.snapshot));
    EXPECT_THAT(page, HasSubstr("jeugdhulp 5.1; sluis 0.1.0"));
  }
}

TEST(Page, SaysInWordsWhatIsNotShownAndWhatIsNotAvailable) {
  EXPECT_THAT(renderHtml(dropOutByForm()), HasSubstr(std::string(phrases(Language::dutch).notShown)));
  const std::string none = renderHtml(unavailable());
  EXPECT_THAT(none, HasSubstr("Niet beschikbaar in dit detail"));
  EXPECT_THAT(none, Not(HasSubstr("<table>")));
}

TEST(Page, NeverShowsAMeanOfBothRespondentsTogether) {
  // As if somebody had filled one in.
  Outcome outcome = satisfactionByForm();
  for (Row& row : outcome.rows)
    if (row.figure.shown) row.figure.mean = 3.3;
  EXPECT_THAT(renderHtml(outcome), Not(HasSubstr(">3,3")));
}

TEST(Page, TheSameOutcomeGivesTheSameBytes) {
  EXPECT_EQ(renderHtml(goalsOfProvider()), renderHtml(*parseOutcome(toJson(goalsOfProvider()))));
  EXPECT_EQ(renderSvg(hostile()), renderSvg(hostile()));
}

TEST(Workbook, HoldsFiguresAsNumbersAndNamesAsText) {
  const test::TempDir dir;
  const auto file = dir.path() / "cijfers.xlsx";
  writeXlsx(hostile(), file);
  const std::string seen =
      test::runCommand({"/usr/bin/python3", "-c",
                        "import sys, openpyxl\n"
                        "book = openpyxl.load_workbook(sys.argv[1])\n"
                        "sheet = book['Cijfers']\n"
                        "cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]\n"
                        "print('formulas', sum(cell.data_type == 'f' for cell in cells))\n"
                        "print('numbers', sum(cell.data_type == 'n' for cell in cells))\n"
                        "print('texts', any(cell.value == '@SUM(A1)' for cell in cells))\n"
                        "print('sheets', book.sheetnames)\n",
                        file.string()});
  EXPECT_THAT(seen, HasSubstr("formulas 0\n"));
  EXPECT_THAT(seen, HasSubstr("numbers 117\n"));  // 9 rows: the count, 6 counts and 6 shares
  EXPECT_THAT(seen, HasSubstr("texts True\n"));
  EXPECT_THAT(seen, HasSubstr("['Cijfers', 'Toelichting']"));
}

TEST(Workbook, OneThatCannotBeWrittenIsAnErrorAndNotThere) {
  const test::TempDir dir;
  const auto file = dir.path() / "nowhere" / "cijfers.xlsx";
  EXPECT_THROW(writeXlsx(dropOutByForm(), file), Error);
  EXPECT_FALSE(std::filesystem::exists(file));
}

}  // namespace
}  // namespace sluis::report
