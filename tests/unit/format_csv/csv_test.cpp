#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "csv/csv_reader.h"
#include "support/cells.h"

namespace sluis::csv {
namespace {

using support::Parsed;
using support::Rows;
using support::utf16;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

Parsed parse(std::string_view text, const support::Pieces& pieces = {}) {
  CsvReader reader;
  return support::parse(reader, text, {}, pieces);
}

std::string refusal(std::string_view text) {
  CsvReader reader;
  return support::refusalOf(reader, text);
}

TEST(Csv, EachDelimiterAndLineEndIsReadAndTold) {
  const Rows expected = {{"1", "2", ""}, {"", "x y", "3"}};
  for (const std::string& delimiter : {std::string(";"), std::string(","), std::string("\t")})
    for (const std::string& end : {std::string("\n"), std::string("\r\n")}) {
      std::string text = "a|b|c" + end + "1|2|" + end + "|x y|3" + end;
      for (std::size_t at = 0; (at = text.find('|', at)) != std::string::npos;) text.replace(at, 1, delimiter);
      const Parsed parsed = parse(text);
      EXPECT_EQ(parsed.rows, expected);
      EXPECT_THAT(parsed.columns, ElementsAre("a", "b", "c"));
      EXPECT_THAT(parsed.detected,
                  HasSubstr("scheidingsteken " + (delimiter == "\t" ? std::string("tab") : delimiter)));
      EXPECT_THAT(parsed.detected, HasSubstr(end == "\n" ? ", LF," : ", CRLF,"));
    }
}

TEST(Csv, TheLastLineNeedsNoLineEndAndBlankLinesAreNoRecords) {
  EXPECT_EQ(parse("a;b\n1;2").rows, (Rows{{"1", "2"}}));
  EXPECT_EQ(parse("a;b\n1;").rows, (Rows{{"1", ""}}));
  EXPECT_EQ(parse("a;b\r\n1;2\r\n\r\n\r\n").rows, (Rows{{"1", "2"}}));
  EXPECT_EQ(parse("a;b\n1;2\n\n3;4\n\n\n").rows, (Rows{{"1", "2"}, {"3", "4"}}));
  EXPECT_TRUE(parse("a;b").rows.empty());
  EXPECT_TRUE(parse("a;b\n").rows.empty());
}

TEST(Csv, ALineOfSeparatorsAloneIsNoRecord) {
  const Rows expected = {{"1", "", ""}, {"", "", "3"}};
  EXPECT_EQ(parse("a;b;c\n1;;\n;;\n;;3\n;;\n;;\n").rows, expected) << "as Excel writes empty rows";
  EXPECT_EQ(parse("a;b;c\r\n;;\r\n1;;\r\n  ; ;\t\r\n;;3\r\n;;").rows, expected);
  EXPECT_EQ(parse("a,b,c\n\"\",,\"\"\n1,,\n,\" \",\"\n\"\n,,3\n").rows, expected) << "quoted";
  EXPECT_TRUE(parse("a;b;c\n;;\n").rows.empty());
  EXPECT_EQ(parse("a\n\"\"\n1\n").rows, (Rows{{"1"}}));
  std::string text = "a;b;c\n";
  Rows many;
  for (int row = 0; row < 500; ++row) {
    text += row % 3 == 0 ? ";;\n" : std::to_string(row) + ";x;\n";
    if (row % 3 != 0) many.push_back({std::to_string(row), "x", ""});
  }
  for (const std::size_t piece : {1U, 63U, 100000U}) EXPECT_EQ(parse(text, {piece}).rows, many) << piece;
  EXPECT_EQ(parse(text, {100, 3, 100}).rows, many) << "one row a batch";
  EXPECT_EQ(parse(text, {100, 8, 200}).rows, many) << "a few rows a batch";
  EXPECT_THAT(refusal("a;b;c\n1;2;3\n;;\n;;\n1;2\n"), HasSubstr("5")) << "such lines are counted";
  EXPECT_THAT(refusal("a;b;c\n;;;\n"), HasSubstr("2")) << "more cells than columns are still a mistake";
}

TEST(Csv, QuotedCellsAreReadByTheRule) {
  EXPECT_EQ(parse("\"a\",\"b\"\n\"x, y\",\"z\"\n").rows, (Rows{{"x, y", "z"}}));
  EXPECT_EQ(parse("a,b\n1,\"ha \"\"ha\"\" ha\"\n").rows, (Rows{{"1", "ha \"ha\" ha"}}));
  EXPECT_EQ(parse("a,b\n1,\"{\"\"type\"\": \"\"Point\"\", \"\"at\"\": [1.0, 0.5]}\"\n").rows,
            (Rows{{"1", "{\"type\": \"Point\", \"at\": [1.0, 0.5]}"}}));
  EXPECT_EQ(parse("a,b\n\"\",\"\"\n2,3\n").rows, (Rows{{"2", "3"}}));
  EXPECT_EQ(parse("a,b\r\n\"one\r\ntwo\",\"\"\"\"\r\n").rows, (Rows{{"one\r\ntwo", "\""}}));
  EXPECT_EQ(parse("a,b,c\n1,\"once\nupon\n\na time\",\"\"\"x\"\"\"\n4,5,\"6\"").rows,
            (Rows{{"1", "once\nupon\n\na time", "\"x\""}, {"4", "5", "6"}}));
  EXPECT_THAT(parse("\"a;1\";\"b\"\"c\"\n").columns, ElementsAre("a;1", "b\"c"));
}

TEST(Csv, WhatIsReadDoesNotDependOnHowTheBytesArrive) {
  std::string text =
      "\xEF\xBB\xBF"
      "eerste;tweede;derde\r\n";
  Rows expected;
  for (int row = 0; row < 200; ++row) {
    const std::string plain = std::string(static_cast<std::size_t>(row % 70), 'x');
    text += std::to_string(row) + ";\"a;\"\"" + plain + "\r\nz\";caf\xC3\xA9 \xE2\x82\xAC" + plain + "\r\n";
    expected.push_back({std::to_string(row), "a;\"" + plain + "\r\nz", "caf\xC3\xA9 \xE2\x82\xAC" + plain});
  }
  for (const std::size_t piece : {1, 2, 3, 5, 7, 63, 64, 65, 1000, 100000}) {
    const Parsed parsed = parse(text, {piece});
    EXPECT_EQ(parsed.rows, expected) << piece;
    EXPECT_EQ(parsed.detected, "UTF-8 met BOM, scheidingsteken ;, CRLF, met aanhalingstekens");
  }
  EXPECT_EQ(parse(text, {100, 3, 400}).rows, expected) << "one row a batch";
  EXPECT_EQ(parse(text, {100, 10, 1000}).rows, expected) << "a few rows a batch";
}

TEST(Csv, EachEncodingIsReadAndTold) {
  const Rows expected = {{"caf\xC3\xA9", "\xE2\x82\xAC"}, {"1", "2"}};
  const std::u16string wide = u"a;b\ncaf\u00e9;\u20ac\n1;2\n";
  for (const std::size_t piece : {1, 3, 1000}) {
    EXPECT_EQ(parse("a;b\ncaf\xC3\xA9;\xE2\x82\xAC\n1;2\n", {piece}).rows, expected);
    EXPECT_EQ(parse("a;b\ncaf\xE9;\x80\n1;2\n", {piece}).rows, expected);
    EXPECT_EQ(parse(utf16(wide, true), {piece}).rows, expected);
    EXPECT_EQ(parse(utf16(wide, false), {piece}).rows, expected);
  }
  EXPECT_THAT(parse("a;b\ncaf\xC3\xA9;x\n").detected, HasSubstr("UTF-8,"));
  EXPECT_THAT(parse("a;b\ncaf\xE9;x\n").detected, HasSubstr("Windows-1252"));
  EXPECT_THAT(parse(utf16(wide, true)).detected, HasSubstr("UTF-16 LE"));
  EXPECT_THAT(parse(utf16(wide, false)).detected, HasSubstr("UTF-16 BE"));
  EXPECT_THAT(parse("a;b\n1;2\n").detected, HasSubstr("alleen ASCII"));
  EXPECT_EQ(parse(utf16(u"a;b\n\U0001F600;x\n", true), {3}).rows, (Rows{{"\xF0\x9F\x98\x80", "x"}}));
}

TEST(Csv, AnAccentFarIntoAWindowsFileIsReadToo) {
  std::string text = "a;b\n";
  for (int i = 0; i < 100000; ++i) text += "xxxx;yyyy\n";
  text += "caf\xE9;z\n";
  const Parsed parsed = parse(text, {4096});
  ASSERT_EQ(parsed.rows.size(), 100001U);
  EXPECT_EQ(parsed.rows.back(), (std::vector<std::string>{"caf\xC3\xA9", "z"}));
}

TEST(Csv, BytesThatFitNoEncodingAreRefusedWithTheirLine) {
  std::string mixed = "a;b\ncaf\xC3\xA9;1\n";
  for (int i = 0; i < 100000; ++i) mixed += "x;y\n";
  mixed += "caf\xE9;2\n";
  EXPECT_THAT(refusal(mixed), HasSubstr("100003: Het bestand is niet in één tekenset"));
  EXPECT_THAT(refusal(std::string("a;b\n1;2\n1;\0\n", 12)), HasSubstr("3: Het bestand bevat NUL-tekens"));
  EXPECT_THAT(refusal(std::string("a\0;\0b\0", 6)), HasSubstr("1: Het bestand bevat NUL-tekens"));
  EXPECT_THAT(refusal("a;b\n\x81\x8D;1\n"), HasSubstr("2: Het bestand is geen tekst"));
  EXPECT_THAT(refusal(utf16(u"a;b\n", true) + "\x01\xD8\x01"), HasSubstr("2: De UTF-16-tekst is beschadigd"));
}

TEST(Csv, TwoEncodingsInOneFileAreRefusedWhereTheOtherBegins) {
  EXPECT_THAT(refusal("a;b\ncaf\xC3\xA9;1\ncaf\xE9;2\n"), HasSubstr("2: Het bestand is niet in één tekenset"));
  EXPECT_THAT(refusal("a;b\ncaf\xE9;1\nko\xC3\xAB;2\n"), HasSubstr("3: Het bestand is niet in één tekenset"));
  std::string far = "a;b\ncaf\xE9;1\n";
  for (int i = 0; i < 100000; ++i) far += "x;y\n";
  EXPECT_EQ(parse(far, {1000}).rows.size(), 100001U);
  EXPECT_THAT(refusal(far + "Jos\xC3\xA9;1\n"), HasSubstr("100003: Het bestand is niet in één tekenset"));
  for (std::size_t at = (256 << 10) / 3 - 20; at < (256 << 10) / 3 + 20;
       ++at) {  // across the end of what is read at once
    std::string text = "a;b\n\xE9;1\n";
    while (text.size() + 8 < at) text += "x;y\n";
    text += "1;" + std::string(at - text.size(), 'x') + "\xC3\xB6\n";
    EXPECT_THAT(refusal(text), HasSubstr("Het bestand is niet in één tekenset")) << at;
  }
  EXPECT_EQ(parse("a;b\nCAF\xC9\x85;\xC3\x97\n\xE2\x82;\xE9\n").rows,
            (Rows{{"CAF\xC3\x89\xE2\x80\xA6", "\xC3\x83\xE2\x80\x94"}, {"\xC3\xA2\xE2\x80\x9A", "\xC3\xA9"}}))
      << "Windows-1252 that would do as UTF-8, but for no letters of ours";
}

TEST(Csv, AnotherFormatThanCsvIsNamed) {
  EXPECT_THAT(refusal("PK\x03\x04xxxxxxxx"), HasSubstr(".xlsx"));
  EXPECT_THAT(refusal("\xD0\xCF\x11\xE0xxxx"), HasSubstr(".xls"));
  EXPECT_THAT(refusal("%PDF-1.7"), HasSubstr("PDF"));
  EXPECT_THAT(refusal("\n <!DOCTYPE HTML><html>"), HasSubstr("webpagina (HTML) en geen CSV"));
  EXPECT_THAT(refusal("<TABLE><tr><td>bsn"), HasSubstr("webpagina (HTML) en geen CSV"));
  EXPECT_THAT(refusal("\xEF\xBB\xBF<?xml version=\"1.0\"?>"), HasSubstr("XML-bestand en geen CSV"));
  EXPECT_THAT(refusal("\x1F\x8B\x08"), HasSubstr("gzip"));
  EXPECT_THAT(refusal("a;b\r1;2\r"), HasSubstr("CR"));
}

TEST(Csv, AnEmptyFileIsRefused) {
  EXPECT_EQ(refusal(""), "1: Het bestand is leeg.");
  EXPECT_EQ(refusal("\xEF\xBB\xBF"), "1: Het bestand is leeg.");
  EXPECT_THAT(refusal("\n\n"), HasSubstr("De eerste regel is leeg"));
}

TEST(Csv, ARowWithAnotherNumberOfCellsIsRefusedWithItsLine) {
  EXPECT_THAT(refusal("a;b\n1;2\n1\n"), HasSubstr("3: De regel heeft 1 cellen in plaats van 2"));
  EXPECT_THAT(refusal("a;b\n1;2\n1;2;3\n"), HasSubstr("3: De regel heeft meer dan 2 cellen"));
  EXPECT_THAT(refusal("a;b\n\n\"1\n\";2\n1;2;\n"), HasSubstr("5: De regel heeft meer dan 2 cellen"));
}

TEST(Csv, QuotesInAnUnquotedCellAreReadAsTheyStandWhereThatIsCertain) {
  EXPECT_EQ(parse("a;b\n1;x\"y\"\n").rows, (Rows{{"1", "x\"y\""}}));
  EXPECT_EQ(parse("a,b\n37 36'37.8\"N 121 2'17.9\"W,2\n").rows, (Rows{{"37 36'37.8\"N 121 2'17.9\"W", "2"}}));
}

TEST(Csv, QuotesOutOfPlaceAreRefusedWithTheirLine) {
  EXPECT_THAT(refusal("a;b\n1;x\"y;\"\n"), HasSubstr("2: Een aanhalingsteken staat midden"));
  EXPECT_THAT(refusal("a;b\n1;5\" buis\n2;6\" buis\n"), HasSubstr("2: Een aanhalingsteken staat midden"));
  EXPECT_THAT(refusal("a;b\n1;5\" buis\n"), HasSubstr("2: Een aanhalingsteken is geopend en niet gesloten"));
  EXPECT_THAT(refusal("a;b\n1;\"x\"y\n"), HasSubstr("2: Na een gesloten aanhalingsteken"));
  EXPECT_THAT(refusal("a;b\n1;\"x\"y\"z\"\n"), HasSubstr("2: Een aanhalingsteken in een cel is niet verdubbeld"));
  EXPECT_THAT(refusal("a;b\n1;2\n3;\"4\n5;6\n"), HasSubstr("3: Een aanhalingsteken is geopend en niet gesloten"));
  EXPECT_THAT(refusal("a;\"b\n1;2\n"), HasSubstr("1: Een aanhalingsteken in de eerste regel"));
}

TEST(Csv, ALineWithoutEndIsRefusedInBoundedMemory) {
  EXPECT_THAT(refusal("a;b\n1;2\n" + std::string(300 << 10, 'x') + "\n"), HasSubstr("3: Een regel is langer dan"));
  EXPECT_THAT(refusal(std::string(300 << 10, 'x')), HasSubstr("1: Een regel is langer dan"));
  EXPECT_THAT(refusal("a;b\n1;\"" + std::string(300 << 10, '\n')), HasSubstr("2: Een regel is langer dan"));
}

/// A header, then a line that does not end for two gigabytes; counts what was taken.
class Endless final : public plugin::ByteSource {
 public:
  Endless(std::string start, char filler) : start_(std::move(start)), filler_(filler) {}
  std::size_t read(std::span<char> buffer) override {
    std::memset(buffer.data(), filler_, buffer.size());
    if (given == 0) start_.copy(buffer.data(), buffer.size());
    given += buffer.size();
    return given < size() ? buffer.size() : 0;
  }
  std::uint64_t size() override { return std::uint64_t{2} << 30; }
  std::size_t readAt(std::uint64_t, std::span<char>) override { return 0; }
  std::uint64_t given = 0;

