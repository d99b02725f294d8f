// The format plugin "xlsx": Excel workbooks (ECMA-376, transitional and strict; .xlsm and .xltx are read alike).
//
// One sheet is the delivery: the only visible one with anything in it, or the one whose first filled row has column
// names of the dataset. The sheet streams; only its shared texts are held (shared_strings.h). What is not read (macros,
// charts, comments, formulas themselves) is not looked at.
#pragma once

#include "plugin/format.h"

namespace sluis::xlsx {

class XlsxReader final : public plugin::FormatReader {
 public:
  XlsxReader();
  void read(plugin::ByteSource& source, std::string_view layout, plugin::BatchSink& sink) override;
};

}  // namespace sluis::xlsx
