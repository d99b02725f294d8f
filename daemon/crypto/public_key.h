// A public key that checks signatures: from a registered SSH key or certificate, never from what a delivery says.
//
// Which keys: Ed25519, RSA, ECDSA on P-256, P-384 and P-521. Security keys (sk-*), DSA and other curves are refused
// with a reason. Signatures with SHA-1 cannot be asked for. A signature that does not fit is `false`, whatever is wrong
// with it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/encoding.h"
#include "base/result.h"
#include "crypto/digest.h"

struct evp_pkey_st;

namespace sluis::crypto {

enum class KeyKind : std::uint8_t { ed25519, rsa, ecdsa };
enum class RsaPadding : std::uint8_t { pkcs1, pss };

/// Shorter RSA keys are too weak (SIG04).
inline constexpr int kLeastRsaBits = 2048;

/// How a signature was made. `digest` is ignored for Ed25519, `padding` for all but RSA.
struct SignatureMethod {
  KeyKind kind;
  std::optional<DigestAlgorithm> digest;
  RsaPadding padding = RsaPadding::pkcs1;
};

class PublicKey {
 public:
  /// From an SSH public key blob (RFC 4253 §6.6, RFC 5656 §3.1, RFC 8709 §4); the reason in Dutch otherwise. A short
  /// RSA key is taken here: see isTooWeak().
  static Result<PublicKey, std::string> fromSshBlob(BytesView blob);
  /// Takes over OpenSSL's key; the reason otherwise.
  static Result<PublicKey, std::string> adopt(evp_pkey_st* key);

  KeyKind kind() const { return kind_; }
  /// RSA modulus or the size of the curve.
  int bits() const { return bits_; }
  bool isTooWeak() const { return kind_ == KeyKind::rsa && bits_ < kLeastRsaBits; }

  /// ECDSA signatures are r and s, big-endian, in two halves of equal length; others are the raw value.
  bool verify(BytesView message, BytesView signature, const SignatureMethod& method) const;
  /// The same where only the message's digest is known. Always false for Ed25519, which signs the message itself.
  bool verifyDigest(BytesView digest, BytesView signature, const SignatureMethod& method) const;

 private:
  PublicKey(std::shared_ptr<evp_pkey_st> key, KeyKind kind, int bits)
      : key_(std::move(key)), kind_(kind), bits_(bits) {}

  std::shared_ptr<evp_pkey_st> key_;
  KeyKind kind_;
  int bits_;
};

}  // namespace sluis::crypto
