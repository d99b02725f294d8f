// A signed token (JWS, compact form: RFC 7515) taken apart, and the keys of a broker (JWK set: RFC 7517) that it may be
// checked with. Bytes of strangers: bounded, strict, and wrong in any way = a reason, never an exception.
//
// Never: an algorithm beside RS256, PS256 and ES256 (no "none", no HMAC under a public key), a key that the token
// brings along, a short RSA key. Reasons are for the log: they quote nothing of the token.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/encoding.h"
#include "base/result.h"
#include "crypto/public_key.h"

namespace sluis::oidc {

inline constexpr std::size_t kLongestToken = 16 << 10;
inline constexpr std::size_t kLargestKeySet = 256 << 10;
inline constexpr std::size_t kMostKeys = 50;

enum class Algorithm : std::uint8_t { rs256, ps256, es256 };

/// The member of that name when it is a text; "" otherwise.
std::string stringOf(const nlohmann::json& object, const char* name);

struct Token {
  Algorithm algorithm = Algorithm::rs256;
  std::string keyId{};       ///< "kid"; empty when there is none
  std::string signedText{};  ///< what the signature is over
  Bytes signature{};
  nlohmann::json claims{};  ///< an object
};

/// Takes apart; checks no signature.
Result<Token, std::string> parseToken(std::string_view text);

struct Key {
  std::string id{};
  std::optional<Algorithm> algorithm{};  ///< when it is for one only
  crypto::PublicKey key;
};

/// Those of the set that can check a signature here; others (encryption keys, other curves) are passed over, as
/// RFC 7517 §5 asks.
Result<std::vector<Key>, std::string> parseKeys(std::string_view json);

/// Whether one of these keys made the signature. A token that names its key is checked with that one only.
bool isSignedBy(const Token& token, const std::vector<Key>& keys);
/// Whether the key that it names is among them; when it names none, true.
bool names(const Token& token, const std::vector<Key>& keys);

}  // namespace sluis::oidc
