// One made-up provider of a sandbox: its keys on disk and its place in the register.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include <nlohmann/json.hpp>

#include "config/config.h"
#include "postgres/connection.h"

namespace sluis::cli {

class SandboxProvider {
 public:
  /// Number 1 is P0001, with its files in `folder`/p0001.
  SandboxProvider(const std::filesystem::path& folder, int number);

  const std::string& code() const { return code_; }
  const std::string& user() const { return user_; }
  /// Login key, signing key and certificate: those that are missing.
  void makeFiles() const;
  /// Into the register, with an agreement for jeugdhulp with that municipality since 2015. The first provider's people
  /// may upload in the portal without a signature.
  void enrol(postgres::Connection& connection, std::uint16_t municipality, const config::Portal& portal) const;
  /// As CONTRACT §2 prints it.
  nlohmann::ordered_json describe() const;

 private:
  std::filesystem::path file(const char* name) const { return folder_ / name; }

  std::string code_;
  std::string user_;
  std::string mail_;
  std::filesystem::path folder_;
};

/// An Ed25519 key pair at `file` and `file`.pub, unless both are there.
void makeSshKey(const std::filesystem::path& file, const std::string& comment);

}  // namespace sluis::cli
