// The format plugin "csv": delimited text with a header line (RFC 4180; delimiter ';', ',' or tab).
//
// One pass, bounded memory: a line longer than the buffer, quotes that do not match, rows with too many or too few
// cells, NUL bytes and broken encodings are Unreadable with a line and a sentence that helps. Never interprets a cell.
#pragma once

#include "plugin/format.h"

namespace sluis::csv {

class CsvReader final : public plugin::FormatReader {
 public:
  /// `layout` is not used: the columns are named by the header line.
  void read(plugin::ByteSource& source, std::string_view layout, plugin::BatchSink& sink) override;
};

}  // namespace sluis::csv
