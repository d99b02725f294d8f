#include "oidc/token.h"

#include <algorithm>
#include <limits>

#include "crypto/ssh_key.h"

namespace sluis::oidc {

namespace {

using nlohmann::json;

// Deep nesting costs stack in the parser; tokens and key sets have a few levels.
constexpr int kDeepest = 8;

std::optional<json> parseObject(std::string_view text) {
  bool tooDeep = false;
  json parsed = json::parse(
      text,
      [&](int depth, json::parse_event_t, json&) {
        tooDeep = tooDeep || depth > kDeepest;
        return !tooDeep;
      },
      false);
  if (tooDeep || !parsed.is_object()) return std::nullopt;
  return parsed;
}

std::optional<Algorithm> algorithmFrom(std::string_view name) {
  if (name == "RS256") return Algorithm::rs256;
  if (name == "PS256") return Algorithm::ps256;
  if (name == "ES256") return Algorithm::es256;
  return std::nullopt;
}

// An mpint (RFC 4251 §5): no leading zeros, and one in front of a set top bit.
void appendSshInteger(Bytes& blob, const Bytes& number) {
  auto begin = std::find_if(number.begin(), number.end(), [](std::byte each) { return each != std::byte{0}; });
  Bytes digits(begin, number.end());
  if (!digits.empty() && (digits.front() & std::byte{0x80}) != std::byte{0})
    digits.insert(digits.begin(), std::byte{0});
  crypto::appendSshString(blob, digits);
}

// crypto knows how to judge a key in SSH's form: the same numbers in another order.
std::optional<Bytes> sshBlobOf(const json& jwk) {
  Bytes blob;
  if (stringOf(jwk, "kty") == "RSA") {
    const auto modulus = fromBase64Url(stringOf(jwk, "n"));
    const auto exponent = fromBase64Url(stringOf(jwk, "e"));
    if (!modulus || !exponent || modulus->empty() || exponent->empty()) return std::nullopt;
    crypto::appendSshString(blob, asBytes("ssh-rsa"));
    appendSshInteger(blob, *exponent);
    appendSshInteger(blob, *modulus);
    return blob;
  }
  if (stringOf(jwk, "kty") != "EC" || stringOf(jwk, "crv") != "P-256") return std::nullopt;
  const auto x = fromBase64Url(stringOf(jwk, "x"));
  const auto y = fromBase64Url(stringOf(jwk, "y"));
  if (!x || !y || x->size() != 32 || y->size() != 32) return std::nullopt;
  crypto::appendSshString(blob, asBytes("ecdsa-sha2-nistp256"));
  crypto::appendSshString(blob, asBytes("nistp256"));
  Bytes point{std::byte{4}};
  point.insert(point.end(), x->begin(), x->end());
  point.insert(point.end(), y->begin(), y->end());
  crypto::appendSshString(blob, point);
  return blob;
}

std::optional<Key> keyFrom(const json& jwk) {
  if (!jwk.is_object() || (jwk.contains("use") && stringOf(jwk, "use") != "sig")) return std::nullopt;
  std::optional<Algorithm> algorithm;
  if (jwk.contains("alg")) {
    algorithm = algorithmFrom(stringOf(jwk, "alg"));
    if (!algorithm) return std::nullopt;
  }
  const auto blob = sshBlobOf(jwk);
  if (!blob) return std::nullopt;
  auto key = crypto::PublicKey::fromSshBlob(*blob);
  if (!key || key->isTooWeak()) return std::nullopt;
  return Key{stringOf(jwk, "kid"), algorithm, std::move(*key)};
}

bool fits(const Token& token, const Key& key) {
  if (key.algorithm && *key.algorithm != token.algorithm) return false;
  const bool isRsa = key.key.kind() == crypto::KeyKind::rsa;
  if (isRsa == (token.algorithm == Algorithm::es256)) return false;
  // RFC 7518 §3.4: r and s, 32 bytes each.
  if (token.algorithm == Algorithm::es256 && token.signature.size() != 64) return false;
  const crypto::SignatureMethod method{
      key.key.kind(), crypto::DigestAlgorithm::sha256,
      token.algorithm == Algorithm::ps256 ? crypto::RsaPadding::pss : crypto::RsaPadding::pkcs1};
  return key.key.verify(asBytes(token.signedText), token.signature, method);
}

}  // namespace

std::string stringOf(const nlohmann::json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

Result<Token, std::string> parseToken(std::string_view text) {
  if (text.size() > kLongestToken) return failure(std::string("the token is too long"));
  const auto first = text.find('.');
  const auto second = first == std::string_view::npos ? first : text.find('.', first + 1);
  if (second == std::string_view::npos || text.find('.', second + 1) != std::string_view::npos)
    return failure(std::string("the token does not have three parts"));
  const auto headText = fromBase64Url(text.substr(0, first));
  const auto claimsText = fromBase64Url(text.substr(first + 1, second - first - 1));
  auto signature = fromBase64Url(text.substr(second + 1));
  if (!headText || !claimsText || !signature) return failure(std::string("the token is not base64url"));
  const auto head = parseObject(asText(*headText));
  auto claims = parseObject(asText(*claimsText));
  if (!head || !claims) return failure(std::string("the token does not hold JSON objects"));
  const auto algorithm = algorithmFrom(stringOf(*head, "alg"));
  if (!algorithm) return failure(std::string("the token is signed in a way that is not accepted"));
  // RFC 7515 §4.1.11: what must be understood and is not, makes it invalid; b64 changes what is signed.
  if (head->contains("crit") || head->contains("b64"))
    return failure(std::string("the token asks for something that is not known here"));
  return Token{*algorithm, stringOf(*head, "kid"), std::string(text.substr(0, second)), std::move(*signature),
               std::move(*claims)};
}

Result<std::vector<Key>, std::string> parseKeys(std::string_view text) {
  if (text.size() > kLargestKeySet) return failure(std::string("the key set is too large"));
  const auto set = parseObject(text);
  if (!set || !set->contains("keys") || !(*set)["keys"].is_array())
    return failure(std::string("the key set is not one"));
  std::vector<Key> keys;
  for (const json& jwk : (*set)["keys"]) {
    if (keys.size() == kMostKeys) break;
    if (auto key = keyFrom(jwk)) keys.push_back(std::move(*key));
  }
  return keys;
}

bool isSignedBy(const Token& token, const std::vector<Key>& keys) {
  return std::any_of(keys.begin(), keys.end(), [&](const Key& key) {
    return (token.keyId.empty() || token.keyId == key.id) && fits(token, key);
  });
}

bool names(const Token& token, const std::vector<Key>& keys) {
  return token.keyId.empty() ||
         std::any_of(keys.begin(), keys.end(), [&](const Key& key) { return key.id == token.keyId; });
}

}  // namespace sluis::oidc
