// What a cell says.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reading.h"
#include "workbook_file.h"
#include "xlsx/cell_value.h"
#include "xlsx/styles.h"

namespace sluis::xlsx {
namespace {

using namespace sluis::test;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

const std::string kStyles =
    "<numFmts><numFmt numFmtId=\"164\" formatCode=\"dd\\-mm\\-yyyy\"/><numFmt numFmtId=\"165\" "
    "formatCode=\"0.00\"/></numFmts><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/><xf numFmtId=\"164\"/><xf "
    "numFmtId=\"165\"/></cellXfs>";

/// What one cell with these attributes and content is read as, under a column `naam`.
std::string cell(const std::string& attributes, const std::string& inside, std::string_view layout = "",
                 const std::string& properties = "") {
  WorkbookFile file{
      .sheets = {{sheetXml("<row><c t=\"str\"><v>naam</v></c><c t=\"str\"><v>anders</v></c></row><row><c " +
                           attributes + ">" + inside + "</c><c t=\"str\"><v>x</v></c></row>")}},
      .strings =
          "<si><t>nul</t></si><si><r><rPr><b/></rPr><t>rijke </t></r><r><t xml:space=\"preserve\">"
          "tekst </t></r><rPh sb=\"0\" eb=\"1\"><t>klank</t></rPh></si><si><t>0123</t></si>",
      .styles = kStyles,
      .properties = properties};
  return parse(file.bytes(), layout).rows.at(0).at(0);
}
std::string number(const std::string& stored, std::string_view layout = "") {
  return cell("", "<v>" + stored + "</v>", layout);
}
std::string date(const std::string& stored, bool from1904 = false) {
  return cell("s=\"1\"", "<v>" + stored + "</v>", "", from1904 ? "date1904=\"1\"" : "");
}

TEST(XlsxCell, ANumberIsWrittenAsADeliveryHasIt) {
  EXPECT_EQ(number("123456782"), "123456782");
  EXPECT_EQ(number("1.23456782E8"), "123456782");
  EXPECT_EQ(number("123456782.0"), "123456782");
  EXPECT_EQ(number("1.23456782E+08"), "123456782");
  EXPECT_EQ(number(" 7 "), "7");
  EXPECT_EQ(number("0"), "0");
  EXPECT_EQ(number("-0"), "0");
  EXPECT_EQ(number("-3"), "-3");
  EXPECT_EQ(number("999999999999999"), "999999999999999");
  EXPECT_EQ(number("8.3000000000000007"), "8.3");
  EXPECT_EQ(number("0.1"), "0.1");
  EXPECT_EQ(number("1e20"), "100000000000000000000");
}

TEST(XlsxCell, ANumberThatIsNoneIsLeftToTheRulesOfTheField) {
  EXPECT_EQ(number("1e999"), "1e999");
  EXPECT_EQ(number("abc"), "abc");
  EXPECT_EQ(number("nan"), "nan");
  EXPECT_EQ(number("0x10"), "0x10");
}

TEST(XlsxCell, LostLeadingZerosComeBackWhereTheDatasetSaysSo) {
  EXPECT_EQ(number("23456787", "naam 9"), "023456787");
  EXPECT_EQ(number("2.3456787E7", "naam 9"), "023456787");
  EXPECT_EQ(number("1", "bsn 9\nNAAM 2"), "01");
  EXPECT_EQ(number("0", "naam 8"), "00000000");
  EXPECT_EQ(number("123456782", "naam 9"), "123456782");
  EXPECT_EQ(number("1234567821", "naam 9"), "1234567821") << "too long is not cut";
  EXPECT_EQ(number("1", "anders 2"), "1");
  EXPECT_EQ(number("-1", "naam 9"), "-1");
  EXPECT_EQ(number("1.5", "naam 9"), "1.5");
  EXPECT_EQ(cell("t=\"str\"", "<v>1</v>", "naam 2"), "1") << "text is as the provider wrote it";
  EXPECT_EQ(cell("t=\"s\"", "<v>2</v>", "naam 9"), "0123");
}

TEST(XlsxCell, TextOfEachKindIsRead) {
  EXPECT_EQ(cell("t=\"s\"", "<v>0</v>"), "nul");
  EXPECT_EQ(cell("t=\"s\"", "<v>1</v>"), "rijke tekst ") << "runs joined, pronunciation left out, spaces kept";
  EXPECT_EQ(cell("t=\"s\"", "<v>2</v>"), "0123");
  EXPECT_EQ(cell("t=\"inlineStr\"", "<is><t>a &amp; b</t></is>"), "a & b");
  EXPECT_EQ(cell("t=\"inlineStr\"", "<is><r><t>a</t></r><r><rPr><sz val=\"1\"/></rPr><t>b</t></r></is>"), "ab");
  EXPECT_EQ(cell("t=\"str\"", "<f>A1</f><v>uit</v>"), "uit");
  EXPECT_EQ(cell("t=\"str\"", "<v><![CDATA[<x>]]></v>"), "<x>");
  EXPECT_EQ(cell("t=\"str\"", "<v>caf\xC3\xA9 &#8364;</v>"), "caf\xC3\xA9 \xE2\x82\xAC");
}

TEST(XlsxCell, EscapedCharactersAreWhatTheyStandFor) {
  EXPECT_EQ(cell("t=\"str\"", "<v>a_x000D_b</v>"), "a\rb");
  EXPECT_EQ(cell("t=\"inlineStr\"", "<is><t>a_x005F_x000D_b</t></is>"), "a_x000D_b");
  EXPECT_EQ(cell("t=\"str\"", "<v>_xD83D__xDE00_</v>"), "\xF0\x9F\x98\x80");
  EXPECT_EQ(cell("t=\"str\"", "<v>_xD83D_</v>"), "_xD83D_") << "half a pair";
  EXPECT_EQ(cell("t=\"str\"", "<v>_x0000_</v>"), "_x0000_");
  EXPECT_EQ(cell("t=\"str\"", "<v>_x12_</v>"), "_x12_");
}

TEST(XlsxCell, TruthAndErrorsAreReadAsTheyStandThere) {
  EXPECT_EQ(cell("t=\"b\"", "<v>1</v>"), "WAAR");
  EXPECT_EQ(cell("t=\"b\"", "<v>0</v>"), "ONWAAR");
  EXPECT_EQ(cell("t=\"e\"", "<f>X()</f><v>#N/A</v>"), "#N/A");
}

TEST(XlsxCell, AFormulaIsWhatItLastCameTo) {
  EXPECT_EQ(cell("", "<f>B1+1</f><v>42</v>"), "42");
  EXPECT_EQ(cell("", "<f t=\"shared\" si=\"0\"/><v>7</v>", "naam 2"), "07");
  EXPECT_EQ(cell("t=\"str\"", "<f>\"\"</f><v></v>"), "");
}

TEST(XlsxCell, AFormulaWithoutOutcomeIsRefusedWithItsRow) {
  for (const char* value : {"", "<v/>", "<v></v>"}) {
    const WorkbookFile file{
        .sheets = {{sheetXml(textRow(1, {"a"}) + "<row r=\"5\"><c r=\"A5\"><f>1+1</f>" + value + "</c></row>")}}};
    EXPECT_THAT(refusal(file.bytes()), HasSubstr("5: De rij bevat een formule zonder uitkomst"));
  }
}

TEST(XlsxCell, ATextThatIsNotInTheWorkbookIsRefusedWithItsRow) {
  for (const char* index : {"3", "-1", "x", "4294967295", "99999999999999"}) {
    const WorkbookFile file{
        .sheets = {{sheetXml(textRow(1, {"a"}) + "<row r=\"2\"><c r=\"A2\" t=\"s\"><v>" + index + "</v></c></row>")}},
        .strings = "<si><t>1</t></si><si/><si><t/></si>"};
    EXPECT_THAT(refusal(file.bytes()), HasSubstr("2: Een cel verwijst naar een tekst die niet"));
  }
}

TEST(XlsxCell, ADateIsADayInBothSystems) {
  EXPECT_EQ(date("41771"), "20140512");
  EXPECT_EQ(date("41771.0"), "20140512");
  EXPECT_EQ(date("1"), "19000101");
  EXPECT_EQ(date("59"), "19000228");
  EXPECT_EQ(date("60"), "19000229") << "a day that never was, for the rules to find";
  EXPECT_EQ(date("61"), "19000301");
  EXPECT_EQ(date("2958465"), "99991231");
  EXPECT_EQ(date("40309", true), "20140512");
  EXPECT_EQ(date("0", true), "19040101");
  EXPECT_EQ(cell("s=\"2\"", "<v>41771</v>"), "20140512") << "a format of the workbook's own";
  EXPECT_EQ(cell("s=\"3\"", "<v>41771</v>"), "41771");
  EXPECT_EQ(cell("s=\"99\"", "<v>41771</v>"), "41771") << "a format that is not there";
  EXPECT_EQ(cell("s=\"1\"", "<f>A1</f><v>41771</v>"), "20140512");
}

TEST(XlsxCell, ANumberThatIsNoDayIsANumberAllTheSame) {
  EXPECT_EQ(date("20140512"), "20140512") << "typed as digits into a cell made up as a date";
  EXPECT_EQ(date("2958466"), "2958466");
  EXPECT_EQ(date("0"), "0");
  EXPECT_EQ(date("0.5"), "0.5");
  EXPECT_EQ(date("-5"), "-5");
}

TEST(XlsxCell, ATimeOfDayIsDroppedAtMidnightOnly) {
  EXPECT_EQ(date("41771.5"), "20140512 12:00:00");
  EXPECT_EQ(date("41771.000001"), "20140512") << "a tenth of a second: a rounding";
  EXPECT_EQ(date("41770.999999"), "20140512");
  EXPECT_EQ(date("41771.25001157407"), "20140512 06:00:01");
}

TEST(XlsxCell, ADateWrittenAsTextByTheStandardIsADay) {
  const auto iso = [](const std::string& text) { return cell("t=\"d\"", "<v>" + text + "</v>"); };
  EXPECT_EQ(iso("2014-05-12"), "20140512");
  EXPECT_EQ(iso("2014-05-12T00:00:00"), "20140512");
  EXPECT_EQ(iso("2014-05-12T00:00:00.000Z"), "20140512");
  EXPECT_EQ(iso("2014-05-12T13:30"), "20140512 13:30:00");
  EXPECT_EQ(iso("2014-02-30"), "2014-02-30");
  EXPECT_EQ(iso("12-05-2014"), "12-05-2014");
  EXPECT_EQ(iso("2014-05-12T"), "2014-05-12T");
}

TEST(XlsxStyles, AFormatShowsADateByItsCodesOnly) {
  for (const char* format :
       {"yyyy-mm-dd", "d-m-yy", "[$-413]d\\ mmmm\\ yyyy;@", "DD/MM/YYYY", "mmm", "h:mm", "[h]:mm:ss", "[ss]",
        "\"op\" d-m-yyyy", "jjjj-mm-dd", "[Red]d/m/yy", "yyyy\\-mm\\-dd\\ hh:mm", "s"})
    EXPECT_TRUE(showsDate(format)) << format;
  for (const char* format : {"General",  "Standaard", "0",         "0.00", "#,##0",
                             "@",        "000000000", "\"dag\" 0", "0\\d", "[Red]0",
                             "[$-413]0", "0;\"dd\"",  "_d0_m",     "*d0",  "0.00E+00",
                             "\"open",   "[open",     "\\",        "",     "[$\xE2\x82\xAC-413] #,##0.00",
                             "0;d"})
    EXPECT_FALSE(showsDate(format)) << format;
}

TEST(XlsxStyles, ABuiltInFormatMayBeRedefined) {
  const WorkbookFile file{
      .sheets = {{sheetXml("<row><c t=\"str\"><v>a</v></c></row><row><c s=\"0\"><v>41771</v></c></row>")}},
      .styles =
          "<cellStyleXfs><xf numFmtId=\"22\"/></cellStyleXfs><cellXfs><xf numFmtId=\"14\"/></cellXfs><dxfs><dxf>"
          "<numFmt numFmtId=\"14\" formatCode=\"d\"/></dxf></dxfs><numFmts><numFmt numFmtId=\"14\" "
          "formatCode=\"0\"/></numFmts>"};
  EXPECT_EQ(parse(file.bytes()).rows, (Rows{{"41771"}}));
}

}  // namespace
}  // namespace sluis::xlsx
