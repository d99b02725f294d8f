// HMAC-SHA-256 (RFC 2104) cut to 128 bits, for millions of short messages under one key and label.
//
// What is authenticated is the label followed by the message. Messages are short on purpose: label and message together
// at most kMostBytes, which keeps the work at two compressions; std::logic_error beyond.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/secret.h"

namespace sluis::crypto {

class Mac128 {
 public:
  /// What fits one SHA-256 block beside its padding.
  static constexpr std::size_t kMostBytes = 55;

  /// `key` up to 64 bytes. Labels used under one key must not begin with one another.
  Mac128(const Secret& key, std::string_view label);
  Mac128(const Mac128&) = delete;
  Mac128& operator=(const Mac128&) = delete;
  ~Mac128();

  /// Leaves no copy of the message behind. Safe from several threads.
  void compute(std::string_view message, std::span<std::byte, 16> mac) const;

 private:
  using State = std::array<std::uint32_t, 8>;
  State inner_{};
  State outer_{};
  std::string label_;
};

}  // namespace sluis::crypto
