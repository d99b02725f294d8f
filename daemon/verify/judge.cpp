#include "verify/judge.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <stdexcept>

#include <fmt/format.h>

#include "base/error.h"
#include "crypto/certificate.h"
#include "crypto/public_key.h"
#include "crypto/ssh_key.h"
#include "crypto/ssh_signer.h"
#include "verify/cms_attributes.h"

namespace sluis::verify {

namespace {

using crypto::DigestAlgorithm;
using crypto::KeyKind;
using crypto::PublicKey;
using crypto::SignatureMethod;
using enum RefusalCode;

// No key type we take signs with more; the worker could send 64 KiB.
constexpr std::size_t kLongestSignature = 2048;
constexpr std::size_t kLongestNamespace = 256;

using Verdict = Result<SignerId, Refusal>;

Verdict refuse(RefusalCode code, std::string detail) {
  return failure(Refusal{code, std::move(detail)});
}

constexpr std::string_view kPortal = ":portal:";

// "20261122T101500Z"
std::string momentText(Instant at) {
  const Day day = std::chrono::floor<std::chrono::days>(at);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(std::chrono::floor<std::chrono::seconds>(at - day));
  return fmt::format("{:04}{:02}{:02}T{:02}{:02}{:02}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), time.hours().count(),
                     time.minutes().count(), time.seconds().count());
}

std::optional<Instant> momentFrom(std::string_view text) {
  if (text.size() != 16 || text[8] != 'T' || text[15] != 'Z') return std::nullopt;
  const auto number = [&](std::size_t at, std::size_t digits) {
    int value = 0;
    for (const char c : text.substr(at, digits)) {
      if (c < '0' || c > '9') return -1;
      value = value * 10 + (c - '0');
    }
    return value;
  };
  const int hours = number(9, 2), minutes = number(11, 2), seconds = number(13, 2);
  const auto day = fromIsoDate(fmt::format("{}-{}-{}", text.substr(0, 4), text.substr(4, 2), text.substr(6, 2)));
  if (!day || hours < 0 || hours > 23 || minutes < 0 || minutes > 59 || seconds < 0 || seconds > 59)
    return std::nullopt;
  return Instant(*day) + std::chrono::hours(hours) + std::chrono::minutes(minutes) + std::chrono::seconds(seconds);
}

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool sameIgnoringCase(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return lower(x) == lower(y); });
}

std::string dayOf(Instant at) {
  return toIsoDate(std::chrono::floor<std::chrono::days>(at));
}

// What the register itself says about a signer; nullopt = it may sign.
std::optional<Refusal> notInForce(const RegisteredSigner& signer, Instant now) {
  if (signer.revokedAt && *signer.revokedAt <= now)
    return Refusal{SIG04,
                   fmt::format("De sleutel {} is ingetrokken op {}.", signer.fingerprint, dayOf(*signer.revokedAt))};
  if (signer.validFrom && now < *signer.validFrom)
    return Refusal{SIG04,
                   fmt::format("De sleutel {} is geldig vanaf {}.", signer.fingerprint, dayOf(*signer.validFrom))};
  if (signer.validUntil && *signer.validUntil <= now)
    return Refusal{SIG04,
                   fmt::format("De sleutel {} is verlopen op {}.", signer.fingerprint, dayOf(*signer.validUntil))};
  return std::nullopt;
}

Refusal tooWeak(const RegisteredSigner& signer) {
  return {SIG04, fmt::format("De RSA-sleutel {} is te kort; vanaf {} bits is toegestaan.", signer.fingerprint,
                             crypto::kLeastRsaBits)};
}

Refusal notThere(std::string_view expected) {
  return {SIG02, fmt::format("De handtekening is gemaakt voor een andere namespace; verwacht wordt {}.", expected)};
}

Refusal doesNotFit() {
  return {SIG02,
          "De handtekening hoort niet bij de bytes van dit bestand: het bestand is na het ondertekenen veranderd, "
          "of niet helemaal aangekomen."};
}

// The register is ours: a key there that cannot be read is our failure, not the sender's.
[[noreturn]] void throwUnreadable(const RegisteredSigner& signer) {
  throw Error(ErrorKind::crypto,
              fmt::format("the registered signer {} ({}) cannot be read", signer.id, signer.fingerprint),
              "register it again");
}

// --- SSH signatures (PROTOCOL.sshsig of OpenSSH) ---

std::optional<SignatureMethod> sshMethod(std::string_view algorithm) {
  if (algorithm == "ssh-ed25519") return SignatureMethod{KeyKind::ed25519, std::nullopt};
  if (algorithm == "rsa-sha2-256") return SignatureMethod{KeyKind::rsa, DigestAlgorithm::sha256};
  if (algorithm == "rsa-sha2-512") return SignatureMethod{KeyKind::rsa, DigestAlgorithm::sha512};
  if (algorithm == "ecdsa-sha2-nistp256") return SignatureMethod{KeyKind::ecdsa, DigestAlgorithm::sha256};
  if (algorithm == "ecdsa-sha2-nistp384") return SignatureMethod{KeyKind::ecdsa, DigestAlgorithm::sha384};
  if (algorithm == "ecdsa-sha2-nistp521") return SignatureMethod{KeyKind::ecdsa, DigestAlgorithm::sha512};
  return std::nullopt;
}

