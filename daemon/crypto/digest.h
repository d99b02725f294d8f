// SHA-2 over bytes that stream past: what names a delivery, and what a signature is checked against.
//
// Never: a digest other than SHA-256, SHA-384 and SHA-512. Error (crypto) when OpenSSL cannot do its work.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "base/encoding.h"

struct evp_md_ctx_st;

namespace sluis::crypto {

enum class DigestAlgorithm : std::uint8_t { sha256, sha384, sha512 };

/// "sha256".
std::string_view toString(DigestAlgorithm algorithm);
/// nullopt for anything but "sha256", "sha384" and "sha512".
std::optional<DigestAlgorithm> parseDigestAlgorithm(std::string_view name);
/// In bytes: 32, 48, 64.
std::size_t sizeOf(DigestAlgorithm algorithm);

using Sha256 = std::array<std::byte, 32>;
using Sha384 = std::array<std::byte, 48>;
using Sha512 = std::array<std::byte, 64>;

/// One digest, fed in pieces.
class Digest {
 public:
  explicit Digest(DigestAlgorithm algorithm);
  void update(BytesView bytes);
  /// sizeOf(algorithm) bytes. Ends the object's use.
  Bytes finish();

 private:
  struct Free {
    void operator()(evp_md_ctx_st* state) const noexcept;
  };
  std::unique_ptr<evp_md_ctx_st, Free> state_;
};

Sha256 sha256(BytesView bytes);

/// Digests of the same bytes. SHA-256 is always there: it is how the delivery is named.
struct Digests {
  Sha256 sha256{};
  std::optional<Sha384> sha384;
  std::optional<Sha512> sha512;

  /// Empty when that one was not taken.
  BytesView of(DigestAlgorithm algorithm) const;
};

/// SHA-256, and the others asked for, in one pass over the bytes.
class MultiDigest {
 public:
  /// SSH signatures use SHA-512 unless told otherwise, CMS may use any of the three.
  explicit MultiDigest(bool withSha384 = false, bool withSha512 = true);
  void update(BytesView bytes);
  /// Ends the object's use.
  Digests finish();

 private:
  Digest sha256_;
  std::optional<Digest> sha384_;
  std::optional<Digest> sha512_;
};

}  // namespace sluis::crypto
