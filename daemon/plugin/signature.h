// A signature plugin takes a signature file apart, inside the sluis-reader worker only. It decides nothing: the digest
// of the delivery's bytes and the last step, the registered public key over a bounded input, are computed in sluisd
// (verify/), so a parser taken over by its input cannot make a signature right.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/encoding.h"

namespace sluis::plugin {

/// What a signature file says, not yet believed. Every field at most 64 KiB.
struct SignatureFacts {
  std::string scheme;              ///< "sshsig" or "cms"
  std::string nameSpace;           ///< sshsig: the signed namespace; empty for cms
  std::string digestAlgorithm;     ///< of the delivery's bytes: "sha256" or "sha512" (cms also "sha384")
  std::string signatureAlgorithm;  ///< sshsig: "ssh-ed25519", "rsa-sha2-512", …; cms: "rsa-pkcs1", "rsa-pss", "ecdsa",
                                   ///< "ed25519"
  std::string signatureDigest;  ///< digest inside the signature algorithm: "sha256", "sha384", "sha512", or empty
  Bytes signerKey;  ///< sshsig: the public key blob (RFC 4253 §6.6); cms: the signer's certificate in DER, or empty
  Bytes signerId;   ///< cms: DER of issuerAndSerialNumber or the subjectKeyIdentifier; empty for sshsig
  Bytes signedAttributes;  ///< cms: DER of the signed attributes as they are hashed (SET OF); empty = none
  Bytes signature;         ///< the raw signature value; ECDSA: r and s, big-endian, in two halves of equal length
};

class SignatureParser {
 public:
  virtual ~SignatureParser() = default;
  /// The facts, or nullopt when the bytes are no signature of this kind. Throws nothing.
  virtual std::optional<SignatureFacts> parse(std::span<const std::byte> signatureFile) noexcept = 0;
};

}  // namespace sluis::plugin