// A clock that was set back a little between signing and receipt.
constexpr auto kAhead = std::chrono::minutes(5);

// Whether it was made for this delivery: by the portal in a person's name, by everybody else in their own.
std::optional<Refusal> elsewhere(const plugin::SignatureFacts& facts, std::string_view expected, SignerKind kind,
                                 Instant now) {
  if (facts.nameSpace.size() > kLongestNamespace) return notThere(expected);
  if (kind != SignerKind::portal)
    return sameIgnoringCase(facts.nameSpace, expected) ? std::nullopt : std::optional<Refusal>(notThere(expected));
  const std::optional<Uploader> uploader = uploaderIn(facts.nameSpace, expected);
  if (!uploader || uploader->secondFactorAt > now + kAhead)
    return Refusal{SIG02,
                   "Deze handtekening van het portaal hoort bij een andere aanlevering; lever het bestand opnieuw aan "
                   "in het portaal."};
  return std::nullopt;
}

Verdict judgeSsh(const plugin::SignatureFacts& facts, const crypto::Digests& digests, std::string_view expected,
                 std::span<const RegisteredSigner> signers, Instant now) {
  const auto isTheKey = [&](const RegisteredSigner& one) {
    return one.kind != SignerKind::cms && one.key == facts.signerKey;
  };
  // One key may be registered again after a revocation: the registration that is in force counts.
  auto signer = std::find_if(signers.begin(), signers.end(),
                             [&](const RegisteredSigner& one) { return isTheKey(one) && !notInForce(one, now); });
  if (signer == signers.end()) signer = std::find_if(signers.begin(), signers.end(), isTheKey);
  if (signer == signers.end())
    return refuse(SIG03,
                  fmt::format("Ondertekend met de SSH-sleutel {}; die is niet geregistreerd voor uw organisatie.",
                              describeSigner(facts)));
  const Result<PublicKey, std::string> key = PublicKey::fromSshBlob(signer->key);
  if (!key) throwUnreadable(*signer);
  if (auto refusal = notInForce(*signer, now)) return failure(std::move(*refusal));
  if (key->isTooWeak()) return failure(tooWeak(*signer));
  if (auto refusal = elsewhere(facts, expected, signer->kind, now)) return failure(std::move(*refusal));
  if (facts.signatureAlgorithm == "ssh-rsa")
    return refuse(SIG02,
                  "De handtekening gebruikt SHA-1, dat niet meer is toegestaan; gebruik een recente ssh-keygen.");
  const std::optional<SignatureMethod> method = sshMethod(facts.signatureAlgorithm);
  const std::optional<DigestAlgorithm> hash = crypto::parseDigestAlgorithm(facts.digestAlgorithm);
  if (!method || !hash || *hash == DigestAlgorithm::sha384)
    return refuse(SIG02, "De handtekening gebruikt een algoritme dat niet is toegestaan.");
  const BytesView digest = digests.of(*hash);
  if (digest.empty()) throw std::logic_error("the digest that the signature names was not taken");
  const Bytes message = crypto::sshSignedBytes(facts.nameSpace, facts.digestAlgorithm, digest);
  if (!key->verify(message, facts.signature, *method)) return failure(doesNotFit());
  return signer->id;
}

// --- CMS signatures (RFC 5652), the signer's certificate pinned in the register ---

std::optional<SignatureMethod> cmsMethod(const plugin::SignatureFacts& facts) {
  const std::optional<DigestAlgorithm> digest = crypto::parseDigestAlgorithm(facts.signatureDigest);
  if (facts.signatureAlgorithm == "ed25519") return SignatureMethod{KeyKind::ed25519, std::nullopt};
  if (!digest) return std::nullopt;
  if (facts.signatureAlgorithm == "rsa-pkcs1") return SignatureMethod{KeyKind::rsa, digest, crypto::RsaPadding::pkcs1};
  if (facts.signatureAlgorithm == "rsa-pss") return SignatureMethod{KeyKind::rsa, digest, crypto::RsaPadding::pss};
  if (facts.signatureAlgorithm == "ecdsa") return SignatureMethod{KeyKind::ecdsa, digest};
  return std::nullopt;
}

bool names(const plugin::SignatureFacts& facts, const crypto::Certificate& certificate) {
  return certificate.der == facts.signerKey ||
         (!facts.signerId.empty() &&
          (facts.signerId == certificate.issuerAndSerial || facts.signerId == certificate.subjectKeyId));
}

