#include "oidc/id_token.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <optional>

namespace sluis::oidc {

namespace {

using nlohmann::json;

constexpr std::size_t kLongestSubject = 255;  // OpenID Connect Core §2
constexpr std::size_t kLongestMail = 254;

// NumericDate (RFC 7519 §2) may have a fraction. Beyond the year 9999 nothing is meant.
std::optional<Instant> instantOf(const json& claims, const char* name) {
  const auto found = claims.find(name);
  if (found == claims.end() || !found->is_number()) return std::nullopt;
  const double seconds = found->get<double>();
  if (!(seconds >= 0 && seconds < 253402300800.0)) return std::nullopt;
  return Instant(std::chrono::seconds(static_cast<std::int64_t>(seconds)));
}

bool isFor(const json& claims, const std::string& clientId) {
  const auto audience = claims.find("aud");
  if (audience == claims.end()) return false;
  if (audience->is_string()) return audience->get<std::string>() == clientId;
  if (!audience->is_array()) return false;
  const bool named = std::any_of(audience->begin(), audience->end(), [&](const json& one) {
    return one.is_string() && one.get<std::string>() == clientId;
  });
  // With others beside us, it must have been asked for by us.
  return named && (audience->size() == 1 || stringOf(claims, "azp") == clientId);
}

bool isPrintable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c <= '~'; });
}

std::string verifiedMail(const json& claims) {
  const auto verified = claims.find("email_verified");
  if (verified == claims.end() || !verified->is_boolean() || !verified->get<bool>()) return {};
  std::string mail = stringOf(claims, "email");
  if (mail.size() > kLongestMail || !isPrintable(mail)) return {};
  std::transform(mail.begin(), mail.end(), mail.begin(), [](unsigned char c) { return std::tolower(c); });
  return mail;
}

}  // namespace

Result<Identity, std::string> checkIdToken(const Token& token, const std::vector<Key>& keys, const Expected& expected,
                                           Instant now) {
  if (!isSignedBy(token, keys)) return failure(std::string("the signature is not the broker's"));
  const json& claims = token.claims;
  if (stringOf(claims, "iss") != expected.issuer) return failure(std::string("the token is of another issuer"));
  if (!isFor(claims, expected.clientId)) return failure(std::string("the token is for another"));
  if (claims.contains("azp") && stringOf(claims, "azp") != expected.clientId)
    return failure(std::string("the token was asked for by another"));
  const auto expires = instantOf(claims, "exp");
  const auto issued = instantOf(claims, "iat");
  if (!expires || !issued) return failure(std::string("the token does not say from when until when"));
  if (now >= *expires + kClockSlack) return failure(std::string("the token has expired"));
  if (*issued > now + kClockSlack) return failure(std::string("the token is from the future"));
  if (*issued + kOldestToken < now) return failure(std::string("the token is old"));
  if (const auto from = instantOf(claims, "nbf"); claims.contains("nbf") && (!from || *from > now + kClockSlack))
    return failure(std::string("the token is not valid yet"));
  if (expected.nonce.empty() || stringOf(claims, "nonce") != expected.nonce)
    return failure(std::string("the token is not for this browser"));
  Identity identity{stringOf(claims, "sub"), stringOf(claims, "acr"), verifiedMail(claims)};
  if (identity.subject.empty() || identity.subject.size() > kLongestSubject || !isPrintable(identity.subject))
    return failure(std::string("the token names nobody"));
  return identity;
}

}  // namespace sluis::oidc
