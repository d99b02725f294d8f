// What the worker does with a .sig file: any bytes at all, and any bytes inside right armour.
#include <cstdlib>

#include "sshsig/sshsig.h"

namespace {

void parse(std::string_view text) {
  const auto facts = sluis::sshsig::SshsigParser().parse(sluis::asBytes(text));
  if (facts && (facts->signerKey.empty() || facts->signature.empty() || facts->nameSpace.empty())) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const sluis::BytesView bytes = std::as_bytes(std::span(data, size));
  parse(sluis::asText(bytes));
  parse("-----BEGIN SSH SIGNATURE-----\n" + sluis::toBase64(bytes) + "\n-----END SSH SIGNATURE-----\n");
  return 0;
}
