// Reads a workbook from memory as the worker would.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "support/cells.h"
#include "xlsx/xlsx_reader.h"

namespace sluis::test {

using Rows = std::vector<std::vector<std::string>>;

struct Parsed {
  std::vector<std::string> columns;
  std::string detected;
  Rows rows;
};

inline Parsed parse(std::string_view bytes, std::string_view layout = "", std::size_t cells = 48 << 10,
                    std::size_t room = 320 << 10) {
  Parsed parsed;
  auto take = [&](const plugin::CellBatch& batch) {
    for (std::uint32_t row = 0; row < batch.rows(); ++row) {
      parsed.rows.emplace_back();
      for (std::uint32_t column = 0; column < batch.columns(); ++column)
        parsed.rows.back().emplace_back(batch.cell(row, column));
    }
  };
  support::BatchTaker sink(take, cells, room);
  support::TextSource source(bytes);
  xlsx::XlsxReader().read(source, layout, sink);
  parsed.columns = sink.columns();
  parsed.detected = sink.detected();
  return parsed;
}

/// "<row>: <text>" of the Unreadable, or "read".
inline std::string refusal(std::string_view bytes, std::string_view layout = "") {
  try {
    parse(bytes, layout);
  } catch (const plugin::Unreadable& e) {
    return std::to_string(e.line) + ": " + e.what();
  }
  return "read";
}

}  // namespace sluis::test
