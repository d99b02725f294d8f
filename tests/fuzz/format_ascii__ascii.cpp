// The ascii plugin on any bytes after any layout (up to the first NUL): either Unreadable, or batches that can be, the
// same whatever pieces the bytes come in.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "../support/cells.h"
#include "ascii/ascii_reader.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::string_view layout = input.substr(0, input.find('\0'));
  const std::string_view text = input.substr(std::min(layout.size() + 1, input.size()));
  sluis::ascii::AsciiReader reader;
  const auto inPieces = [&](std::size_t piece) { return sluis::support::outcome(reader, text, layout, piece); };
  if (inPieces(7) != inPieces(1 << 16)) std::abort();
  return 0;
}
