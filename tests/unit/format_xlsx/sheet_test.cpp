// Which rows and columns of a sheet are the delivery.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reading.h"
#include "workbook_file.h"

namespace sluis::xlsx {
namespace {

using namespace sluis::test;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

std::string one(std::string_view rows, std::string_view before = "", std::string_view behind = "") {
  return WorkbookFile{.sheets = {{sheetXml(rows, before, behind)}}}.bytes();
}

TEST(XlsxSheet, TheFirstFilledRowNamesTheColumnsOfThoseUnderIt) {
  const Parsed parsed = parse(one(textRow(1, {"a", "b", "c"}) + textRow(2, {"1", "2"}) + textRow(3, {"", "x", "y"})));
  EXPECT_THAT(parsed.columns, ElementsAre("a", "b", "c"));
  EXPECT_EQ(parsed.rows, (Rows{{"1", "2", ""}, {"", "x", "y"}}));
  EXPECT_EQ(parsed.detected, "xlsx, werkblad 1 van 1");
}

TEST(XlsxSheet, EmptyRowsAreNoRecords) {
  const std::string styled = "<row r=\"9\"><c r=\"A9\" s=\"1\"/><c r=\"B9\" t=\"str\"><v> </v></c></row>";
  const Parsed parsed = parse(one("<row r=\"1\"/>" + textRow(3, {"", "a", "b"}) + textRow(4, {"", "1"}) +
                                  "<row r=\"5\"></row>" + textRow(7, {"", "2"}) + styled + "<row r=\"99\"/>"));
  EXPECT_EQ(parsed.rows, (Rows{{"1", ""}, {"2", ""}}));
  EXPECT_THAT(parsed.detected, HasSubstr("kolomnamen in rij 3"));
}

TEST(XlsxSheet, NamesWithoutRecordsAreANilDelivery) {
  const Parsed parsed = parse(one(textRow(1, {"a", "b"})));
  EXPECT_THAT(parsed.columns, ElementsAre("a", "b"));
  EXPECT_TRUE(parsed.rows.empty());
}

TEST(XlsxSheet, PlacesNeedNotBeStated) {
  const std::string plain = "<row><c t=\"str\"><v>a</v></c><c t=\"str\"><v>b</v></c></row>";
  EXPECT_EQ(parse(one(plain + "<row><c/><c><v>2</v></c></row>")).rows, (Rows{{"", "2"}}));
  EXPECT_EQ(parse(one(plain + "<row><c r=\"B4\"><v>2</v></c></row><row><c r=\"A5\"><v>1</v></c></row>")).rows,
            (Rows{{"", "2"}, {"1", ""}}));
  EXPECT_EQ(parse(one(plain + "<row r=\"2\"><c r=\"B2\"><v>2</v></c><c r=\"A2\"><v>1</v></c></row>")).rows,
            (Rows{{"1", "2"}}))
      << "cells in another order";
}

TEST(XlsxSheet, AColumnWithoutNameMustBeEmpty) {
  const std::string names =
      "<row r=\"1\"><c r=\"B1\" t=\"str\"><v>a</v></c><c r=\"C1\" t=\"str\"><v> </v></c><c r=\"D1\" "
      "t=\"str\"><v>b</v></c></row>";
  EXPECT_EQ(parse(one(names + textRow(2, {" ", "1", " ", "2"}))).rows, (Rows{{"1", "2"}}));
  EXPECT_THAT(refusal(one(names + textRow(2, {"", "1", "x", "2"}))),
              HasSubstr("2: Onder een kolom zonder naam (kolom C)"));
  EXPECT_THAT(refusal(one(names + textRow(2, {"", "1"}) + textRow(7, {"x"}))), HasSubstr("7: Onder een kolom"));
  EXPECT_THAT(refusal(one(names + "<row r=\"3\"><c r=\"XFD3\"><v>1</v></c></row>")), HasSubstr("(kolom XFD)"));
}

TEST(XlsxSheet, HiddenRowsAndColumnsAreReadAndTold) {
  const std::string rows = textRow(1, {"a", "b", "c"}) + textRow(2, {"1"}, "hidden=\"1\"") +
                           textRow(3, {"2"}, "ht='15' hidden='true'") + textRow(4, {"3"}, "hidden=\"0\"");
  const Parsed parsed =
      parse(one(rows, "<cols><col min=\"2\" max=\"40\" hidden=\"1\"/><col min=\"1\" max=\"1\"/></cols>"));
  EXPECT_EQ(parsed.rows.size(), 3U);
  EXPECT_EQ(parsed.detected, "xlsx, werkblad 1 van 1, 2 verborgen rijen meegelezen, 2 verborgen kolommen meegelezen");
}

TEST(XlsxSheet, HiddenRowsAreCountedWhereverThePiecesOfTheFileEnd) {
  std::string rows = textRow(1, {"a"});
  for (std::uint32_t row = 2; row < 4000; ++row)
    rows += textRow(row, {std::string(row % 37, 'x') + "hidden=\"1\""}, row % 3 == 0 ? "hidden=\"1\"" : "");
  EXPECT_THAT(parse(one(rows)).detected, HasSubstr("1333 verborgen rijen"));
}

TEST(XlsxSheet, HiddenRowsAreLookedForInOnePass) {
  // Would take minutes if each were looked up from its own place.
  std::string text;
  for (int i = 0; i < 600000; ++i) text += "hidden=";
  EXPECT_THAT(parse(one(textRow(1, {"a"}), "<x>" + text + "</x>")).detected, Not(HasSubstr("verborgen")));
}

TEST(XlsxSheet, MergedCellsAmongTheRecordsAreRefused) {
  const std::string rows = textRow(2, {"", "a", "b"}) + textRow(3, {"", "1", "2"}) + textRow(5, {"", "3"});
  const auto merged = [&](const std::string& ref) {
    return refusal(one(rows, "", "<mergeCells count=\"1\"><mergeCell ref=\"" + ref + "\"/></mergeCells>"));
  };
  EXPECT_THAT(merged("B3:B5"), HasSubstr("3: Tussen de records staan samengevoegde cellen"));
  EXPECT_THAT(merged("C5:A3"), HasSubstr("3: Tussen de records"));
  EXPECT_THAT(merged("B1:B4"), HasSubstr("3: Tussen de records")) << "the names and the records";
  EXPECT_THAT(merged("C5:ZZ90"), HasSubstr("5: Tussen de records"));
  for (const char* elsewhere : {"A1:C1", "B2:C2", "A6:C9", "B6:C7", "D1:E99", "B3", "B3:B3", "", "x", "B3:"})
    EXPECT_EQ(merged(elsewhere), "read") << elsewhere;
}

TEST(XlsxSheet, PlacesThatCannotBeAreRefusedWithTheirRow) {
  const std::string names = textRow(1, {"a"});
  const auto after = [&](const std::string& rows) { return refusal(one(names + rows)); };
  EXPECT_THAT(after("<row r=\"2\"><c r=\"XFE2\"><v>1</v></c></row>"), HasSubstr("2: Een cel ligt buiten"));
  EXPECT_THAT(after("<row r=\"2\"><c r=\"A1048577\"><v>1</v></c></row>"), HasSubstr("2: Een cel ligt buiten"));
  for (const char* ref : {"", "A", "2", "a2", "$A$2", "A2A", "AAAAAAAAAA2", "A0", "A-2", "A99999999999999999999"})
    EXPECT_THAT(after("<row r=\"2\"><c r=\"" + std::string(ref) + "\"/></row>"), HasSubstr("2: Een cel ligt buiten"));
  EXPECT_THAT(after("<row r=\"2\"><c r=\"A3\"/></row>"), HasSubstr("2: Een cel staat in een andere rij"));
  EXPECT_THAT(after("<row r=\"2\"><c r=\"A2\"/><c r=\"A2\"/></row>"), HasSubstr("2: Een cel staat twee keer"));
  EXPECT_THAT(after("<row r=\"1048577\"/>"), HasSubstr("1: Een rij ligt buiten"));
  EXPECT_THAT(after("<row r=\"1048576\"/><row/>"), HasSubstr("1048576: Een rij ligt buiten"));
  EXPECT_THAT(after("<row r=\"x\"/>"), HasSubstr("1: Een rij ligt buiten"));
  EXPECT_THAT(after("<row r=\"5\"/><row r=\"5\"/>"), HasSubstr("5: De rijen van het werkblad staan niet op volgorde"));
  EXPECT_THAT(after("<row r=\"5\"/><row r=\"4\"/>"), HasSubstr("5: De rijen"));
}

TEST(XlsxSheet, ARowOfAMillionCellsIsRefused) {
  std::string cells;
  for (int i = 0; i < 1000000; ++i) cells += "<c/>";
  EXPECT_THAT(refusal(one(textRow(1, {"a"}) + "<row>" + cells + "</row>")), HasSubstr("2: Een rij heeft meer cellen"));
}

TEST(XlsxSheet, TooManyColumnsAndTooLongNamesAreRefused) {
  const auto named = [](int count) {
    std::string cells;
    for (int i = 0; i < count; ++i) cells += "<c t=\"str\"><v>k</v></c>";
    return one("<row>" + cells + "</row>");
  };
  EXPECT_EQ(parse(named(1000)).columns.size(), 1000U);
  EXPECT_THAT(refusal(named(1001)), HasSubstr("1: De rij met kolomnamen heeft meer dan 1000 kolommen"));
  EXPECT_THAT(refusal(named(10000)), HasSubstr("1000 kolommen"));
  EXPECT_THAT(refusal(one(textRow(4, {std::string(201, 'x')}))), HasSubstr("4: Een kolomnaam is te lang"));
}

TEST(XlsxSheet, TooLongCellsAndRowsAreRefused) {
  EXPECT_THAT(refusal(one(textRow(1, {"a"}) + textRow(2, {std::string(200 << 10, 'x')}))),
              HasSubstr("2: Een cel bevat"));
  EXPECT_THAT(refusal(one(textRow(1, {"a"}) + "<row><c><v>" + std::string(200 << 10, '1') + "</v></c></row>")),
              HasSubstr("2: Een cel bevat"));
  const std::string part(100 << 10, 'x');
  EXPECT_THAT(refusal(one(textRow(1, {"a", "b", "c"}) + textRow(2, {part, part, part}))),
              HasSubstr("2: Een rij bevat meer dan 256 KiB"));
  EXPECT_EQ(refusal(one(textRow(1, {"a", "b", "c"}) + textRow(2, {part, part}))), "read");
}

TEST(XlsxSheet, AnEmptySheetIsRefused) {
  EXPECT_THAT(refusal(one("")), HasSubstr("Het werkblad is leeg"));
  EXPECT_THAT(refusal(one("<row r=\"4\"><c r=\"A4\" s=\"1\"/></row>")), HasSubstr("Het werkblad is leeg"));
}

TEST(XlsxSheet, WhatIsReadDoesNotDependOnTheSizeOfBatches) {
  std::string rows = textRow(1, {"a", "b"});
  Rows expected;
  for (std::uint32_t row = 2; row < 500; ++row) {
    expected.push_back({std::to_string(row), std::string(row % 90, 'y')});
    rows += textRow(row, expected.back());
  }
  EXPECT_EQ(parse(one(rows)).rows, expected);
  EXPECT_EQ(parse(one(rows), "", {1 << 16, 2, 200}).rows, expected);
  EXPECT_EQ(parse(one(rows), "", {1 << 16, 7, 1000}).rows, expected);
}

TEST(XlsxSheet, PrefixesNamespacesAndEncodingsDoNotMatter) {
  const std::string strict =
      "<x:worksheet xmlns:x=\"http://purl.oclc.org/ooxml/spreadsheetml/main\"><x:sheetData><x:row r=\"1\"><x:c "
      "r=\"A1\" "
      "t=\"inlineStr\"><x:is><x:t>a</x:t></x:is></x:c></x:row><x:row hidden=\"1\"><x:c><x:v>\xE2\x82\xAC</x:v></x:c>"
      "</x:row></x:sheetData></x:worksheet>";
  const auto read = [](const std::string& xml) { return parse(WorkbookFile{.sheets = {{xml}}}.bytes()); };
  EXPECT_EQ(read(strict).rows, (Rows{{"\xE2\x82\xAC"}}));
  EXPECT_THAT(read(strict).detected, HasSubstr("1 verborgen rij meegelezen"));
  EXPECT_EQ(read("\xEF\xBB\xBF" + strict).rows, (Rows{{"\xE2\x82\xAC"}}));
  std::string wide = "\xFF\xFE";
  for (std::size_t i = 0; i < strict.size(); ++i)
    if (strict.compare(i, 3, "\xE2\x82\xAC") == 0)
      wide += "\xAC\x20", i += 2;
    else
      wide += {strict[i], '\0'};
  EXPECT_EQ(read(wide).rows, (Rows{{"\xE2\x82\xAC"}})) << "UTF-16";
}

TEST(XlsxSheet, WhatIsNotPartOfTheCellsIsLeftOut) {
  const Parsed parsed = parse(one(
      textRow(1, {"a"}) +
          "<row r=\"2\"><c r=\"A2\"><v>1</v><extLst><ext><v>9</v><is><t>9</t></is></ext></extLst></c><extLst/></row>",
      "<sheetViews><sheetView><row r=\"1\"><c r=\"A1\"><v>9</v></c></row></sheetView></sheetViews>",
      "<extLst><ext><row r=\"1\"><c r=\"A1\"><v>9</v></c></row></ext></extLst>"));
  EXPECT_EQ(parsed.rows, (Rows{{"1"}}));
}

TEST(XlsxSheet, NoRefusalRepeatsWhatWasDelivered) {
  const std::string secret = "111222333";
  for (const std::string& rows :
       {textRow(1, {"a"}) + textRow(2, {"1", secret}), textRow(1, {std::string(300, 'x') + secret}),
        textRow(1, {"a"}) + "<row r=\"2\"><c r=\"" + secret + "\"/></row>",
        textRow(1, {"a"}) + "<row r=\"2\"><c t=\"s\"><v>" + secret + "</v></c></row>",
        textRow(1, {"a"}) + "<row r=\"" + secret + "\"/>", textRow(1, {"a"}) + "<" + secret}) {
    EXPECT_THAT(refusal(one(rows)), Not(HasSubstr(secret)));
    EXPECT_NE(refusal(one(rows)), "read");
  }
}

}  // namespace
}  // namespace sluis::xlsx
