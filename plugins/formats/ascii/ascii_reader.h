// The format plugin "ascii": one record a line, each field at its own position, no header line.
//
// One pass, bounded memory: a line that does not fit the layout, control characters and broken encodings are Unreadable
// with a line and a sentence that helps. Never interprets a cell; spaces around it are no part of it.
#pragma once

#include "plugin/format.h"

namespace sluis::ascii {

class AsciiReader final : public plugin::FormatReader {
 public:
  /// `layout`: lines "name offset length"; without any the file is Unreadable.
  void read(plugin::ByteSource& source, std::string_view layout, plugin::BatchSink& sink) override;
};

}  // namespace sluis::ascii
