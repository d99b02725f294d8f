#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include <freexl.h>

#include "support/cells.h"
#include "support/command.h"
#include "support/temp_dir.h"
#include "workbook_file.h"
#include "xls/xls_reader.h"

namespace sluis::xls {
namespace {

using namespace sluis::test;
using support::Parsed;
using support::Rows;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr std::string_view kLayout = "bsn 9\npsn 9\nverwijzer 2\n";

Parsed parse(std::string_view bytes, std::string_view layout = kLayout) {
  XlsReader reader;
  return support::parse(reader, bytes, layout);
}

std::string refusal(std::string_view bytes, std::string_view layout = kLayout) {
  XlsReader reader;
  return support::refusalOf(reader, bytes, layout);
}

constexpr const char* kDamaged = "De werkmap is beschadigd of afgebroken";

/// What another program wrote (make_xls.py).
class Xlwt : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = std::make_unique<TempDir>();
    runCommand({"/usr/bin/python3", std::string(SLUIS_SOURCE_DIR) + "/tests/unit/format_xls/make_xls.py",
                folder_->path().string()});
  }
  static void TearDownTestSuite() { folder_.reset(); }

  static std::string path(const std::string& name) { return (*folder_ / (name + ".xls")).string(); }
  static std::string bytes(const std::string& name) {
    std::ifstream file(path(name), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

 private:
  static inline std::unique_ptr<TempDir> folder_;
};

TEST_F(Xlwt, CellsSayWhatTheSheetShows) {
  const Parsed parsed = parse(bytes("cells"));
  EXPECT_THAT(parsed.columns, ElementsAre("bsn", "datum_aanvang", "verwijzer", "toelichting"));
  EXPECT_EQ(parsed.detected, "xls, werkblad 1 van 1");
  EXPECT_EQ(parsed.rows, (Rows{{"111222333", "20260115", "01", "caf\xC3\xA9 \xE2\x82\xAC"},
                               {"012345678", "19000301", "02", std::string(9000, 'x')},
                               {"0.5", "20260420 13:30:00", "-3", "WAAR"},
                               {"1234567.25", "42", "100000000000000000000", "ONWAAR"}}));
}

TEST_F(Xlwt, EveryRowOfALongSheetIsReadAndHiddenOnesAreTold) {
  const Parsed parsed = parse(bytes("many"));
  EXPECT_THAT(parsed.columns, ElementsAre("bsn", "naam"));
  ASSERT_EQ(parsed.rows.size(), 3000U) << "the styled empty rows at the end are none";
  for (int i = 0; i < 3000; ++i) {
    std::string name = "naam " + std::to_string(i) + " ";
    for (int k = 0; k < i % 50; ++k) name += "\xC3\xA9";
    ASSERT_EQ(parsed.rows[i], (std::vector<std::string>{std::to_string(100000000 + i), name}));
  }
  EXPECT_EQ(parsed.detected, "xls, werkblad 1 van 1, 1 verborgen rij meegelezen, 1 verborgen kolom meegelezen");
}

// FreeXL reads numbers and texts the same; it knows no formulas and counts days itself.
TEST_F(Xlwt, AnotherReaderSaysTheSame) {
  const Parsed parsed = parse(bytes("many"), "");
  const void* book = nullptr;
  ASSERT_EQ(freexl_open(path("many").c_str(), &book), FREEXL_OK);
  ASSERT_EQ(freexl_select_active_worksheet(book, 0), FREEXL_OK);
  int compared = 0;
  for (unsigned row = 0; row < parsed.rows.size(); ++row)
    for (unsigned short column = 0; column < 2; ++column) {
      FreeXL_CellValue cell;
      ASSERT_EQ(freexl_get_cell_value(book, row + 1, static_cast<unsigned short>(column * 2 + 1), &cell), FREEXL_OK);
      const std::string value =
          cell.type == FREEXL_CELL_INT ? std::to_string(cell.value.int_value) : cell.value.text_value;
      ASSERT_EQ(parsed.rows[row][column], value);
      ++compared;
    }
  EXPECT_EQ(compared, 6000);
  freexl_close(book);
}

TEST_F(Xlwt, TheSheetWithTheNamesOfTheDatasetIsTheDelivery) {
  const Parsed parsed = parse(bytes("sheets"));
  EXPECT_EQ(parsed.rows, (Rows{{"111222333", "a"}}));
  EXPECT_EQ(parsed.detected,
            "xls, werkblad 2 van 4, 1 verborgen werkblad niet gelezen, ook gevuld en niet gelezen: werkblad 1");
  EXPECT_THAT(refusal(bytes("two")),
              HasSubstr("meer dan één werkblad met kolomnamen van een aanlevering (werkblad 2 en 5)"));
  EXPECT_THAT(refusal(bytes("unknown")), HasSubstr("meer dan één gevuld werkblad (werkblad 1 en 2) en geen daarvan"));
  EXPECT_THAT(refusal(bytes("empty")), HasSubstr("Het werkblad is leeg"));
}

TEST_F(Xlwt, DaysCountedFrom1904AreRight) {
  const Parsed parsed = parse(bytes("mac"));
  EXPECT_EQ(parsed.rows, (Rows{{"000000001", "19040101"}, {"000000002", "20260115"}}));
  EXPECT_THAT(parsed.detected, HasSubstr("datums geteld vanaf 1904"));
}

TEST_F(Xlwt, MergedCellsAmongTheRecordsAreRefused) {
  EXPECT_THAT(refusal(bytes("merged")), StartsWith("3: Tussen de records staan samengevoegde cellen"));
}

TEST_F(Xlwt, AWorkbookCutOffAnywhereIsRefused) {
  const std::string whole = bytes("cells");
  ASSERT_EQ(refusal(whole), "read");
  const std::size_t used = whole.size() - 512;  // xlwt's directory is the last sector
  for (std::size_t size = 9; size < used; size += 61)
    ASSERT_THAT(refusal(whole.substr(0, size)), HasSubstr("beschadigd")) << size;
}

TEST(Xls, FormulasCountAsWhatExcelLastComputed) {
  const auto formula = [](int row, int column, const std::string& result) {
    return record(0x06, w(row) + w(column) + w(0) + result + w(0) + d(0) + w(1) + "\x17");
  };
  const auto special = [](int type, int value) {
    return std::string(1, static_cast<char>(type)) + '\0' + static_cast<char>(value) + std::string(3, '\0') +
           "\xFF\xFF";
  };
  const Parsed parsed = parse(book(label(0, 0, "bsn") + label(0, 1, "b") + label(0, 2, "c") +      //
                                   formula(1, 0, real(12345678)) + formula(1, 1, special(0, 0)) +  //
                                   record(0x4BC, "shared") + record(0x207, narrow("tekst")) +      //
                                   formula(1, 2, special(1, 1)) + formula(2, 0, special(2, 0x2A)) +
                                   formula(2, 1, special(3, 0)) + formula(2, 2, special(2, 0x07))));
  EXPECT_EQ(parsed.rows, (Rows{{"012345678", "tekst", "WAAR"}, {"#N/A", "", "#DIV/0!"}}));
  EXPECT_THAT(parsed.detected, HasSubstr("van formules de laatst berekende uitkomst"));
  EXPECT_THAT(refusal(book(label(0, 0, "bsn") + formula(1, 0, special(0, 0)))), StartsWith("2: De werkmap is besch"));
}

TEST(Xls, EveryKindOfNumberIsReadRight) {
  const std::string many = record(0xBD, w(1) + w(0) + w(0) + d(111222333U << 2 | 2) + w(0) + d(12345U << 2 | 3) + w(0) +
                                            d(0x3FF80000) + w(0) + d(0x40590000 | 1) + w(3));
  const std::string negative = record(0x27E, w(2) + w(1) + w(0) + d(static_cast<std::uint32_t>(-7) << 2 | 2));
  EXPECT_EQ(
      parse(book(label(0, 0, "bsn") + label(0, 1, "b") + label(0, 2, "c") + label(0, 3, "d") + many + negative)).rows,
      (Rows{{"111222333", "123.45", "1.5", "1"}, {"", "-7", "", ""}}));
}

TEST(Xls, DatesAreKnownByTheirFormat) {
  const std::string globals = record(0x41E, w(164) + narrow("jjjj\\-mm\\-dd")) +
                              record(0x41E, w(165) + narrow("0\" dagen\"")) + record(0xE0, w(0) + w(0)) +
                              record(0xE0, w(0) + w(14)) + record(0xE0, w(0) + w(164)) + record(0xE0, w(0) + w(165));
  const std::string cells = label(0, 0, "a") + number(1, 0, 46037, 0) + number(2, 0, 46037, 1) +
                            number(3, 0, 46037, 2) + number(4, 0, 46037, 3) + number(5, 0, 46037, 99);
  EXPECT_EQ(parse(book(cells, globals)).rows, (Rows{{"46037"}, {"20260115"}, {"20260115"}, {"46037"}, {"46037"}}));
}

TEST(Xls, ASharedTextMayRunOnOverRecordsAndChangeItsWidth) {
  // "aap noot" broken after "aap", the rest wide and with looks; then one that begins in the next record.
  const std::string texts = record(0xFC, d(3) + d(3) + w(8) + '\x08' + w(1) + "aap") +
                            record(0x3C, std::string("\x01 \0n\0o\0o\0t\0", 11) + std::string(4, '\7')) +
                            record(0x3C, w(2) + '\x01' + w(0xD83D) + w(0xDE00) + narrow("b"));
  const auto shared = [](int row, int which) { return record(0xFD, w(row) + w(0) + w(0) + d(which)); };
  EXPECT_EQ(parse(book(label(0, 0, "t") + shared(1, 0) + shared(2, 1) + shared(3, 2), texts)).rows,
            (Rows{{"aap noot"}, {"\xF0\x9F\x98\x80"}, {"b"}}));
  EXPECT_THAT(refusal(book(label(0, 0, "t") + shared(1, 3), texts)), HasSubstr(kDamaged));
  EXPECT_THAT(refusal(book("", record(0xFC, d(1) + d(1) + w(2) + '\x01' + w(0xDE00) + w(0xD83D)))),
              HasSubstr(kDamaged));
  EXPECT_THAT(refusal(book("", record(0xFC, d(1) + d(1) + narrow(std::string_view("a\0b", 3))))), HasSubstr(kDamaged));
  EXPECT_THAT(refusal(book("", record(0xFC, d(1) + d(0xFFFFFFFF) + narrow("b")))), HasSubstr(kDamaged));
  EXPECT_THAT(refusal(book("", record(0xFC, d(1) + d(1) + w(1) + '\x04' + d(0xFFFFFFFF) + "b"))), HasSubstr(kDamaged));
}

TEST(Xls, AnEmptySharedTextIsAnEmptyCell) {
  const std::string texts = record(0xFC, d(2) + d(2) + narrow("") + narrow("x"));
  const std::string cells = label(0, 0, "a") + label(0, 1, "b") + record(0xFD, w(1) + w(0) + w(0) + d(0)) +
                            record(0xFD, w(1) + w(1) + w(0) + d(1));
  EXPECT_EQ(parse(book(cells, texts)).rows, (Rows{{"", "x"}}));
}

TEST(Xls, AWorkbookOfExcel95IsRead) {
  const auto old = [](int row, int column, const std::string& text) {
    return record(0x204, w(row) + w(column) + w(0) + w(text.size()) + text);
  };
  const std::string cells = old(0, 0, "bsn") + old(0, 1, "naam") + number(1, 0, 12345678) + old(1, 1, "caf\xE9 \x80");
  const auto made = [&](std::uint16_t codePage) {
    return compoundFile(bookStream(cells, record(0x42, w(codePage)), 0x500), {.name = "Book"});
  };
  EXPECT_EQ(parse(made(1252)).rows, (Rows{{"012345678", "caf\xC3\xA9 \xE2\x82\xAC"}}));
  EXPECT_THAT(refusal(made(1251)), HasSubstr("2: De werkmap is geschreven in een oude tekenset"));
}

TEST(Xls, TheSectorsMayLieInAnyOrder) {
  std::string cells = label(0, 0, "bsn");
  Rows expected;
  for (int i = 1; i < 4000; ++i) {
    cells += number(i, 0, 100000000 + i);
    expected.push_back({std::to_string(100000000 + i)});
  }
  EXPECT_EQ(parse(compoundFile(bookStream(cells))).rows, expected);
  EXPECT_EQ(parse(compoundFile(bookStream(cells), {.backwards = true})).rows, expected);
  const std::string little = bookStream(label(0, 0, "bsn") + number(1, 0, 12345678));
  EXPECT_EQ(parse(compoundFile(little, {.small = true})).rows, (Rows{{"012345678"}}));
}

TEST(Xls, ChartsWithinASheetAreLeftOut) {
  const std::string chart = bof(0x600, 0x20) + number(0, 0, 5) + bof(0x600, 0x20) + kEof + kEof;
  EXPECT_EQ(parse(book(label(0, 0, "bsn") + chart + number(1, 0, 12345678))).rows, (Rows{{"012345678"}}));
}

TEST(Xls, WhatCannotBeASheetIsRefusedWithItsRow) {
  EXPECT_THAT(refusal(book(label(0, 0, "a") + number(5, 0, 1) + number(4, 0, 1))),
              StartsWith("5: De rijen van het werkblad"));
  EXPECT_THAT(refusal(book(label(0, 0, "a") + number(5, 256, 1))), StartsWith("1: " + std::string(kDamaged)));
  EXPECT_THAT(refusal(book(label(0, 0, "a") + number(5, 0, 1) + number(5, 0, 2))),
              StartsWith("6: Een cel staat twee keer"));
  EXPECT_THAT(refusal(book(label(0, 0, "a") + number(5, 1, 1))), HasSubstr("kolom zonder naam (kolom B)"));
  EXPECT_THAT(refusal(book(label(0, 0, "a") + record(0x203, w(1) + w(0)))), HasSubstr(kDamaged));
  EXPECT_THAT(refusal(book("")), HasSubstr("Het werkblad is leeg"));
}

TEST(Xls, AWorkbookWithAPasswordIsRefused) {
  EXPECT_THAT(refusal(book("", record(0x2F, w(1)))), HasSubstr("beveiligd met een wachtwoord"));
  EXPECT_THAT(refusal(compoundFile(std::string(5000, 'x'), {.name = "EncryptedPackage"})), HasSubstr("wachtwoord"));
}

TEST(Xls, AnotherFormatThanXlsIsNamed) {
  EXPECT_THAT(refusal(""), HasSubstr("leeg"));
  EXPECT_THAT(refusal("PK\x03\x04xxxx"), HasSubstr(".xlsx"));
  EXPECT_THAT(refusal("<html><table>"), HasSubstr("HTML"));
  EXPECT_THAT(refusal("<?xml version=\"1.0\"?>"), HasSubstr("XML"));
  EXPECT_THAT(refusal("%PDF-1.4"), HasSubstr("PDF"));
  EXPECT_THAT(refusal("bsn;geslacht\r\n1;M\r\n"), HasSubstr("CSV"));
  EXPECT_THAT(refusal(std::string("\x09\x04\x06\0\0\0\x10\0", 8)), HasSubstr("Excel 5"));
  EXPECT_THAT(refusal(compoundFile(std::string(5000, 'x'), {.name = "WordDocument"})), HasSubstr("Word"));
  EXPECT_THAT(refusal(compoundFile(std::string(5000, 'x'), {.name = "Contents"})), HasSubstr("zonder werkmap"));
  EXPECT_THAT(refusal(std::string(100, '\1')), HasSubstr("geen Excel-werkmap"));
}

TEST(Xls, ChainsThatLoopOrLeadOutsideEnd) {
  const std::string right = book(label(0, 0, "bsn") + number(1, 0, 1));
  ASSERT_EQ(refusal(right), "read");
  // Every entry of the FAT at itself, and outside; then the header's own places.
  for (std::size_t entry = 0; entry < 128; ++entry)
    for (const std::uint64_t to :
         {std::uint64_t{entry}, std::uint64_t{1}, std::uint64_t{0xFFFF}, std::uint64_t{0xFFFFFFF0}}) {
      std::string broken = right;
      broken.replace(512 + entry * 4, 4, d(to));
      refusal(broken);
    }
  for (const std::size_t at : {44, 48, 56, 60, 64, 68, 72, 76})
    for (const std::uint64_t to :
         {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{0x7FFFFFFF}, std::uint64_t{0xFFFFFFFF}}) {
      std::string broken = right;
      broken.replace(at, 4, d(to));
      refusal(broken);
    }
  std::string loop = right;
  loop.replace(512 + 3 * 4, 4, d(3));  // the stream's first sector
  EXPECT_THAT(refusal(loop), HasSubstr(kDamaged));
  std::string directory = right;
  directory.replace(512 + 1 * 4, 4, d(1));
  EXPECT_THAT(refusal(directory), HasSubstr(kDamaged));
  std::string giant = right;
  giant.replace(512 * 2 + 128 + 120, 4, d(0x7FFFFFFF));
  EXPECT_THAT(refusal(giant), HasSubstr(kDamaged));
}

/// Says that it is `size` bytes long.
class Large final : public plugin::ByteSource {
 public:
  std::size_t read(std::span<char>) override { return 0; }
  std::uint64_t size() override { return std::uint64_t{129} << 20; }
  std::size_t readAt(std::uint64_t, std::span<char> buffer) override {
    std::memset(buffer.data(), 0, buffer.size());
    std::memcpy(buffer.data(), "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", 8);
    return buffer.size();
  }
};

TEST(Xls, AFileLargerThanAnyWorkbookIsRefusedUnread) {
  Large source;
  auto take = [](const plugin::CellBatch&) {};
  support::BatchTaker sink(take);
  try {
    XlsReader().read(source, {}, sink);
    FAIL();
  } catch (const plugin::Unreadable& e) {
    EXPECT_THAT(e.what(), HasSubstr("128 MiB"));
  }
}

TEST(Xls, NoRefusalRepeatsWhatWasDelivered) {
  for (const std::string& bytes :
       {book(label(0, 0, "a") + label(1, 1, "111222333")), book(label(0, 0, std::string(201, '7'))),
        book(label(0, 0, "a") + label(2, 0, "111222333") + label(1, 0, "111222333"))})
    EXPECT_THAT(refusal(bytes), AllOf(Not(HasSubstr("111222333")), Not(HasSubstr("777")), Not("read")));
}

}  // namespace
}  // namespace sluis::xls
