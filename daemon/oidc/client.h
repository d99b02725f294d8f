// Signing in by a broker (OpenID Connect Core 1.0): where to send the browser, and what came of it when it is back.
// Authorization code with PKCE (RFC 7636, S256); state, nonce and verifier are made of one secret that only that
// browser has (a cookie), so nothing is kept here between the two.
//
// Talks TLS only, to a broker whose certificate and name fit; follows no redirect; an answer has kLargestAnswer bytes
// and kPatience at most. Never trusts a user's name from the browser: only the ID token that the broker hands over
// itself. What the broker or the browser does wrong is a reason, for the log; what cannot be reached is an Error
// (network).
#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"
#include "oidc/id_token.h"

namespace sluis::oidc {

inline constexpr std::size_t kLargestAnswer = 256 << 10;
inline constexpr auto kPatience = std::chrono::seconds(10);

struct Settings {
  std::string issuer{};
  std::string clientId{};
  Secret clientSecret{};
  std::optional<std::filesystem::path> authorities{};  ///< PEM; none = what the system trusts
  std::string back{};                                  ///< where the broker sends the browser: "https://…/oidc/back"
  std::vector<std::string> assurance{};                ///< what to ask for (acr_values)
};

/// What the browser brought back.
struct Return {
  std::string code{};
  std::string state{};
  std::string issuer{};  ///< "iss" (RFC 9207); empty when the broker does not say
  std::string error{};   ///< "access_denied"; empty when all is well
};

class Client {
 public:
  explicit Client(Settings settings);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  /// The broker's address for that browser. `binding`: at least 32 random bytes as text, kept in a cookie of it.
  std::string addressFor(std::string_view binding, Instant now);
  /// Who it is. Each binding is for one use: the caller forgets the cookie.
  Result<Identity, std::string> finish(std::string_view binding, const Return& back, Instant now);

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

/// PKCE, state and nonce of a binding.
struct Flow {
  std::string state{};
  std::string nonce{};
  std::string verifier{};
  std::string challenge{};  ///< S256 of the verifier
};
Flow flowOf(std::string_view binding);

}  // namespace sluis::oidc
