// The format plugin "xls": workbooks of Excel 5 to 2003 ([MS-XLS]; BIFF5 and BIFF8).
//
// One sheet is the delivery, chosen as xlsx does it: the only visible one with anything in it, or the one whose first
// filled row has column names of the dataset. The sheet streams; only the shared texts are held. Written for this
// program, not on FreeXL: docs/decisions/0007.
#pragma once

#include "plugin/format.h"

namespace sluis::xls {

class XlsReader final : public plugin::FormatReader {
 public:
  void read(plugin::ByteSource& source, std::string_view layout, plugin::BatchSink& sink) override;
};

}  // namespace sluis::xls
