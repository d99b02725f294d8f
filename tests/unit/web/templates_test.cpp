#include "web/templates.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <stdexcept>

#include "base/error.h"
#include "support/temp_dir.h"

namespace sluis::web {
namespace {

using testing::HasSubstr;
using testing::Not;

class WebTemplates : public testing::Test {
 protected:
  WebTemplates() {
    for (const char* folder : {"templates", "words/nl", "words/en"})
      std::filesystem::create_directories(folder_ / folder);
    words("greet.hello = Dag & \"welkom\"\ngreet.named = Dag {0}, het is {1}\n",
          "greet.hello = Hello & \"welcome\"\ngreet.named = It is {1}, hello {0}\n");
  }

  void write(const std::string& name, const std::string& text) { std::ofstream(folder_ / name) << text; }
  void words(const std::string& dutch, const std::string& english) {
    write("words/nl/all.txt", dutch);
    write("words/en/all.txt", english);
  }
  void page(const std::string& name, const std::string& text) { write("templates/" + name + ".html", text); }
  Templates load() const { return Templates::load(folder_.path()); }
  std::string shown(const std::string& text, const Values& values = {}, Language language = Language::dutch) {
    page("page", text);
    return load().render("page", language, values);
  }
  std::string complaint() const {
    try {
      load();
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::config);
      return error.what();
    }
    return "none";
  }
  std::string complaintAbout(const std::string& text) {
    page("page", text);
    return complaint();
  }

