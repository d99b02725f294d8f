// What sluisd does with the signed attributes that a worker reports: any bytes at all.
#include <array>
#include <cstdlib>

#include "verify/cms_attributes.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace sluis;
  std::array<std::byte, 32> digest{};
  digest.fill(std::byte{0x5a});
  const BytesView attributes = std::as_bytes(std::span(data, size));
  // Right can only be what holds the digest.
  if (verify::attributesSign(attributes, digest) && asText(attributes).find(asText(digest)) == std::string_view::npos)
    std::abort();
  return 0;
}
