// The xls plugin on any bytes: either Unreadable, or batches that can be.
#include <cstdint>
#include <string_view>

#include "../support/cells.h"
#include "xls/xls_reader.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto take = [](const sluis::plugin::CellBatch&) {};
  sluis::support::BatchTaker sink(take, 1024, 64 << 10);
  sluis::support::TextSource source(std::string_view(reinterpret_cast<const char*>(data), size));
  try {
    sluis::xls::XlsReader().read(source, "bsn 9\ngeslacht 1\n", sink);
  } catch (const sluis::plugin::Unreadable&) {
    return 0;
  }
  return 0;
}
