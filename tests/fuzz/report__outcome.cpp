// What a server answers, and what is made of it: an outcome that was read is written and shown in every form.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "report/json.h"
#include "report/render.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto outcome = sluis::report::parseOutcome(text);
  if (!outcome) return 0;
  const std::string written = sluis::report::toJson(*outcome);
  const auto again = sluis::report::parseOutcome(written);
  if (!again || sluis::report::toJson(*again) != written) std::abort();
  sluis::report::renderText(*outcome, {80, true, true});
  sluis::report::renderCsv(*outcome);
  sluis::report::renderHtml(*outcome);
  sluis::report::renderSvg(*outcome);
  return 0;
}
