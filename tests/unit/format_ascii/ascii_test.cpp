#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ascii/ascii_reader.h"
#include "support/cells.h"

namespace sluis::ascii {
namespace {

using support::Parsed;
using support::Rows;
using support::utf16;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr std::string_view kLayout = "bsn 0 9\ngeslacht 9 1\nnaam 10 4\n\ncode 14 2\n";

Parsed parse(std::string_view text, std::string_view layout = kLayout, const support::Pieces& pieces = {}) {
  AsciiReader reader;
  return support::parse(reader, text, layout, pieces);
}

std::string refusal(std::string_view text, std::string_view layout = kLayout) {
  AsciiReader reader;
  return support::refusalOf(reader, text, layout);
}

TEST(Ascii, CellsAreTheSlicesOfTheLayoutWithoutTheirSpaces) {
  const Parsed parsed = parse("111222333Mab  01\n  1222333V  cd 2\n                \n");
  EXPECT_THAT(parsed.columns, ElementsAre("bsn", "geslacht", "naam", "code"));
  EXPECT_EQ(parsed.detected, "UTF-8 (alleen ASCII in het begin), vaste posities, LF");
  EXPECT_EQ(parsed.rows, (Rows{{"111222333", "M", "ab", "01"}, {"1222333", "V", "cd", "2"}}));
  EXPECT_EQ(parse("111222333  a  01\n").rows, (Rows{{"111222333", "", "a", "01"}})) << "an empty one";
  EXPECT_EQ(parse("111222333Ma  b01\n").rows, (Rows{{"111222333", "M", "a  b", "01"}})) << "spaces within";
}

TEST(Ascii, FieldsMayComeInAnyOrderLeaveGapsAndBeLong) {
  EXPECT_EQ(parse("ab--cd\n", "tweede 4 2\neerste 0 2\n").rows, (Rows{{"cd", "ab"}}));
  EXPECT_EQ(parse("abcd\n", "alles 0 4\nmidden 1 2\n").rows, (Rows{{"abcd", "bc"}})) << "one within another";
  const std::string sixteen = "0123456789abcdef";
  EXPECT_EQ(parse(sixteen + "  " + sixteen + "x \n", "kort 0 16\nlang 16 20\n").rows, (Rows{{sixteen, sixteen + "x"}}));
  EXPECT_EQ(parse(std::string(20, ' ') + "x\n", "lang 0 20\nkort 20 1\n").rows, (Rows{{"", "x"}}));
}

TEST(Ascii, ANumberLosesTheZerosThatItWasPaddedWith) {
  constexpr std::string_view kPadded = "bsn 0 9\nmark 9 2 1\ncode 11 3 2\nlong 14 20 1\n";
  const std::string wide = std::string(18, '0') + "47";
  const Rows expected = {{"012345672", "8", "03", "47"}};
  EXPECT_EQ(parse("01234567208003" + wide + "\n", kPadded).rows, expected);
  EXPECT_EQ(parse("012345672 8 03" + std::string(18, ' ') + "47\n", kPadded).rows, expected);
  EXPECT_EQ(parse("00000000110100" + std::string(20, '0') + "\n", kPadded).rows,
            (Rows{{"000000001", "10", "100", "0"}}));
  EXPECT_EQ(parse("00000000000000\n", kPadded).rows, (Rows{{"000000000", "0", "00", ""}}));
  EXPECT_EQ(parse("1112223330x0-1\n", kPadded).rows, (Rows{{"111222333", "0x", "0-1", ""}})) << "no numbers";
  EXPECT_EQ(parse("\xC3\xA9        08003\n", kPadded).rows, (Rows{{"\xC3\xA9", "8", "03", ""}})) << "a wide line";
}

TEST(Ascii, TheLastLineNeedsNoLineEndAndBlankLinesAreNoRecords) {
  const Rows one = {{"111222333", "M", "abcd", "01"}};
  EXPECT_EQ(parse("111222333Mabcd01").rows, one);
  EXPECT_EQ(parse("111222333Mabcd01\r\n\r\n\r\n").rows, one);
  EXPECT_EQ(parse("\n   \n111222333Mabcd01\n\n").rows, one);
  EXPECT_THAT(parse("111222333Mabcd01\r\n").detected, EndsWith("CRLF"));
}

TEST(Ascii, ALineWhoseTrailingSpacesWereStrippedHasEmptyCells) {
  EXPECT_EQ(parse("111222333M\n1\n111222333Mabcd01   \n").rows,
            (Rows{{"111222333", "M", "", ""}, {"1", "", "", ""}, {"111222333", "M", "abcd", "01"}}));
}

TEST(Ascii, AFileWithoutRecordsIsANilDelivery) {
  for (const std::string_view text : {"", "\n", "\x1A", "\xEF\xBB\xBF", "\r\n\r\n"}) {
    const Parsed parsed = parse(text);
    EXPECT_TRUE(parsed.rows.empty());
    EXPECT_EQ(parsed.columns.size(), 4U);
  }
}

TEST(Ascii, WhatIsReadDoesNotDependOnHowTheBytesArrive) {
  std::string text;
  Rows expected;
  for (int row = 0; row < 300; ++row) {
    const std::string number = std::to_string(100000000 + row);
    if (row % 3 == 0) {
      text += number + "M\r\n";
      expected.push_back({number, "M", "", ""});
    } else if (row % 3 == 1) {
      text += number + "V\xC3\xA9\xE2\x82\xAC  01\r\n";
      expected.push_back({number, "V", "\xC3\xA9\xE2\x82\xAC", "01"});
    } else {
      text += number + " abc 02   \r\n\r\n";
      expected.push_back({number, "", "abc", "02"});
    }
  }
  for (const std::size_t piece : {1, 2, 3, 5, 7, 63, 64, 65, 1000, 100000})
    EXPECT_EQ(parse(text, kLayout, {piece}).rows, expected) << piece;
  EXPECT_EQ(parse(text, kLayout, {100, 4, 100}).rows, expected) << "one row a batch";
  EXPECT_EQ(parse(text, kLayout, {100, 13, 400}).rows, expected) << "a few rows a batch";
}

TEST(Ascii, PositionsCountCharactersInEveryEncoding) {
  const Rows expected = {{"111222333", "M", "caf\xC3\xA9", "01"}, {"123456782", "V", "\xE2\x82\xAC", "02"}};
  const Parsed windows = parse(
      "111222333Mcaf\xE9"
      "01\n123456782V\x80   02\n");
  EXPECT_EQ(windows.rows, expected);
  EXPECT_THAT(windows.detected, StartsWith("Windows-1252,"));
  const Parsed utf8 = parse(
      "111222333Mcaf\xC3\xA9"
      "01\n123456782V\xE2\x82\xAC   02\n");
  EXPECT_EQ(utf8.rows, expected);
  EXPECT_THAT(utf8.detected, StartsWith("UTF-8,"));
  EXPECT_THAT(parse("\xEF\xBB\xBF"
                    "111222333Mcaf\xC3\xA9"
                    "01\n")
                  .detected,
              StartsWith("UTF-8 met BOM"));
  const std::u16string wide = u"111222333Mcaf\u00e901\n123456782V\u20ac   02\n";
  for (const std::size_t piece : {1, 1000}) {
    EXPECT_EQ(parse(utf16(wide, true), kLayout, {piece}).rows, expected);
    EXPECT_EQ(parse(utf16(wide, false), kLayout, {piece}).rows, expected);
  }
}

TEST(Ascii, AnEndOfFileMarkOfDosIsTolerated) {
  const Rows one = {{"111222333", "M", "abcd", "01"}};
  EXPECT_EQ(parse("111222333Mabcd01\r\n\x1A").rows, one);
  EXPECT_EQ(parse("111222333Mabcd01\x1A\x1A\r\n").rows, one);
  EXPECT_EQ(parse("111222333Mabcd01\n\x1A" + std::string(300000, '\x1A'), kLayout, {1000}).rows, one);
  EXPECT_THAT(refusal("111222333Mabcd01\n\x1A"
                      "111222333Mabcd01\n"),
              StartsWith("2: Na het teken voor het einde"));
  EXPECT_THAT(refusal("\x1A" + std::string(300000, ' ') + "x"), HasSubstr("Na het teken voor het einde"));
}

TEST(Ascii, ALongerLineThanTheLayoutIsRefusedWithItsLine) {
  EXPECT_EQ(refusal("111222333Mabcd01\n\n111222333Mabcd01x\n"),
            "3: De regel is langer dan de 16 posities van de indeling.");
  EXPECT_THAT(refusal("111222333Mcaf\xC3\xA9"
                      "01  x\n"),
              StartsWith("1: De regel is langer"));
  EXPECT_EQ(parse("111222333Mcaf\xC3\xA9"
                  "01  \n")
                .rows,
            (Rows{{"111222333", "M", "caf\xC3\xA9", "01"}}));
}

TEST(Ascii, AHeaderOrAnotherFormatIsNamed) {
  EXPECT_THAT(refusal("BSN      GESLACHT  \n111222333Mabcd01\n"), StartsWith("1: De eerste regel bevat kolomnamen"));
  EXPECT_THAT(refusal("bsn,geslacht,naam,code\n"), HasSubstr(".csv"));
  EXPECT_THAT(refusal("bsn;geslacht;naam;code\n"), HasSubstr("CSV-bestand"));
  EXPECT_THAT(refusal("1;M;a;01\n"), HasSubstr("CSV-bestand"));
  EXPECT_THAT(refusal("bsn\tgeslacht\n"), AllOf(HasSubstr("tab"), HasSubstr(".csv")));
  EXPECT_THAT(refusal("PK\x03\x04xxxx"), HasSubstr(".xlsx"));
  EXPECT_THAT(refusal("\xD0\xCF\x11\xE0xxxx"), HasSubstr(".xls"));
  EXPECT_THAT(refusal("%PDF-1.7"), HasSubstr("PDF"));
  EXPECT_THAT(refusal("<html><body>"), HasSubstr("HTML"));
}

TEST(Ascii, BytesThatAreNoTextAreRefusedWithTheirLine) {
  EXPECT_THAT(refusal(std::string("111222333Mabcd01\n11\0", 20)), StartsWith("2: Het bestand bevat NUL-tekens"));
  EXPECT_THAT(refusal("111222333Mabcd01\n1\x07\n"), StartsWith("2: De regel bevat een stuurteken"));
  EXPECT_THAT(refusal("111222333Mabcd01\n1\r1\n"), StartsWith("2: In de regel staat een los CR-teken"));
  EXPECT_THAT(refusal("111222333Mabcd01\r111222333Mabcd01\r"), StartsWith("1: In de regel staat een los CR-teken"));
  EXPECT_THAT(refusal("111222333Mabcd01\r\r\n"), StartsWith("1: In de regel staat een los CR-teken"));
  EXPECT_THAT(refusal("111222333M\x81\x8D\n"), HasSubstr("geen tekst"));
  std::string mixed = "111222333Mcaf\xC3\xA9\n";
  for (int i = 0; i < 100000; ++i) mixed += "111222333M\n";
  EXPECT_THAT(refusal(mixed + "111222333Mcaf\xE9\n"), StartsWith("100002: Het bestand is niet in één tekenset"));
  EXPECT_THAT(refusal(utf16(u"111222333\n", true) + "\x01\xD8\x01"), StartsWith("2: De UTF-16-tekst is beschadigd"));
}

/// Never ends its line; counts what was taken.
class Endless final : public plugin::ByteSource {
 public:
  std::size_t read(std::span<char> buffer) override {
    const auto got = static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), size() - given));
    std::memset(buffer.data(), 'x', got);
    given += got;
    return got;
  }
  std::uint64_t size() override { return std::uint64_t{2} << 30; }
  std::size_t readAt(std::uint64_t, std::span<char>) override { return 0; }
  std::uint64_t given = 0;
};

