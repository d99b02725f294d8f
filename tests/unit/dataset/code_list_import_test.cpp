#include "dataset/code_list_import.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "base/file.h"

namespace sluis::dataset {
namespace {

using ::testing::HasSubstr;

constexpr const char* kOurs = R"(# Ours.
# Two lines.
codelist: gemeenten
codes:
  - {code: GM0034, name: Almere}
  - {code: GM0363, name: Amsterdam}
  - {code: GM0381, name: Bussum, valid_until: 2016-01-01, into: [GM1942]}
  - {code: GM0457, name: Weesp}
  - {code: GM0518, name: "'s-Gravenhage"}
  - {code: GM1942, name: Gooise Meren, valid_from: 2016-01-01}
)";

Day day(int y, unsigned m, unsigned d) {
  return Day(std::chrono::year(y) / std::chrono::month(m) / std::chrono::day(d));
}

CodeListFile ours() {
  return readCodeList("ours.yaml", kOurs);
}

std::string changesOf(const CodeListImport& import) {
  std::string text;
  for (const CodeListChange& change : import.changes)
    text += std::string(toString(change.kind)) + " " + change.code + " " + change.name + " (" + change.detail + ")\n";
  return text;
}

CodeListImport yearly(const std::string& text, Day asOf, bool openStart = false) {
  return importCodeList(ours(), {.file = "cbs.csv", .text = text, .asOf = asOf, .openStart = openStart});
}

std::string refusalOf(const std::string& text, std::optional<Day> asOf) {
  try {
    importCodeList(ours(), {.file = "cbs.csv", .text = text, .asOf = asOf});
  } catch (const Error& e) {
    EXPECT_EQ(e.kind(), ErrorKind::config);
    return e.message();
  }
  return "taken";
}

TEST(CodeListFiles, AreWrittenAsTheyAreRead) {
  EXPECT_EQ(writeCodeList(ours()), kOurs);
  const CodeListFile back = readCodeList(
      "x.yaml",
      "codelist: x\ncodes:\n  - {code: \"01\", name: \"a: \\\"b\\\" \\\\ c\", valid: [{until: 2016-01-01}, {from: "
      "2017-01-01}]}\n");
  EXPECT_EQ(writeCodeList(readCodeList("again.yaml", writeCodeList(back))), writeCodeList(back));
  EXPECT_EQ(back.codes.front().name, "a: \"b\" \\ c");
}

TEST(CodeListFiles, TheShippedMunicipalitiesSurviveIt) {
  const std::string text = readFile(SLUIS_SOURCE_DIR "/config/codelists/gemeenten.yaml");
  const CodeListFile shipped = readCodeList("gemeenten.yaml", text);
  EXPECT_EQ(writeCodeList(shipped), text);
}

TEST(CodeListImport, AYearlyListAddsEndsAndRenames) {
  const CodeListImport import = yearly(
      "\xEF\xBB\xBFGemeentecode;GemeentecodeGM;Gemeentenaam;Provincie\r\n"
      "34;GM0034;Almere;Flevoland\r\n363;GM0363;Amsterdam;Noord-Holland\r\n518;GM0518;Den Haag;Zuid-Holland\r\n"
      "1942;GM1942;Gooise Meren;Noord-Holland\r\n1992;GM1992;\"Voorne; aan Zee\";Zuid-Holland\r\n",
      day(2023, 1, 1));
  EXPECT_EQ(changesOf(import),
            "ended GM0457 Weesp (not in the list of that day)\n"
            "renamed GM0518 Den Haag (was: 's-Gravenhage)\n"
            "added GM1992 Voorne; aan Zee (valid from 2023-01-01)\n");
  EXPECT_EQ(import.validBefore, 5U);
  EXPECT_EQ(import.ended, 1U);
  const std::string text = writeCodeList(import.list);
  EXPECT_THAT(text, HasSubstr("# Ours.\n# Two lines.\ncodelist"));
  EXPECT_THAT(text, HasSubstr("{code: GM0457, name: Weesp, valid_until: 2023-01-01}"));
  EXPECT_THAT(text, HasSubstr("{code: GM0381, name: Bussum, valid_until: 2016-01-01, into: [GM1942]}"));
  EXPECT_THAT(text, HasSubstr("{code: GM1992, name: \"Voorne; aan Zee\", valid_from: 2023-01-01}"));
}

TEST(CodeListImport, TheSameListAgainChangesNothing) {
  const std::string list = "code,naam\n34,Almere\n363,Amsterdam\n457,Weesp\n518,'s-Gravenhage\n1942,Gooise Meren\n";
  EXPECT_EQ(changesOf(yearly(list, day(2022, 1, 1))), "");
}

TEST(CodeListImport, ACodeThatIsNewToUsMayBeOlderThanTheList) {
  const std::string list =
      "code\tnaam\n34\tAlmere\n363\tAmsterdam\n457\tWeesp\n518\t's-Gravenhage\n1942\tGooise Meren\n3\tAppingedam\n";
  EXPECT_EQ(changesOf(yearly(list, day(2022, 1, 1), true)), "added GM0003 Appingedam (valid)\n");
}

TEST(CodeListImport, ACodeThatEndedMayComeBack) {
  const std::string list =
      "code,naam\n34,Almere\n363,Amsterdam\n381,Bussum\n457,Weesp\n518,'s-Gravenhage\n1942,Gooise Meren\n";
  const CodeListImport import = yearly(list, day(2024, 1, 1));
  EXPECT_EQ(changesOf(import), "added GM0381 Bussum (valid from 2024-01-01)\n");
  EXPECT_THAT(writeCodeList(import.list),
              HasSubstr("{code: GM0381, name: Bussum, valid: [{until: 2016-01-01}, {from: 2024-01-01}]}"));
}

TEST(CodeListImport, IntervalsMayEndInTheMiddleOfAYearAndSayWhereTheyWent) {
  const CodeListImport import = importCodeList(ours(), {.file = "wijzigingen.csv",
                                                        .text = "code;naam;geldig_van;geldig_tot;naar\n"
                                                                "0457;Weesp;;2022-03-24;0363\n"
                                                                "788;Haaren;;2021-01-01;GM0363 GM0034\n",
                                                        .asOf = {}});
  EXPECT_EQ(changesOf(import),
            "ended GM0457 Weesp (valid until 2022-03-24)\nadded GM0788 Haaren (valid until 2021-01-01)\n");
  const std::string text = writeCodeList(import.list);
  EXPECT_THAT(text, HasSubstr("{code: GM0457, name: Weesp, valid_until: 2022-03-24, into: [GM0363]}"));
  EXPECT_THAT(text, HasSubstr("{code: GM0788, name: Haaren, valid_until: 2021-01-01, into: [GM0363, GM0034]}"));
  EXPECT_THAT(text, HasSubstr("{code: GM0034, name: Almere}")) << "what the file does not name stays";
}

TEST(CodeListImport, MistakesAreToldAllAtOnceWithTheirLine) {
  const std::string told = refusalOf(
      "code;naam;geldig_van;geldig_tot\nGM12345;Te lang;;\n34;;;\n363;Amsterdam;2022-13-01;\n"
      "457;Weesp;2022-01-01;2021-01-01\n",
      {});
  for (const char* expected : {"cbs.csv:2: the code is not written", "cbs.csv:3: the name is empty",
                               "cbs.csv:4: geldig_van is no date", "cbs.csv:5: geldig_tot does not lie after"})
    EXPECT_THAT(told, HasSubstr(expected));
  EXPECT_THAT(refusalOf("code;naam;geldig_van;geldig_tot\n34;A;2015-01-01;2020-01-01\n34;A;2019-01-01;\n", {}),
              HasSubstr("cbs.csv:3: GM0034: this interval does not lie after the one before it"));
  EXPECT_THAT(refusalOf("code;naam;geldig_van;geldig_tot;naar\n34;A;;2019-01-01;9999\n", {}),
              HasSubstr("GM0034 cannot have gone into GM9999"));
}

TEST(CodeListImport, AFileThatIsNoListIsRefused) {
  EXPECT_THAT(refusalOf("", day(2022, 1, 1)), HasSubstr("the file is empty"));
  EXPECT_THAT(refusalOf("code;naam\n", day(2022, 1, 1)), HasSubstr("no code"));
  EXPECT_THAT(refusalOf("provincie;inwoners\nUtrecht;5\n", day(2022, 1, 1)), HasSubstr("cbs.csv:1: no column"));
  EXPECT_THAT(refusalOf("code;naam\n34;S\xFA"
                        "dwest\n",
                        day(2022, 1, 1)),
              HasSubstr("no UTF-8"));
  EXPECT_THAT(refusalOf("code;naam\n34;Almere\n", {}), HasSubstr("--as-of"));
  EXPECT_THAT(refusalOf("code;naam;geldig_van;geldig_tot\n34;Almere;;\n", day(2022, 1, 1)), HasSubstr("--as-of out"));
}

TEST(CodeListImport, AListThatContradictsOurHistoryIsRefused) {
  const std::string list = "code,naam\n34,Almere\n363,Amsterdam\n457,Weesp\n518,'s-Gravenhage\n1942,Gooise Meren\n";
  EXPECT_THAT(refusalOf(list, day(2015, 1, 1)), HasSubstr("GM1942 is valid on 2015-01-01 here, in ours from 2016"));
  EXPECT_THAT(refusalOf("code,naam\n34,A\n34,B\n", day(2022, 1, 1)), HasSubstr("cbs.csv:3: GM0034 stands here twice"));
}

}  // namespace
}  // namespace sluis::dataset
