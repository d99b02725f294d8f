// The portal of a sandbox: its certificate authority and certificate, its keys, and one ready account for each role.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include <nlohmann/json.hpp>

#include "account/account.h"
#include "config/config.h"
#include "config/layout.h"
#include "postgres/connection.h"

namespace sluis::cli {

class SandboxPortal {
 public:
  /// `folder` is the sandbox's own portal/.
  SandboxPortal(std::filesystem::path folder, std::uint16_t port) : folder_(std::move(folder)), port_(port) {}

  /// Certificates and keys, where there are none yet.
  void makeFiles() const;
  void configure(config::Portal& portal, const config::Layout& layout) const;
  /// Accounts that can sign in at once, where there are none yet: of the municipality, of provider P0001, of the TTP.
  void enrol(postgres::Connection& connection, const config::Portal& portal, std::uint16_t municipality) const;
  /// Whether it answers over TLS.
  bool answers() const;
  /// {"url", "ca", "accounts": [{"role", "user", "password", "totp_secret"}]}.
  nlohmann::ordered_json describe() const;

 private:
  struct Person {
    account::Role role;
    const char* user;
    const char* name;
  };
  static const std::vector<Person>& people();
  std::filesystem::path file(const char* name) const { return folder_ / name; }
  nlohmann::json secrets() const;

  std::filesystem::path folder_;
  std::uint16_t port_;
};

}  // namespace sluis::cli