TEST(Ascii, ALineOfTwoGigabytesIsRefusedAfterItsFirstPart) {
  Endless source;
  auto take = [](const plugin::CellBatch&) {};
  support::BatchTaker sink(take);
  EXPECT_THROW(AsciiReader().read(source, kLayout, sink), plugin::Unreadable);
  EXPECT_LT(source.given, 1U << 20);
}

TEST(Ascii, ADatasetWithoutALayoutHasNoAsciiFormat) {
  EXPECT_THAT(refusal("111222333Mabcd01\n", ""), HasSubstr("geen ASCII-indeling"));
  EXPECT_THAT(refusal("111222333Mabcd01\n", "\n\n"), HasSubstr("geen ASCII-indeling"));
}

TEST(Ascii, ALayoutThatCannotBeIsRefused) {
  for (const char* layout :
       {"bsn", "bsn 0", "bsn 0 0", "bsn x 9", "bsn 0 9 0", "bsn 0 9 x", "bsn 0 9 1 1", "bsn -1 9",
        "bsn 0 99999999999999999999", "bsn 32768 1", "bsn 4294967295 2", "bsn 0 9\nbsn", "a 0 32768\nb 0 1"})
    EXPECT_THAT(refusal("111222333\n", layout), HasSubstr("posities van deze dataset klopt niet")) << layout;
  std::string many;
  for (int i = 0; i < 1001; ++i) many += "a 0 1\n";
  EXPECT_THAT(refusal("1\n", many), HasSubstr("klopt niet"));
}

TEST(Ascii, NoRefusalRepeatsWhatWasDelivered) {
  for (const char* text : {"111222333Mabcd01111222333\n", "111222333\x01\n", "111222333\r1\n",
                           "111222333\x1A"
                           "111222333",
                           "111222333;111222333;1;1\n"})
    EXPECT_THAT(refusal(text), AllOf(Not(HasSubstr("111222333")), Not("read")));
}

}  // namespace
}  // namespace sluis::ascii
