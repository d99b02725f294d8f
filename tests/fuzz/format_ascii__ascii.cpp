// The ascii plugin on any bytes after any layout (up to the first NUL): either Unreadable, or batches that can be, the
// same whatever pieces the bytes come in.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "../support/cells.h"
#include "ascii/ascii_reader.h"

namespace {

std::string outcome(std::string_view text, std::string_view layout, std::size_t piece) {
  std::string cells;
  auto take = [&](const sluis::plugin::CellBatch& batch) {
    for (std::uint32_t row = 0; row < batch.rows(); ++row)
      for (std::uint32_t column = 0; column < batch.columns(); ++column)
        cells.append(batch.cell(row, column)).push_back(column + 1 < batch.columns() ? '\x1f' : '\x1e');
  };
  sluis::support::BatchTaker sink(take, 64, 512);
  sluis::support::TextSource source(text, piece);
  try {
    sluis::ascii::AsciiReader().read(source, layout, sink);
  } catch (const sluis::plugin::Unreadable&) {
    return "unreadable";
  }
  return cells;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::string_view layout = input.substr(0, input.find('\0'));
  const std::string_view text = input.substr(std::min(layout.size() + 1, input.size()));
  if (outcome(text, layout, 7) != outcome(text, layout, 1 << 16)) std::abort();
  return 0;
}
