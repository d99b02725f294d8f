// CMS signatures (RFC 5652): detached SignedData over content of type `data`, DER (or BER) or PEM, taken apart for
// verify/ with OpenSSL's parser, which is why this runs in the worker only.
//
// Exactly one signer, with SHA-256, SHA-384 or SHA-512; RSA (PKCS #1 v1.5, or PSS with one digest throughout), ECDSA,
// Ed25519. At most kLongestFile bytes. Decides nothing, throws nothing: anything else gives nullopt. Certificates in
// the file serve to name the signer; chains are not looked at.
#pragma once

#include <optional>

#include "plugin/signature.h"

namespace sluis::cms {

inline constexpr std::size_t kLongestFile = 256 << 10;

class CmsParser final : public plugin::SignatureParser {
 public:
  std::optional<plugin::SignatureFacts> parse(std::span<const std::byte> signatureFile) noexcept override;
};

}  // namespace sluis::cms
