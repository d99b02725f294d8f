// One sheet (xl/worksheets/sheet1.xml) -> the rows of a table.
//
// Formulas count as what Excel last computed; one that was never computed is plugin::Unreadable with its row, as are
// merged cells within the records, rows out of order and cells beyond XFD1048576. Hidden rows and columns are read.
#pragma once

#include <string>
#include <vector>

#include "plugin/format.h"
#include "xlsx/cell_value.h"
#include "xlsx/layout.h"
#include "xlsx/part.h"
#include "xlsx/shared_strings.h"
#include "xlsx/styles.h"

namespace sluis::xlsx {

/// What the cells of every sheet refer to.
struct Book {
  const SharedStrings& strings;
  const Styles& styles;
  DateSystem dates;
  const Layout& layout;
};

/// The column names of the sheet, read no further than these; empty when nothing is in it.
std::vector<std::string> namesIn(Part& sheet, const Book& book);

/// Reads the whole sheet. `detected` is what is known of the file before; what the sheet tells is put behind it.
void readSheet(Part& sheet, const Book& book, std::string detected, plugin::BatchSink& sink);

}  // namespace sluis::xlsx
