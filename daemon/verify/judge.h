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

enum class SignerKind : std::uint8_t {
  ssh,
  cms,
  portal,  ///< an SSH key of the TTP's own portal: signs for people, and says inside the signature for whom
};

/// As it stands in the register.
using SignerId = std::int64_t;

/// A key or certificate that may sign for this provider.
struct RegisteredSigner {
  SignerId id = 0;
  SignerKind kind = SignerKind::ssh;
  Bytes key;                          ///< ssh, portal: the public key blob; cms: the certificate in DER
  std::string fingerprint;            ///< for texts: "SHA256:…"
  std::optional<Instant> validFrom;   ///< inclusive
  std::optional<Instant> validUntil;  ///< exclusive
  std::optional<Instant> revokedAt;   ///< from then on refused
};

/// "sluis:P0001:jeugdhulp_2026H1".
std::string expectedNamespace(const ProviderCode& provider, std::string_view dataset, const Period& period);

/// Who uploaded, as a portal's signature says it.
struct Uploader {
  std::int64_t account = 0;  ///< the number of the account
  Instant secondFactorAt{};  ///< when it last showed its second factor; whole seconds
};
/// "sluis:P0001:jeugdhulp_2026H1:portal:12:20261122T101500Z": the namespace in which a portal signs for a person.
std::string portalNamespace(std::string_view expectedNamespace, const Uploader& uploader);
/// The way back; nullopt for anything but exactly such a namespace with that beginning (compared case-insensitively).
std::optional<Uploader> uploaderIn(std::string_view nameSpace, std::string_view expectedNamespace);

/// The registered signer whose signature it is; or SIG02 (does not fit), SIG03 (not registered), SIG04 (expired,
/// revoked, too weak), with a Dutch detail. `digests` must hold the one that `facts.digestAlgorithm` names. `now` is
/// the moment of receipt. The namespace is compared case-insensitively; a signer of kind portal must use one of
/// portalNamespace(), with a second factor of before `now`, and nobody else may.
Result<SignerId, Refusal> judge(const plugin::SignatureFacts& facts, const crypto::Digests& digests,
                                std::string_view expectedNamespace, std::span<const RegisteredSigner> signers,
                                Instant now);

/// How the signing key of `facts` is called in texts, registered or not: its fingerprint; empty when it is not known.
std::string describeSigner(const plugin::SignatureFacts& facts);

}  // namespace sluis::verify
