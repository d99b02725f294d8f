// The xlsx plugin on any bytes: either Unreadable, or batches that can be, the same whatever room they have.
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

#include "../support/cells.h"
#include "xlsx/xlsx_reader.h"

namespace {

std::optional<std::string> outcome(std::string_view bytes, std::size_t room) {
  std::string cells;
  auto take = [&](const sluis::plugin::CellBatch& batch) {
    for (std::uint32_t row = 0; row < batch.rows(); ++row)
      for (std::uint32_t column = 0; column < batch.columns(); ++column)
        cells.append(batch.cell(row, column)).push_back(column + 1 < batch.columns() ? '\x1f' : '\x1e');
  };
  sluis::support::BatchTaker sink(take, room / 8, room);
  sluis::support::TextSource source(bytes);
  try {
    sluis::xlsx::XlsxReader().read(source, "bsn 9\ngeboortedatum 8\nhulpvorm 2", sink);
  } catch (const sluis::plugin::Unreadable&) {
    return std::nullopt;
  }
  return cells;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto roomy = outcome(bytes, 320 << 10);
  // A row may be too long for little room; otherwise nothing may depend on it.
  const auto narrow = roomy ? outcome(bytes, 512) : std::nullopt;
  if (narrow && narrow != roomy) std::abort();
  return 0;
}
