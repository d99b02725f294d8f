// Which cell formats show a number as a date (xl/styles.xml): a spreadsheet stores a date as a number and says only by
// its format that it is one.
#pragma once

#include <cstdint>
#include <vector>

#include "xlsx/date_format.h"
#include "xlsx/part.h"

namespace sluis::xlsx {

class Styles {
 public:
  /// Throws plugin::Unreadable.
  void load(Part& part);
  /// Of the cell attribute s; what the workbook does not define is no date.
  bool isDate(std::uint32_t style) const { return style < dates_.size() && dates_[style]; }

 private:
  friend class CellFormats;
  std::vector<bool> dates_;
};

}  // namespace sluis::xlsx
