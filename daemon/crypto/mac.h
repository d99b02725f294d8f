// HMAC-SHA-256 (RFC 2104), cut to 128 bits or whole, for millions of short messages under one key and label.
//
// What is authenticated is the label followed by the message. Key and label are absorbed once; each message then costs
// two compressions. Error (crypto) when OpenSSL cannot do its work.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

#include "base/secret.h"

struct evp_md_ctx_st;

namespace sluis::crypto {

class Mac {
 public:
  /// `key` of 1 to 64 bytes; std::logic_error otherwise. Labels used under one key must not begin with one another.
  Mac(const Secret& key, std::string_view label);

  /// Leaves no copy of the message behind. Not for two threads at once.
  void compute(std::string_view message, std::span<std::byte, 16> mac) const;
  void compute(std::string_view message, std::span<std::byte, 32> mac) const;

 private:
  struct Free {
    void operator()(evp_md_ctx_st* state) const noexcept;
  };
  using State = std::unique_ptr<evp_md_ctx_st, Free>;
  static State startedWith(BytesView key, unsigned char filler);
  void whole(std::string_view message, unsigned char* mac) const;

  State inner_;  // after the key and the label
  State outer_;  // after the key
  State work_;
};

}  // namespace sluis::crypto
