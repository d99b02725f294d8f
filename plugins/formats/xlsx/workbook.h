// What a workbook is made of: its sheets in the order of their tabs, and where its texts and formats lie. Follows
// _rels/.rels -> workbook.xml -> the sheets, as every writer lays them out differently.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "xlsx/archive.h"
#include "xlsx/cell_value.h"

namespace sluis::xlsx {

struct SheetEntry {
  std::string part;     ///< its name in the archive; empty when it is no sheet of cells (a chart, a macro)
  bool hidden = false;  ///< hidden or very hidden
};

struct Workbook {
  static constexpr std::size_t kMostSheets = 1000;

  std::vector<SheetEntry> sheets;  ///< in the order of the tabs; never with names: those are delivered
  std::string sharedStrings;       ///< part, empty = none
  std::string styles;              ///< part, empty = none
  DateSystem dates = DateSystem::from1900;
};

/// Throws plugin::Unreadable, also when the archive is another kind of file than a workbook: says which.
Workbook readWorkbook(Archive& archive);

/// The part that `target` names in a relationship of the part `from`; empty when it points outside the archive.
std::string resolve(std::string_view from, std::string_view target);

}  // namespace sluis::xlsx
