// Who a broker says somebody is: an ID token (OpenID Connect Core 1.0 §3.1.3.7), checked in full before a word of it is
// believed.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "oidc/token.h"

namespace sluis::oidc {

/// A clock of ours and one of the broker's may differ so much.
inline constexpr auto kClockSlack = std::chrono::seconds(60);
/// An ID token is for now: one that was made longer ago was kept somewhere.
inline constexpr auto kOldestToken = std::chrono::minutes(10);

struct Expected {
  std::string issuer{};
  std::string clientId{};
  std::string nonce{};
};

struct Identity {
  std::string subject{};    ///< "sub": at most 255 printable ASCII characters
  std::string assurance{};  ///< "acr"; empty when the broker does not say
  std::string mail{};       ///< lower case; empty unless the broker has verified it
};

/// The signature is checked against `keys`; then issuer, audience, times and nonce. The reason otherwise, for the log.
Result<Identity, std::string> checkIdToken(const Token& token, const std::vector<Key>& keys, const Expected& expected,
                                           Instant now);

}  // namespace sluis::oidc
