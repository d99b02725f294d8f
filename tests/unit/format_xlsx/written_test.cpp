// Workbooks as others write them: libxlsxwriter here and now, openpyxl in written/ (make.py there).
#include <fstream>
#include <iterator>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <xlsxwriter.h>

#include "reading.h"
#include "support/temp_dir.h"

namespace sluis::xlsx {
namespace {

using namespace sluis::test;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr std::string_view kLayout = "bsn 9\ngeboortedatum 8\nverwijzer 2\nhulpvorm 2\ndatum_aanvang 8";

std::string contentOf(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  EXPECT_TRUE(stream) << path;
  return {std::istreambuf_iterator<char>(stream), {}};
}
std::string openpyxl(const std::string& name) {
  return contentOf(std::filesystem::path(SLUIS_SOURCE_DIR) / "tests/unit/format_xlsx/written" / (name + ".xlsx"));
}

// Numbers and dates as a person types them, a formula, hidden rows and columns, two sheets.
std::string xlsxwriter(bool streaming) {
  const TempDir folder;
  const std::string path = (folder / "boek.xlsx").string();
  lxw_workbook_options options = {};
  options.constant_memory = streaming ? LXW_TRUE : LXW_FALSE;
  std::string temporary = folder.path().string();
  options.tmpdir = temporary.data();
  lxw_workbook* workbook = workbook_new_opt(path.c_str(), &options);
  lxw_worksheet* empty = workbook_add_worksheet(workbook, "leeg");
  worksheet_hide(empty);
  lxw_worksheet* sheet = workbook_add_worksheet(workbook, "gegevens");
  worksheet_activate(sheet);
  worksheet_set_first_sheet(sheet);
  lxw_format* day = workbook_add_format(workbook);
  format_set_num_format(day, "d mmmm yyyy");
  lxw_row_col_options hide = {};
  hide.hidden = LXW_TRUE;
  worksheet_set_column_opt(sheet, 1, 1, 10, nullptr, &hide);
  worksheet_write_string(sheet, 0, 0, "bsn", nullptr);
  worksheet_write_string(sheet, 0, 1, "geboortedatum", nullptr);
  worksheet_write_string(sheet, 0, 2, "hulpvorm", nullptr);
  worksheet_write_string(sheet, 0, 3, "naam <&>", nullptr);
  for (lxw_row_t row = 1; row <= 3; ++row) {
    if (row == 2) worksheet_set_row_opt(sheet, row, 15, nullptr, &hide);
    worksheet_write_number(sheet, row, 0, row == 1 ? 23456787 : 123456782, nullptr);
    lxw_datetime birth = {2014, 5, static_cast<int>(row), 0, 0, 0};
    worksheet_write_datetime(sheet, row, 1, &birth, day);
    if (row == 3)
      worksheet_write_formula_num(sheet, row, 2, "=1+1", nullptr, 2);
    else
      worksheet_write_string(sheet, row, 2, "02", nullptr);
    worksheet_write_string(sheet, row, 3, " caf\xC3\xA9 ", nullptr);
  }
  worksheet_write_blank(sheet, 9, 0, day);
  if (workbook_close(workbook) != LXW_NO_ERROR) throw std::runtime_error("libxlsxwriter");
  return contentOf(path);
}

TEST(XlsxWritten, ByLibxlsxwriterIsReadRight) {
  for (const bool streaming : {false, true}) {
    const Parsed parsed = parse(xlsxwriter(streaming), kLayout);
    EXPECT_THAT(parsed.columns, ElementsAre("bsn", "geboortedatum", "hulpvorm", "naam <&>"));
    EXPECT_EQ(parsed.rows, (Rows{{"023456787", "20140501", "02", " caf\xC3\xA9 "},
                                 {"123456782", "20140502", "02", " caf\xC3\xA9 "},
                                 {"123456782", "20140503", "02", " caf\xC3\xA9 "}}));
    EXPECT_EQ(
        parsed.detected,
        "xlsx, werkblad 2 van 2, 1 verborgen werkblad niet gelezen, 1 verborgen rij meegelezen, 1 verborgen kolom "
        "meegelezen");
  }
}

TEST(XlsxWritten, ByOpenpyxlIsReadRight) {
  const Parsed parsed = parse(openpyxl("gewoon"), kLayout);
  EXPECT_THAT(parsed.columns,
              ElementsAre("bsn", "geboortedatum", "verwijzer", "hulpvorm", "datum_aanvang", "tevredenheid_1"));
  EXPECT_EQ(parsed.rows, (Rows{{"111222333", "20140512", "01", "02", "20260115", "8"},
                               {"023456787", "20140000", "07", "11", "20260228", "7.5"},
                               {"999999999", "19000229", "", "02", "20260301 09:30:00", "WAAR"},
                               {"111222333", "00000000", "01", "#N/A", "", "10"}}));
  EXPECT_EQ(parsed.detected,
            "xlsx, werkblad 2 van 3, 1 verborgen werkblad niet gelezen, ook gevuld en niet gelezen: werkblad 1, 1 "
            "verborgen rij meegelezen, kolomnamen in rij 3");
}

TEST(XlsxWritten, ByOpenpyxlInTheSystemOf1904IsReadRight) {
  const Parsed parsed = parse(openpyxl("mac"), kLayout);
  EXPECT_EQ(parsed.rows, (Rows{{"111222333", "20140512"}, {"111222333", "19040102"}}));
  EXPECT_EQ(parsed.detected, "xlsx, werkblad 1 van 1, datums geteld vanaf 1904");
}

TEST(XlsxWritten, ByOpenpyxlAFormulaHasNoOutcome) {
  EXPECT_THAT(refusal(openpyxl("formule"), kLayout), HasSubstr("3: De rij bevat een formule zonder uitkomst"));
}

TEST(XlsxWritten, ByOpenpyxlMergedCellsAreRefused) {
  EXPECT_THAT(refusal(openpyxl("samengevoegd"), kLayout), HasSubstr("2: Tussen de records staan samengevoegde cellen"));
}

}  // namespace
}  // namespace sluis::xlsx
