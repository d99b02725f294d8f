// The csv plugin on any bytes: either Unreadable, or batches that can be, the same whatever pieces the bytes come in.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "../support/cells.h"
#include "csv/csv_reader.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  sluis::csv::CsvReader reader;
  const auto inPieces = [&](std::size_t piece) { return sluis::support::outcome(reader, text, {}, piece); };
  if (inPieces(7) != inPieces(1 << 16)) std::abort();
  return 0;
}
