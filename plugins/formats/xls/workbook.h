// What a workbook says before its sheets: which there are, its texts, and which cell formats show a date.
#pragma once

#include <cstdint>
#include <vector>

#include "xls/texts.h"
#include "xlsx/cell_value.h"

namespace sluis::xls {

struct SheetEntry {
  std::uint32_t offset;  ///< of its first record
  bool isWorksheet;      ///< not a chart or a macro
  bool hidden;           ///< or very hidden
};

struct Workbook {
  static constexpr std::size_t kMostSheets = 1000;
  static constexpr std::size_t kMostFormats = 1 << 16;

  /// Whether a number in a cell of this format is a date.
  bool isDate(std::uint16_t cellFormat) const { return cellFormat < dates.size() && dates[cellFormat]; }

  Version version = Version::biff8;
  std::vector<SheetEntry> sheets;  ///< in the order of the tabs; never with names: those are delivered
  SharedTexts texts;
  std::vector<bool> dates;  ///< by cell format
  std::uint16_t codePage = 0;
  xlsx::DateSystem system = xlsx::DateSystem::from1900;
};

/// Reads on from the start of the stream. Throws plugin::Unreadable, also for a workbook with a password.
Workbook readWorkbook(Records& records);

}  // namespace sluis::xls
