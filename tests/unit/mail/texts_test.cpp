#include "mail/texts.h"

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "mail/blocks.h"
#include "sample.h"
#include "support/temp_dir.h"

namespace sluis::mail {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

class TextsTest : public testing::Test {
 protected:
  TextsTest() { fs::copy(fs::path(SLUIS_SOURCE_DIR) / "config/mail", folder_.path(), fs::copy_options::recursive); }

  void write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ / "nl" / (name + ".txt")) << text;
  }
  std::string mistake() const {
    try {
      Texts::load(folder_.path());
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::config);
      return error.message();
    }
    return {};
  }

  test::TempDir folder_;
};

TEST_F(TextsTest, ShippedTextsLoad) {
  EXPECT_EQ(mistake(), "");
}

TEST_F(TextsTest, EveryMistakeIsNamedAtOnce) {
  fs::remove(folder_ / "nl/limiet.txt");
  write("ontvangst", "Beste lezer,\n");
  write("foutrapport", "Onderwerp: x\n\n{{bsn}}\n{{code}\n");
  write("run-mislukt", "Onderwerp: x\n\n{{samenvatting}}\n");
  write("ondertekening", "{{helpdesk_naam}} {{helpdesk_mail}} {{bestand}}\n");
  const std::string message = mistake();
  for (const char* part :
       {"limiet.txt", "ontvangst.txt:1: begins with", "foutrapport.txt:3: there is no fact {{bsn}}",
        "foutrapport.txt:4: braces", "run-mislukt.txt:3: there is no fact {{samenvatting}}",
        "ondertekening.txt: does not name {{helpdesk_telefoon}}", "ondertekening.txt:1: only the helpdesk's"})
    EXPECT_THAT(message, HasSubstr(part));
}

TEST_F(TextsTest, LinesOfAbsentFactsAreLeftOut) {
  write("ontvangst",
        "Onderwerp: {{bestand}}\n\n  Code: {{?code}}\n  Bestand: {{bestand}}\n\n{{#code}}Er is een code.\n\nSlot\nvan "
        "de\nalinea.\n");
  const Texts texts = Texts::load(folder_.path());
  const auto without = texts.fill("ontvangst", {{"bestand", "x.csv"}});
  EXPECT_EQ(without.subject, "x.csv");
  EXPECT_TRUE(without.text.starts_with("  Bestand: x.csv\n\nSlot van de alinea.\n\n")) << without.text;
  const auto with = texts.fill("ontvangst", {{"bestand", "x.csv"}, {"code", "VAL01"}});
  EXPECT_TRUE(with.text.starts_with("  Code: VAL01\n  Bestand: x.csv\n\nEr is een code.\n\n")) << with.text;
}

TEST_F(TextsTest, FactsAreNeverReadAsTemplates) {
  write("ontvangst", "Onderwerp: {{bestand}}\n\n{{aanbiedernaam}}\n");
  const auto wording =
      Texts::load(folder_.path())
          .fill("ontvangst", {{"bestand", "{{code}}\n\tx"}, {"aanbiedernaam", "{{?code}}"}, {"code", "Y"}});
  EXPECT_EQ(wording.subject, "{{code}}  x");
  EXPECT_THAT(wording.text, HasSubstr("{{?code}}"));
}

TEST_F(TextsTest, FactOfSeveralLinesKeepsTheIndent) {
  write("foutrapport", "Onderwerp: x\n\n  {{?samenvatting}}\n");
  const auto wording = Texts::load(folder_.path()).fill("foutrapport", {{"samenvatting", "een\ntwee\n"}});
  EXPECT_TRUE(wording.text.starts_with("  een\n  twee\n\n")) << wording.text;
}

TEST(HtmlOf, MakesParagraphsListsAndTablesOfEscapedText) {
  EXPECT_THAT(
      htmlOf("a<b",
             "Een & twee\nverder\n\n- punt <1>\n- punt\n  twee\n\n  Bestand: x.csv\n  Code:  \"Y\"\n\n  JH1 · x: y\n"),
      HasSubstr("<title>a&lt;b</title></head>\n<body style=\"font-family:sans-serif\">\n<p>Een &amp; twee verder</p>\n"
                "<ul>\n<li>punt &lt;1&gt;</li>\n<li>punt twee</li>\n</ul>\n"
                "<table cellpadding=\"2\" style=\"margin-left:1em\">\n<tr><td>Bestand</td><td>x.csv</td></tr>\n"
                "<tr><td>Code</td><td>&quot;Y&quot;</td></tr>\n</table>\n"
                "<p style=\"margin-left:1em\">\nJH1 · x: y\n</p>\n"));
}

}  // namespace
}  // namespace sluis::mail
