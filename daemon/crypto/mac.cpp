// Contexts that have absorbed the key are copied for each message. Measured (tests/bench/crypto_bench.cpp): 0.18 of the
// cost of HMAC() each time, 197 ns against 1106. The deprecated SHA256_Transform would save another 70 ns a record: not
// worth a call that goes away.
#include "crypto/mac.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <stdexcept>

#include "crypto/openssl.h"

namespace sluis::crypto {

void Mac::Free::operator()(evp_md_ctx_st* state) const noexcept {
  EVP_MD_CTX_free(state);
}

Mac::State Mac::startedWith(BytesView key, unsigned char filler) {
  std::array<unsigned char, 64> block;
  block.fill(filler);
  for (std::size_t i = 0; i < key.size(); ++i) block[i] ^= std::to_integer<unsigned char>(key[i]);
  State state(EVP_MD_CTX_new());
  const bool good = state && EVP_DigestInit_ex(state.get(), EVP_sha256(), nullptr) == 1 &&
                    EVP_DigestUpdate(state.get(), block.data(), block.size()) == 1;
  wipe(std::as_writable_bytes(std::span(block)));
  if (!good) throwOpenssl("cannot set up a MAC");
  return state;
}

Mac::Mac(const Secret& key, std::string_view label) {
  if (key.empty() || key.reveal().size() > 64) throw std::logic_error("a MAC key has 1 to 64 bytes");
  inner_ = startedWith(key.reveal(), 0x36);
  outer_ = startedWith(key.reveal(), 0x5c);
  work_.reset(EVP_MD_CTX_new());
  if (!work_ || EVP_DigestUpdate(inner_.get(), label.data(), label.size()) != 1) throwOpenssl("cannot set up a MAC");
}

void Mac::whole(std::string_view message, unsigned char* mac) const {
  EVP_MD_CTX* const work = work_.get();
  if (EVP_MD_CTX_copy_ex(work, inner_.get()) != 1 || EVP_DigestUpdate(work, message.data(), message.size()) != 1 ||
      EVP_DigestFinal_ex(work, mac, nullptr) != 1 || EVP_MD_CTX_copy_ex(work, outer_.get()) != 1 ||
      EVP_DigestUpdate(work, mac, 32) != 1 || EVP_DigestFinal_ex(work, mac, nullptr) != 1)
    throwOpenssl("cannot compute a MAC");
}

void Mac::compute(std::string_view message, std::span<std::byte, 16> mac) const {
  std::array<unsigned char, 32> digest;
  whole(message, digest.data());
  std::copy_n(reinterpret_cast<const std::byte*>(digest.data()), mac.size(), mac.begin());
  wipe(std::as_writable_bytes(std::span(digest)));
}

void Mac::compute(std::string_view message, std::span<std::byte, 32> mac) const {
  whole(message, reinterpret_cast<unsigned char*>(mac.data()));
}

}  // namespace sluis::crypto