Verdict judgeCmsWith(const RegisteredSigner& signer, const crypto::Certificate& certificate,
                     const plugin::SignatureFacts& facts, const crypto::Digests& digests, Instant now) {
  if (auto refusal = notInForce(signer, now)) return failure(std::move(*refusal));
  if (now < certificate.notBefore)
    return refuse(SIG04, fmt::format("Het certificaat is geldig vanaf {}.", dayOf(certificate.notBefore)));
  if (certificate.notAfter < now)
    return refuse(SIG04, fmt::format("Het certificaat is verlopen op {}.", dayOf(certificate.notAfter)));
  if (certificate.key.isTooWeak()) return failure(tooWeak(signer));
  const std::optional<SignatureMethod> method = cmsMethod(facts);
  const std::optional<DigestAlgorithm> hash = crypto::parseDigestAlgorithm(facts.digestAlgorithm);
  if (!method || !hash)
    return refuse(SIG02,
                  "De handtekening gebruikt een algoritme dat niet is toegestaan; neem SHA-256, SHA-384 of SHA-512.");
  const BytesView digest = digests.of(*hash);
  if (digest.empty()) throw std::logic_error("the digest that the signature names was not taken");
  if (!facts.signedAttributes.empty()) {
    if (!attributesSign(facts.signedAttributes, digest)) return failure(doesNotFit());
    if (!certificate.key.verify(facts.signedAttributes, facts.signature, *method)) return failure(doesNotFit());
    return signer.id;
  }
  if (method->kind == KeyKind::ed25519)
    return refuse(SIG02, "Een CMS-handtekening met Ed25519 moet ondertekende attributen hebben.");
  if (method->digest != hash || !certificate.key.verifyDigest(digest, facts.signature, *method))
    return failure(doesNotFit());
  return signer.id;
}

Verdict judgeCms(const plugin::SignatureFacts& facts, const crypto::Digests& digests,
                 std::span<const RegisteredSigner> signers, Instant now) {
  // One certificate may be registered again after a revocation: a later refusal must not hide an earlier success.
  std::optional<Refusal> refusal;
  for (const RegisteredSigner& signer : signers) {
    if (signer.kind != SignerKind::cms) continue;
    const Result<crypto::Certificate, std::string> certificate = crypto::Certificate::parse(signer.key);
    if (!certificate) throwUnreadable(signer);
    if (!names(facts, *certificate)) continue;
    Verdict verdict = judgeCmsWith(signer, *certificate, facts, digests, now);
    if (verdict) return verdict;
    if (!refusal || refusal->code == SIG04) refusal = std::move(verdict.error());
  }
  if (refusal) return failure(std::move(*refusal));
  const std::string who = describeSigner(facts);
  return refuse(SIG03, who.empty()
                           ? "Het certificaat van de ondertekenaar is niet geregistreerd voor uw organisatie."
                           : fmt::format("Ondertekend met het certificaat {}; dat is niet geregistreerd voor uw "
                                         "organisatie.",
                                         who));
}

}  // namespace

std::string expectedNamespace(const ProviderCode& provider, std::string_view dataset, const Period& period) {
  return fmt::format("sluis:{}:{}_{}", provider.text(), dataset, period.text());
}

std::string portalNamespace(std::string_view expectedNamespace, const Uploader& uploader) {
  return fmt::format("{}{}{}:{}", expectedNamespace, kPortal, uploader.account, momentText(uploader.secondFactorAt));
}

std::optional<Uploader> uploaderIn(std::string_view nameSpace, std::string_view expectedNamespace) {
  const std::string begin = fmt::format("{}{}", expectedNamespace, kPortal);
  if (nameSpace.size() < begin.size() || !sameIgnoringCase(nameSpace.substr(0, begin.size()), begin))
    return std::nullopt;
  const std::string_view rest = nameSpace.substr(begin.size());
  const std::size_t colon = rest.find(':');
  if (colon == std::string_view::npos || rest[0] == '0') return std::nullopt;
  Uploader uploader;
  const char* end = rest.data() + colon;
  const auto [stopped, failed] = std::from_chars(rest.data(), end, uploader.account);
  const auto moment = momentFrom(rest.substr(colon + 1));
  if (failed != std::errc() || stopped != end || uploader.account <= 0 || !moment) return std::nullopt;
  uploader.secondFactorAt = *moment;
  return uploader;
}

std::string describeSigner(const plugin::SignatureFacts& facts) {
  if (facts.signerKey.empty()) return {};
  if (facts.scheme == "sshsig") return crypto::sshFingerprint(facts.signerKey);
  return "SHA256:" + toHex(crypto::sha256(facts.signerKey));
}

Result<SignerId, Refusal> judge(const plugin::SignatureFacts& facts, const crypto::Digests& digests,
                                std::string_view expectedNamespace, std::span<const RegisteredSigner> signers,
                                Instant now) {
  if (facts.signature.empty() || facts.signature.size() > kLongestSignature)
    return refuse(SIG02, "De handtekening heeft niet de juiste vorm.");
  if (facts.scheme == "sshsig") return judgeSsh(facts, digests, expectedNamespace, signers, now);
  if (facts.scheme == "cms") return judgeCms(facts, digests, signers, now);
  return refuse(SIG02, "De vorm van de handtekening wordt niet herkend.");
}

}  // namespace sluis::verify
