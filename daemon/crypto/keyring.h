// The TTP's secret keys: one file each, "<name>.<version>.key", 64 hex digits and a newline.
//
// Names: "pseudonym" (step 1 of JEUGDHULP §6), "domain-GM0034" (step 2 for that municipality) and "cell" (the keys of
// the counted units, JEUGDHULP §9.2). Key files that others could read, and files that are no key, are an Error with a
// hint. Never prints a key, never overwrites or destroys one.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/secret.h"

namespace sluis::crypto {

struct Key {
  std::string name;
  std::uint16_t version = 0;  ///< from 1
  Secret secret;              ///< 32 bytes
};

class Keyring {
 public:
  /// The keys of one folder. `prefix` is what stands before each file name: systemd's LoadCredential=keys:FOLDER puts
  /// them as "keys_<file>" in $CREDENTIALS_DIRECTORY; other files there are left alone.
  static Keyring load(const std::filesystem::path& folder, std::string_view prefix = {});
  /// From $CREDENTIALS_DIRECTORY with prefix "keys_" when that holds any key, from `folder` otherwise.
  static Keyring loadCredentialsOr(const std::filesystem::path& folder);

  /// nullptr when there is none.
  const Key* find(std::string_view name, std::uint16_t version) const;
  /// The highest version; nullptr when there is none of that name.
  const Key* latest(std::string_view name) const;
  /// Ordered by name, then version.
  std::vector<const Key*> list() const;

  /// Makes a random key, the next version of `name`, and writes it durably with mode 0600 into the folder this ring was
  /// loaded from. Error (usage) for a name outside [A-Za-z][A-Za-z0-9-]{0,31}.
  const Key& create(std::string_view name);

  /// Puts a key out of use: its file gets the ending ".retired", which load() passes by. Where it lies then. Error
  /// (usage) when there is no such key, or these are credentials.
  std::filesystem::path retire(std::string_view name, std::uint16_t version);

  /// "domain-GM0034".
  static std::string domainName(std::uint16_t municipality);
  static constexpr std::string_view kPseudonym = "pseudonym";
  static constexpr std::string_view kCell = "cell";

 private:
  std::filesystem::path folder_;
  std::string prefix_;
  std::map<std::string, std::map<std::uint16_t, Key>, std::less<>> keys_;
};

}  // namespace sluis::crypto
