// A secret permutation of 128-bit values: one AES block each. Not a mode for messages: only for values that are already
// random-looking and wanted back equal for equal (pseudonyms, JEUGDHULP §6).
#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include "base/secret.h"

struct evp_cipher_ctx_st;

namespace sluis::crypto {

class Permutation128 {
 public:
  /// `key` of 16 bytes (AES-128) or 32 (AES-256); std::logic_error otherwise.
  explicit Permutation128(const Secret& key);

  /// In place, over any number of whole blocks; batches are far cheaper than single ones. Not for two threads at once.
  void encrypt(std::span<std::byte> blocks) const;
  void decrypt(std::span<std::byte> blocks) const;

 private:
  struct Free {
    void operator()(evp_cipher_ctx_st* context) const noexcept;
  };
  std::unique_ptr<evp_cipher_ctx_st, Free> encrypt_;
  std::unique_ptr<evp_cipher_ctx_st, Free> decrypt_;
};

}  // namespace sluis::crypto
