#include "crypto/permutation.h"

#include <openssl/evp.h>

#include <algorithm>
#include <stdexcept>

#include "crypto/openssl.h"

namespace sluis::crypto {

namespace {

EVP_CIPHER_CTX* newContext(const Secret& key, bool encrypting) {
  const std::size_t size = key.reveal().size();
  if (size != 16 && size != 32) throw std::logic_error("an AES key of 16 or 32 bytes is needed");
  Owned<EVP_CIPHER_CTX, EVP_CIPHER_CTX_free> context(EVP_CIPHER_CTX_new());
  const EVP_CIPHER* cipher = size == 16 ? EVP_aes_128_ecb() : EVP_aes_256_ecb();
  const auto* bytes = reinterpret_cast<const unsigned char*>(key.reveal().data());
  if (!context || EVP_CipherInit_ex(context.get(), cipher, nullptr, bytes, nullptr, encrypting ? 1 : 0) != 1 ||
      EVP_CIPHER_CTX_set_padding(context.get(), 0) != 1)
    throwOpenssl("cannot set up AES");
  return context.release();
}

void run(EVP_CIPHER_CTX* context, std::span<std::byte> blocks) {
  if (blocks.size() % 16 != 0) throw std::logic_error("whole blocks are needed");
  constexpr std::size_t kMost = std::size_t{1} << 20;
  while (!blocks.empty()) {
    const std::span part = blocks.first(std::min(blocks.size(), kMost));
    auto* data = reinterpret_cast<unsigned char*>(part.data());
    int done = 0;
    if (EVP_CipherUpdate(context, data, &done, data, static_cast<int>(part.size())) != 1 ||
        done != static_cast<int>(part.size()))
      throwOpenssl("AES failed");
    blocks = blocks.subspan(part.size());
  }
}

}  // namespace

void Permutation128::Free::operator()(evp_cipher_ctx_st* context) const noexcept {
  EVP_CIPHER_CTX_free(context);
}

Permutation128::Permutation128(const Secret& key) : encrypt_(newContext(key, true)), decrypt_(newContext(key, false)) {}

void Permutation128::encrypt(std::span<std::byte> blocks) const {
  run(encrypt_.get(), blocks);
}
void Permutation128::decrypt(std::span<std::byte> blocks) const {
  run(decrypt_.get(), blocks);
}

}  // namespace sluis::crypto
