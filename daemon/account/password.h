// Passwords: Argon2id (libargon2; 19 MiB, 2 passes, 1 lane: OWASP Password Storage Cheat Sheet), at least 12
// characters, not a common one (config/portal/common-passwords.txt), not the account's own name. No other rules (NIST
// SP 800-63B §5.1.1.2). Secrets are wiped after use.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "account/account.h"

namespace sluis::account {

class Passwords {
 public:
  /// `common`: a list, one a line. `atOnce`: hashes in the works at most, each takes 19 MiB; others wait.
  explicit Passwords(const std::filesystem::path& common, int atOnce = 2);
  ~Passwords();

  /// Why it cannot be this account's password: the key of the words; nullopt = fine. "password.too-short" (under 12
  /// characters), "password.too-long" (over 256 bytes), "password.common" (one of the list, with or without digits and
  /// signs after it; a few characters or a common word again and again; a run like 123456789012), "password.own-name"
  /// (little beside the account's user and name).
  std::optional<std::string> refusal(std::string_view password, const Account& account) const;
  /// "$argon2id$v=19$m=19456,t=2,p=1$…".
  std::string hash(std::string_view password) const;
  /// With no hash (no such account) it takes the same time and is false.
  bool fits(std::string_view password, const std::optional<std::string>& hash) const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

/// Makes an invited account active. Error (usage) when it is disabled. Sessions and links are the caller's business.
void setPassword(postgres::Transaction& transaction, std::int64_t account, std::string_view hash, Instant at);
std::optional<std::string> passwordHashOf(postgres::Connection& connection, std::string_view user);

}  // namespace sluis::account
