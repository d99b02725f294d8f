// A query or a form's body, as a stranger writes it.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/encoding.h"
#include "web/urlencoded.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sluis::web;
  using sluis::percentEncoded;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const LineEnds lineEnds : {LineEnds::refused, LineEnds::allowed}) {
    const auto fields = parseUrlencoded(text, lineEnds);
    if (!fields) continue;
    if (fields->all().size() > kMostFields) std::abort();
    for (const auto& [name, value] : fields->all()) {
      if (!isCleanText(name, LineEnds::refused) || !isCleanText(value, lineEnds)) std::abort();
      if (value.find('\r') != std::string::npos || value.size() > kLongestValue) std::abort();
      // What we write ourselves is read back as it was.
      const auto again = parseUrlencoded(percentEncoded(name) + "=" + percentEncoded(value), lineEnds);
      if (!again || again->all().size() != 1 || again->all()[0] != std::pair(name, value)) std::abort();
    }
  }
  return 0;
}
