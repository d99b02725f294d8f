#include "crypto/random.h"

#include <openssl/rand.h>

#include "crypto/openssl.h"

namespace sluis::crypto {

void fillRandom(std::span<std::byte> bytes) {
  if (RAND_priv_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(bytes.size())) != 1)
    throwOpenssl("cannot get random bytes");
}

Secret randomSecret(std::size_t size) {
  Bytes bytes(size);
  fillRandom(bytes);
  Secret secret{BytesView(bytes)};
  wipe(bytes);
  return secret;
}

}  // namespace sluis::crypto
