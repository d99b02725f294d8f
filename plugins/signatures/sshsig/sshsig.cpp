#include "sshsig/sshsig.h"

#include <algorithm>

#include "crypto/ssh_key.h"

namespace sluis::sshsig {

namespace {

using crypto::SshFields;
using plugin::SignatureFacts;

constexpr std::string_view kBegin = "-----BEGIN SSH SIGNATURE-----";
constexpr std::string_view kEnd = "-----END SSH SIGNATURE-----";
constexpr std::string_view kMagic = "SSHSIG";
constexpr std::uint32_t kVersion = 1;
constexpr std::size_t kLongestNamespace = 256;
// Of ECDSA on P-521, with a sign byte.
constexpr std::size_t kLongestNumber = 67;

bool isPrintable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7f; });
}

std::optional<Bytes> unarmoured(std::string_view text) {
  if (!text.starts_with(kBegin)) return std::nullopt;
  text.remove_prefix(kBegin.size());
  // The armour goes over many systems that make CRLF of LF.
  if (!text.starts_with('\n') && !text.starts_with("\r\n")) return std::nullopt;
  const std::size_t end = text.find(kEnd);
  if (end == std::string_view::npos || text[end - 1] != '\n') return std::nullopt;
  if (text.find_first_not_of(" \t\r\n", end + kEnd.size()) != std::string_view::npos) return std::nullopt;
  return fromBase64(text.substr(0, end));
}

// mpint r, mpint s (RFC 5656 §3.1.2) -> both big-endian, equally long, one after the other.
std::optional<Bytes> ecdsaHalves(BytesView value) {
  SshFields fields(value);
  BytesView numbers[2];
  if (!fields.string(numbers[0]) || !fields.string(numbers[1]) || !fields.rest().empty()) return std::nullopt;
  std::size_t half = 0;
  for (BytesView& number : numbers) {
    if (number.empty() || number.size() > kLongestNumber || (number[0] & std::byte{0x80}) != std::byte{0})
      return std::nullopt;
    while (!number.empty() && number[0] == std::byte{0}) number = number.subspan(1);
    half = std::max(half, number.size());
  }
  Bytes halves(2 * half);
  for (std::size_t i = 0; i < 2; ++i)
    std::copy(numbers[i].begin(), numbers[i].end(),
              halves.begin() + static_cast<std::ptrdiff_t>((i + 1) * half - numbers[i].size()));
  return halves;
}

std::string_view digestInside(std::string_view algorithm) {
  if (algorithm == "rsa-sha2-256" || algorithm == "ecdsa-sha2-nistp256") return "sha256";
  if (algorithm == "ecdsa-sha2-nistp384") return "sha384";
  if (algorithm == "rsa-sha2-512" || algorithm == "ecdsa-sha2-nistp521") return "sha512";
  return {};
}

std::optional<SignatureFacts> parseBlob(BytesView blob) {
  if (blob.size() < kMagic.size() || asText(blob.first(kMagic.size())) != kMagic) return std::nullopt;
  SshFields fields(blob.subspan(kMagic.size()));
  std::uint32_t version = 0;
  BytesView key;
  BytesView nameSpace;
  BytesView reserved;
  BytesView hash;
  BytesView wrapped;
  if (!fields.number(version) || version != kVersion || !fields.string(key) || !fields.string(nameSpace) ||
      !fields.string(reserved) || !fields.string(hash) || !fields.string(wrapped) || !fields.rest().empty())
    return std::nullopt;
  if (key.empty() || nameSpace.empty() || nameSpace.size() > kLongestNamespace || !isPrintable(asText(nameSpace)) ||
      !reserved.empty() || (asText(hash) != "sha256" && asText(hash) != "sha512"))
    return std::nullopt;
  SshFields inner(wrapped);
  BytesView algorithm;
  BytesView value;
  if (!inner.string(algorithm) || algorithm.empty() || algorithm.size() > 64 || !isPrintable(asText(algorithm)) ||
      !inner.string(value) || value.empty())
    return std::nullopt;
  SignatureFacts facts;
  facts.scheme = "sshsig";
  facts.nameSpace = asText(nameSpace);
  facts.digestAlgorithm = asText(hash);
  facts.signatureAlgorithm = asText(algorithm);
  facts.signatureDigest = digestInside(facts.signatureAlgorithm);
  facts.signerKey.assign(key.begin(), key.end());
  facts.signature.assign(value.begin(), value.end());
  // Security keys put a flag and a counter behind the value; they can never be registered, so verify/ names the key.
  if (!inner.rest().empty() && !facts.signatureAlgorithm.starts_with("sk-")) return std::nullopt;
  if (facts.signatureAlgorithm.starts_with("ecdsa-")) {
    std::optional<Bytes> halves = ecdsaHalves(value);
    if (!halves) return std::nullopt;
    facts.signature = std::move(*halves);
  }
  return facts;
}

}  // namespace

std::optional<SignatureFacts> SshsigParser::parse(std::span<const std::byte> signatureFile) noexcept try {
  if (signatureFile.size() > kLongestFile) return std::nullopt;
  const std::optional<Bytes> blob = unarmoured(asText(signatureFile));
  return blob ? parseBlob(*blob) : std::nullopt;
} catch (...) {
  return std::nullopt;
}

}  // namespace sluis::sshsig
