// The csv plugin on any bytes: either Unreadable, or batches that can be, the same whatever pieces the bytes come in.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "../support/cells.h"
#include "csv/csv_reader.h"

namespace {

std::string outcome(std::string_view text, std::size_t piece) {
  std::string cells;
  auto take = [&](const sluis::plugin::CellBatch& batch) {
    for (std::uint32_t row = 0; row < batch.rows(); ++row)
      for (std::uint32_t column = 0; column < batch.columns(); ++column)
        cells.append(batch.cell(row, column)).push_back(column + 1 < batch.columns() ? '\x1f' : '\x1e');
  };
  sluis::support::BatchTaker sink(take, 64, 512);
  sluis::support::TextSource source(text, piece);
  try {
    sluis::csv::CsvReader().read(source, {}, sink);
  } catch (const sluis::plugin::Unreadable&) {
    return "unreadable";
  }
  return cells;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (outcome(text, 7) != outcome(text, 1 << 16)) std::abort();
  return 0;
}
