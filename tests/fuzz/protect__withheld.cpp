// The reader of what is withheld on any bytes: an Error, or a sorted list. The digest at the end is put right first,
// or nothing behind it would ever be reached.
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string>

#include <fcntl.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "crypto/digest.h"
#include "protect/withheld.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::filesystem::path kFile =
      std::filesystem::temp_directory_path() / ("sluis-fuzz-withheld-" + std::to_string(::getpid()));
  std::string content(reinterpret_cast<const char*>(data), size);
  content += sluis::asText(sluis::crypto::sha256(sluis::asBytes(content)));
  {
    const sluis::Fd fd = sluis::openFile(kFile, O_WRONLY | O_CREAT | O_TRUNC);
    sluis::writeAll(fd.get(), content, "a fuzzer's file");
  }
  try {
    const auto withheld = sluis::protect::readWithheld(kFile, {});
    for (const std::uint64_t id : withheld.cells)
      if (!withheld.contains(id)) std::abort();
    if (withheld.mostDimensions < 2) std::abort();
  } catch (const sluis::Error&) {
  }
  std::filesystem::remove(kFile);
  return 0;
}
