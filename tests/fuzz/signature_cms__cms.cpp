// What the worker does with a .p7s file: any bytes at all.
#include <cstdlib>

#include "cms/cms.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace sluis;
  const auto facts = cms::CmsParser().parse(std::as_bytes(std::span(data, size)));
  if (facts && (facts->signature.empty() || facts->digestAlgorithm.empty() || facts->signerId.empty())) std::abort();
  return 0;
}
