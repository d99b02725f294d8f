// The second factor: a time-based code (TOTP, RFC 6238: SHA-1, 6 digits, 30 s; liboath), ten recovery codes for when
// the telephone is gone. The TOTP secret is sealed (AES-256-GCM, bound to the account) under a key file that only the
// portal reads; a code works once.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "account/session.h"

namespace sluis::account {

class SecondFactor {
 public:
  /// `sealKey`: 32 bytes in hex, one line. Error (config) when it is not.
  explicit SecondFactor(const std::filesystem::path& sealKey);
  ~SecondFactor();

  /// A new secret, not yet in force: base32, to be shown once.
  std::string newSecret() const;
  /// "otpauth://totp/…" for the QR image; `issuer` as people see it.
  static std::string address(std::string_view secret, std::string_view user, std::string_view issuer);
  /// The QR code of a text as an SVG without styles (libqrencode).
  static std::string qrSvg(std::string_view text);

  /// A right code for that secret at that moment, one step of slack: its step; nullopt = wrong.
  static std::optional<std::int64_t> stepOf(std::string_view secret, std::string_view code, Instant at);
  /// The secret this session is to enrol with, the same until it did: new, and kept sealed with the session.
  std::string pendingSecret(postgres::Transaction& transaction, const Session& session) const;
  /// In force from now on, and that code is used up. Returns the ten new recovery codes ("abcd-efgh-jk"), shown once.
  std::vector<std::string> enrol(postgres::Transaction& transaction, std::int64_t account, std::string_view secret,
                                 std::int64_t step, Instant at) const;
  std::vector<std::string> newRecoveryCodes(postgres::Transaction& transaction, std::int64_t account, Instant at) const;
  /// The code is right, and newer than the last one used.
  bool accept(postgres::Transaction& transaction, std::int64_t account, std::string_view code, Instant at) const;
  /// A recovery code, used up by this. Spaces, hyphens and case do not matter.
  bool acceptRecovery(postgres::Transaction& transaction, std::int64_t account, std::string_view code,
                      Instant at) const;
  static int recoveryCodesLeft(postgres::Connection& connection, std::int64_t account);

  /// An account that is ready for use, without a mail: for the sandbox and tests. No `secret` = no second factor.
  Account enrolled(postgres::Transaction& transaction, const NewAccount& account, std::string_view passwordHash,
                   std::string_view secret, Instant at) const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace sluis::account