 private:
  std::string start_;
  char filler_;
};

TEST(Csv, ALineOfTwoGigabytesIsRefusedAfterItsFirstPart) {
  for (const char* start : {"a;b\n1;", "a;b\n1;\"", "", "\"", "a;b\n\xC3\xA9;"})
    for (const char filler : {'x', '"', ';'}) {
      Endless source(start, filler);
      auto take = [](const plugin::CellBatch&) {};
      support::BatchTaker sink(take);
      EXPECT_THROW(CsvReader().read(source, {}, sink), plugin::Unreadable) << start << filler;
      EXPECT_LT(source.given, 4U << 20) << start << filler;
    }
}

TEST(Csv, TheLineInWhichExcelNamesItsSeparatorIsObeyed) {
  for (const char* end : {"\n", "\r\n"}) {
    const std::string e = end;
    const Parsed parsed = parse("sep=;" + e + "a,1;b" + e + "1;2" + e, {3});
    EXPECT_THAT(parsed.columns, ElementsAre("a,1", "b"));
    EXPECT_EQ(parsed.rows, (Rows{{"1", "2"}}));
    EXPECT_THAT(parsed.detected, HasSubstr("scheidingsteken ; (sep=)"));
  }
  EXPECT_THAT(parse("\xEF\xBB\xBFsep=\t\na\tb\n1\t2\n").columns, ElementsAre("a", "b"));
  EXPECT_THAT(refusal("sep=;\na;b\n1\n"), HasSubstr("3: De regel heeft 1 cellen"));
  EXPECT_THAT(refusal("sep=;\n"), HasSubstr("leeg"));
  EXPECT_THAT(parse("a;b\nsep=;\n").rows, ElementsAre(ElementsAre("sep=", ""))) << "only as the first line";
}

TEST(Csv, PlainCellsOfEveryLengthAreReadInBatchesOfEverySize) {
  std::string text = "a;b;c;d;e\n";
  Rows expected;
  for (std::size_t row = 0; row < 400; ++row) {
    if (row % 11 == 0) text += "\r\n\n";
    expected.emplace_back();
    for (std::size_t column = 0; column < 5; ++column) {
      // Many empty ones, short ones, and some longer than a block.
      const std::size_t size = row * (column + 3) % 7 < 3 ? 0 : row * (column + 1) % (column == 2 ? 150 : 35);
      expected.back().push_back(std::string(size, static_cast<char>('a' + (row + column) % 26)));
      text += expected.back().back() + (column < 4 ? ";" : row % 3 == 0 ? "\r\n" : "\n");
    }
    if (expected.back() == std::vector<std::string>(5)) expected.pop_back();
  }
  for (const std::size_t cells : {5, 64, 66, 200, 5000})
    for (const std::size_t room : {400, 1000, 100000}) EXPECT_EQ(parse(text, {1 << 16, cells, room}).rows, expected);
}

TEST(Csv, ARowWithTooManyCellsIsRefusedWithItsLineWhereverItEnds) {
  for (std::size_t extra = 1; extra < 200; ++extra) {
    const std::string row = "1;2;" + std::string(extra, ';');
    for (const char* end : {"", "\n", "\n3;4;5\n"})
      EXPECT_THAT(refusal("a;b;c\n\n7;8;9\n" + row + end), HasSubstr("4: De regel heeft meer dan 3 cellen"));
  }
}

TEST(Csv, LinesMayEndDifferently) {
  EXPECT_EQ(parse("a;b\r\n1;2\n3;4\r\n5;6").rows, (Rows{{"1", "2"}, {"3", "4"}, {"5", "6"}}));
  EXPECT_EQ(parse("a;b\n1;2\r\n3;\"4\"\r\n\"5\";\"6\"\n").rows, (Rows{{"1", "2"}, {"3", "4"}, {"5", "6"}}));
}

TEST(Csv, HalvesOfPairsInUtf16AreRefusedWithTheirLine) {
  for (const bool little : {true, false}) {
    const auto with = [&](char16_t unit) { return utf16(std::u16string(u"a;b\n1;") + unit + u";x\n", little); };
    EXPECT_THAT(refusal(with(0xD800)), HasSubstr("2: De UTF-16-tekst is beschadigd"));
    EXPECT_THAT(refusal(with(0xDC00)), HasSubstr("2: De UTF-16-tekst is beschadigd"));
    EXPECT_THAT(refusal(with(0xDFFF)), HasSubstr("2: De UTF-16-tekst is beschadigd"));
  }
  EXPECT_THAT(refusal("\xEF\xBB\xBF"
                      "a;b\n1;\xED\xA0\x80\n"),
              HasSubstr("2: Het bestand is niet in één tekenset"));
}

TEST(Csv, QuotesAreTold) {
  EXPECT_THAT(parse("a;b\n1;2\n").detected, HasSubstr("zonder aanhalingstekens"));
  EXPECT_THAT(parse("a;b\n1;\"2\"\n").detected, HasSubstr("met aanhalingstekens"));
}

TEST(Csv, TooManyColumnsAreRefused) {
  EXPECT_THAT(refusal("a;b\n" + std::string(9999, ';') + "\n"), HasSubstr("2: De regel heeft meer dan 2 cellen"));

  EXPECT_THAT(refusal(std::string(9999, ';') + "\n"), HasSubstr("meer dan 1000 kolommen"));
  EXPECT_EQ(refusal(std::string(999, ';') + "\n"), "read");
  EXPECT_THAT(refusal(std::string(201, 'x') + ";b\n"), HasSubstr("Een kolomnaam is te lang"));
}

TEST(Csv, NoRefusalRepeatsWhatWasDelivered) {
  for (const char* text : {"a;b\n111222333;\"x\"111222333\n", "a;b\n111222333\n", "a;b\n1;2;111222333;4\n",
                           "111222333\"a;b\n", "a;b\n\"111222333;b\n"})
    EXPECT_THAT(refusal(text), ::testing::Not(HasSubstr("111222333")));
}

}  // namespace
}  // namespace sluis::csv
