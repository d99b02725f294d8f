// Who signed a delivery, and does the signature fit its bytes? Runs in sluisd, on facts that the worker's plugin found.
//
// The facts are not believed: the digest is ours, the key is the registered one, and the namespace is the one that this
// provider, dataset and period require. A worker taken over by its input can make a signature wrong, never right.
// Nothing here takes a foreign structure apart, except a bounded walk over CMS attributes.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/encoding.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/digest.h"
#include "model/period.h"
#include "model/provider_code.h"
#include "model/refusal.h"
#include "plugin/signature.h"

namespace sluis::verify {

enum class SignerKind : std::uint8_t { ssh, cms };

/// As it stands in the register.
using SignerId = std::int64_t;

/// A key or certificate that may sign for this provider.
struct RegisteredSigner {
  SignerId id = 0;
  SignerKind kind = SignerKind::ssh;
  Bytes key;                          ///< ssh: the public key blob; cms: the certificate in DER
  std::string fingerprint;            ///< for texts: "SHA256:…"
  std::optional<Instant> validFrom;   ///< inclusive
  std::optional<Instant> validUntil;  ///< exclusive
  std::optional<Instant> revokedAt;   ///< from then on refused
};

/// "sluis:P0001:jeugdhulp_2026H1".
std::string expectedNamespace(const ProviderCode& provider, std::string_view dataset, const Period& period);

/// The registered signer whose signature it is; or SIG02 (does not fit), SIG03 (not registered), SIG04 (expired,
/// revoked, too weak), with a Dutch detail. `digests` must hold the one that `facts.digestAlgorithm` names. `now` is
/// the moment of receipt. The namespace is compared case-insensitively.
Result<SignerId, Refusal> judge(const plugin::SignatureFacts& facts, const crypto::Digests& digests,
                                std::string_view expectedNamespace, std::span<const RegisteredSigner> signers,
                                Instant now);

/// How the signing key of `facts` is called in texts, registered or not: its fingerprint; empty when it is not known.
std::string describeSigner(const plugin::SignatureFacts& facts);

}  // namespace sluis::verify
