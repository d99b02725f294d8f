// One provider as the gate needs to know it: the text file <user>.roster that sluisd writes and the gate reads.
//
// The roster is all the gate knows of the register: who may log in with which keys, and how much they may send. It
// never holds a secret. Strict in both directions: what encodeRoster() writes, parseRoster() reads back to the same
// value, and anything else (an unknown or missing line, a second one, a wrong order) is refused, so that a half-written
// or tampered file lets nobody in.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace sluis {

struct RosterEntry {
  /// As registered: "P0001".
  std::string provider;
  /// The login name, and the name of the provider's drop folder: the code in lower case.
  std::string user;
  /// A suspended provider is not let in.
  bool suspended = false;
  /// The largest file that is taken, in bytes.
  std::uint64_t maxFileBytes = 0;
  /// What may lie in inbox/ and test/ together, in bytes.
  std::uint64_t quotaBytes = 0;
  /// Login keys as in authorized_keys: "ssh-ed25519 AAAA… comment". Options before the type are refused.
  std::vector<std::string> loginKeys;

  bool operator==(const RosterEntry&) const = default;
};

/// Whether `user` can be a login name: 1–32 of a–z, 0–9, '-' and '_', beginning with a letter. Nothing else ever
/// becomes part of a path.
bool isRosterUser(std::string_view user);

/// "<user>.roster".
std::string rosterFileName(std::string_view user);

/// The file's text. The entry must be one that parseRoster() accepts; std::logic_error otherwise (a bug in the caller).
std::string encodeRoster(const RosterEntry& entry);

/// The entry, or what is wrong with the text, with its line number.
Result<RosterEntry, std::string> parseRoster(std::string_view text);

}  // namespace sluis