  test::TempDir folder_;
};

TEST_F(WebTemplates, SpeaksBothLanguages) {
  page("page", "<p>[[greet.hello]]</p>");
  const Templates templates = load();
  EXPECT_THAT(templates.render("page", Language::dutch, {}), HasSubstr("<p>Dag &amp; &quot;welkom&quot;</p>"));
  EXPECT_THAT(templates.render("page", Language::english, {}), HasSubstr("<p>Hello &amp; &quot;welcome&quot;</p>"));
  EXPECT_EQ(templates.words(Language::english).text("greet.named", {"<An>", "laat"}), "It is laat, hello <An>");
}

TEST_F(WebTemplates, EscapesForWhereAValueStands) {
  Values values;
  values.set("X", "\"><script>alert(1)</script>&'").set("URL", "javascript:alert(1)").set("N", std::int64_t{-5});
  const std::string text = shown("<p title=\"{{X}}\">{{X}} {{N}}</p><a href=\"{{URL}}\">x</a>", values);
  EXPECT_THAT(text, Not(HasSubstr("<script>")));
  EXPECT_THAT(text, HasSubstr("title=\"&quot;&gt;&lt;script&gt;"));
  EXPECT_THAT(text, HasSubstr(" -5</p>"));
  EXPECT_THAT(text, Not(HasSubstr("javascript:")));
}

// What somebody typed on several lines, shown again; a verdict of several lines.
TEST_F(WebTemplates, KeepsTheLinesOfAText) {
  Values values;
  values.set("X", "a@b.example\n<c>\n");
  EXPECT_THAT(shown("<textarea>{{X}}</textarea>", values), HasSubstr("<textarea>a@b.example\n&lt;c&gt;\n</textarea>"));
}

TEST_F(WebTemplates, KeepsAnAddressOfOurOwn) {
  Values values;
  values.set("URL", "/reports/wait?by=age&x=1");
  EXPECT_THAT(shown("<a href=\"{{URL}}\">x</a>", values), HasSubstr("href=\"/reports/wait?by=age&amp;x=1\""));
}

TEST_F(WebTemplates, ShowsMarkupOnlyUnderANameThatSaysSo) {
  Values values;
  values.set("BODY_HTML", SafeHtml{"<b>x</b>"});
  EXPECT_THAT(shown("{{BODY_HTML:none}}", values), HasSubstr("<b>x</b>"));
  EXPECT_THROW(values.set("BODY_HTML", "text"), std::logic_error);
  EXPECT_THROW(values.set("BODY", SafeHtml{"<b>"}), std::logic_error);
  EXPECT_THAT(complaintAbout("{{BODY:none}}"), HasSubstr("page.html: {{BODY:none}}"));
  EXPECT_THAT(complaintAbout("{{BODY_HTML}}"), HasSubstr("holds markup"));
  EXPECT_THAT(complaintAbout("{{BODY:h}}"), HasSubstr("modifier"));
  EXPECT_THAT(complaintAbout("{{%AUTOESCAPE context=\"TEXT\"}}"), HasSubstr("is no marker"));
  EXPECT_THAT(complaintAbout("{{=<% %>=}}"), HasSubstr("is no marker"));
}

TEST_F(WebTemplates, RepeatsSectionsThatSeeWhatIsOutside) {
  Values values;
  values.set("WHO", "An").show("ONCE").show("NEVER", false);
  values.add("ROW").set("N", std::int64_t{1});
  values.add("ROW").set("N", std::int64_t{2}).add("CELL").set("C", "c");
  EXPECT_THAT(
      shown("{{#ROW}}({{N}} {{WHO}}{{#CELL}} {{C}}{{/CELL}}){{/ROW}}{{#ONCE}}!{{/ONCE}}{{#NEVER}}?{{/NEVER}}", values),
      HasSubstr("(1 An)(2 An c)!"));
}

TEST_F(WebTemplates, PutsPartsIn) {
  page("part", "<i>{{X}} [[greet.hello]]</i>");
  Values values;
  values.set("X", "<");
  EXPECT_THAT(shown("<p>{{>PART}}</p>", values), HasSubstr("<p><i>&lt; Dag &amp;"));
  EXPECT_THAT(complaintAbout("{{>NONE}}"), HasSubstr("no part none.html"));
  EXPECT_THAT(complaintAbout("{{>PAGE}}"), HasSubstr("holds itself"));
}

TEST_F(WebTemplates, RefusesWhatDoesNotParse) {
  EXPECT_THAT(complaintAbout("{{#ROW}} no end"), HasSubstr("does not parse"));
  EXPECT_THAT(complaintAbout("<a href={{X}} {{#ROW}}>{{/WOR}}"), HasSubstr("does not parse"));
  EXPECT_THAT(complaintAbout("{{ROW"), HasSubstr("without }}"));
}

TEST_F(WebTemplates, RefusesStylesAndScriptsInAPage) {
  for (const char* text : {"<style>p{}</style>", "<p style=\"color:red\">", "<script>x()</script>",
                           "<p onclick=\"x()\">", "<a href=\"javascript:x()\">"})
    EXPECT_THAT(complaintAbout(text), HasSubstr("no style or script")) << text;
  EXPECT_EQ(complaintAbout("<script src=\"/static/portal.js\" defer></script>"), "none");
}

TEST_F(WebTemplates, RefusesWordsThatAreMissingSomewhere) {
  page("page", "[[greet.hello]] [[greet.none]] [[greet.named]]");
  EXPECT_THAT(complaint(), HasSubstr("there are no words \"greet.none\""));
  EXPECT_THAT(complaint(), HasSubstr("\"greet.named\" are to be filled in by code"));
  page("page", "x");
  words("a = 1\nb = {0}\n", "b = {1}\nc = 1\n");
  EXPECT_THAT(complaint(), HasSubstr("words/en: there is no \"a\""));
  EXPECT_THAT(complaint(), HasSubstr("words/nl: there is no \"c\""));
  EXPECT_THAT(complaint(), HasSubstr("\"b\" has other places"));
}

TEST_F(WebTemplates, ReadsWordsOverSeveralLinesAndFiles) {
  words("# kop\na = een\n  twee\n\nb =\n drie\n", "a = x\nb = y\n");
  write("words/nl/more.txt", "c = 3\n");
  write("words/en/more.txt", "c = 3\n");
  page("page", "[[a]]/[[ b ]]/[[c]]");
  EXPECT_THAT(load().render("page", Language::dutch, {}), HasSubstr("een twee/drie/3"));
}

TEST_F(WebTemplates, NamesTheLineOfBrokenWords) {
  page("page", "x");
  for (const char* text :
       {"a = 1\nno\n", "a = 1\na = 2\n", "a = 1\nB = 2\n", "a = 1\nb = {{X}}\n", "a = 1\nb = \xff\n"}) {
    words(text, "a = 1\n");
    EXPECT_THAT(complaint(), HasSubstr("nl/all.txt:2: ")) << text;
  }
}

TEST_F(WebTemplates, KnowsNoOtherKeyOrTemplate) {
  page("page", "x");
  const Templates templates = load();
  EXPECT_THROW(templates.render("other", Language::dutch, {}), std::logic_error);
  EXPECT_THROW(templates.words(Language::dutch).text("other"), std::logic_error);
  EXPECT_THROW(templates.words(Language::dutch).text("greet.named", {"one"}), std::logic_error);
}

}  // namespace
}  // namespace sluis::web
