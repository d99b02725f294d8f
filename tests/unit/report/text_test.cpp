#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "report/phrases.h"
#include "report/render.h"
#include "report/safe_text.h"
#include "report/texts.h"
#include "samples.h"

namespace sluis::report {
namespace {

using testing::HasSubstr;
using testing::Not;

std::vector<std::string> linesOfText(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

TEST(Text, IsAsItWas) {
  expectGolden("tevredenheid.txt", renderText(satisfactionByForm(), {}));
  expectGolden("tevredenheid-kwartaal.txt", renderText(satisfactionByQuarter(), {}));
  expectGolden("tevredenheid-smal.txt", renderText(satisfactionByForm(), {50, false, true}));
  expectGolden("doelrealisatie-aanbieder.txt", renderText(goalsOfProvider(), {120, false, true}));
  expectGolden("uitval.txt", renderText(dropOutByForm(), {120, false, true}));
  expectGolden("niet-beschikbaar.txt", renderText(unavailable(), {}));
}

TEST(Text, KeepsToTheWidthOfTheTerminal) {
  for (const Outcome& outcome : {satisfactionByForm(), goalsOfProvider(), dropOutByForm(), hostile(), unavailable()})
    for (const int width : {60, 72, 80, 100, 132, 200})
      for (const std::string& line : linesOfText(renderText(outcome, {width, false, true})))
        EXPECT_LE(widthOf(line), static_cast<std::size_t>(width)) << line;
}

TEST(Text, IsThereInAsciiAndWithoutColourUnlessAskedFor) {
  const std::string plain = renderText(dropOutByForm(), {120, false, false});
  EXPECT_THAT(plain, Not(HasSubstr("\x1b")));
  EXPECT_THAT(plain, Not(HasSubstr("█")));
  EXPECT_THAT(plain, HasSubstr("####"));
  EXPECT_THAT(renderText(dropOutByForm(), {120, true, true}), HasSubstr("\x1b[34m█"));
}

TEST(Text, SaysInWordsWhatIsNotShownAndWhatIsNotAvailable) {
  for (const int width : {80, 100, 120})
    EXPECT_THAT(renderText(dropOutByForm(), {width, false, true}),
                HasSubstr(std::string(phrases(Language::dutch).notShown)));
  EXPECT_THAT(renderText(unavailable(), {}), HasSubstr("Niet beschikbaar in dit detail"));
}

TEST(Text, ANameCannotSteerTheTerminal) {
  const std::string text = renderText(hostile(), {200, false, true});
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
  EXPECT_THAT(text, Not(HasSubstr("\x07")));
  EXPECT_THAT(text, HasSubstr("[2Jstil"));
}

TEST(SafeText, IsCleanWhateverComesIn) {
  EXPECT_EQ(clean("  Zorg\r\n\t& \x1b[1mZo\x7f "), "Zorg & [1mZo");
  EXPECT_EQ(clean("caf\xC3\xA9"), "café");
  EXPECT_EQ(clean("caf\xE9 \xC3"), "caf? ?");
  EXPECT_EQ(clean("a\xE2\x80\xAE"
                  "b\xC2\x85"
                  "c"),
            "abc");  // turned around; a line break of C1
  EXPECT_EQ(escaped("<a href=\"x\">'&'</a>"), "&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39;&lt;/a&gt;");
  for (const char* formula : {"=1", "+1", "-1", "@x", "\t=1", "\r=1", " =1"})
    EXPECT_EQ(cellText(formula).front(), '\'') << formula;
  EXPECT_EQ(cellText("De Eik"), "De Eik");
}

TEST(Csv, IsAsItWas) {
  expectGolden("tevredenheid.csv", renderCsv(satisfactionByForm()));
  expectGolden("niet-beschikbaar.csv", renderCsv(unavailable()));
}

TEST(Csv, NoCellIsOneThatASpreadsheetWouldRun) {
  const std::string csv = renderCsv(hostile());
  EXPECT_THAT(csv, HasSubstr(";\"'=cmd|' /C calc'!A0; \"\"x\"\"\";"));
  EXPECT_THAT(csv, HasSubstr(";'@SUM(A1);"));
  EXPECT_THAT(csv, HasSubstr(";'-1;"));
  for (const char* start : {";=", ";+", ";-", ";@", "\n=", "\"=", "\"@"}) EXPECT_THAT(csv, Not(HasSubstr(start)));
}

TEST(Csv, EveryLineHasAsManyCells) {
  for (const Outcome& outcome : {satisfactionByForm(), goalsOfProvider(), unavailable()}) {
    std::vector<std::string> lines = linesOfText(renderCsv(outcome));
    ASSERT_GT(lines.size(), 1U);
    const auto cells = [](const std::string& line) {
      std::ptrdiff_t count = 0;
      bool quoted = false;
      for (const char c : line) {
        if (c == '"') quoted = !quoted;
        if (c == ';' && !quoted) ++count;
      }
      return count;
    };
    for (const std::string& line : lines) EXPECT_EQ(cells(line), cells(lines.front())) << line;
  }
}

}  // namespace
}  // namespace sluis::report
