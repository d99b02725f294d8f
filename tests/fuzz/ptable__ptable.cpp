// The reader of perturbation tables on any bytes: an Error, or a table whose noise keeps its promises.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/error.h"
#include "ptable/ptable.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using sluis::ptable::PerturbationTable;
  try {
    const auto table = PerturbationTable::parse({reinterpret_cast<const char*>(data), size});
    if (PerturbationTable::parse(table.text()).text() != table.text()) std::abort();
    for (std::uint64_t count = 0; count < table.rows() + 1; ++count)
      for (const std::uint32_t key : {0U, 0x40000000U, 0xffffffffU}) {
        const auto published = static_cast<std::int64_t>(count) + table.noise(count, key);
        if (published != 0 && published <= table.parameters().js) std::abort();
        if (count == 0 && published != 0) std::abort();
      }
  } catch (const sluis::Error&) {
  }
  return 0;
}
