// One sheet -> the rows of a table; the same behaviour as xlsx/sheet.h.
//
// Formulas count as what Excel last computed. Merged cells within the records and rows out of order are
// plugin::Unreadable with the row. Hidden rows and columns are read, and told.
#pragma once

#include <string>
#include <vector>

#include "plugin/format.h"
#include "xls/workbook.h"
#include "xlsx/layout.h"

namespace sluis::xls {

/// The column names of the sheet, read no further than these; empty when nothing is in it.
std::vector<std::string> namesIn(Records& records, const Workbook& workbook, std::size_t sheet,
                                 const xlsx::Layout& layout);

/// Reads the whole sheet. `detected` is what is known of the file before; what the sheet tells is put behind it.
void readSheet(Records& records, const Workbook& workbook, std::size_t sheet, const xlsx::Layout& layout,
               std::string detected, plugin::BatchSink& sink);

}  // namespace sluis::xls
