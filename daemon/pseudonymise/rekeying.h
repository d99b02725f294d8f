// Pseudonyms from one version of a domain's key to another (JEUGDHULP §6): step 2 undone and done again. Works on what
// is stored, whatever it was made from: a number, a pre-pseudonym, neither. Never needs a number, never keeps a
// pseudonym. A missing key is an Error (config) that names it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <utility>

#include "crypto/keyring.h"
#include "crypto/permutation.h"

namespace sluis::pseudonymise {

/// The key of that version, or an Error that says which file must be put back.
const crypto::Key& domainKey(const crypto::Keyring& keys, std::uint16_t municipality, std::uint16_t version);
/// The one of the highest version, or an Error that says how to make one.
const crypto::Key& latestDomainKey(const crypto::Keyring& keys, std::uint16_t municipality);

class Rekeying {
 public:
  /// `keys` must outlive it. For one thread.
  explicit Rekeying(const crypto::Keyring& keys) : keys_(keys) {}

  /// In place; 16 bytes each.
  void apply(std::uint16_t municipality, std::uint16_t from, std::uint16_t to, std::span<std::byte> pseudonyms);

 private:
  const crypto::Permutation128& permutation(std::uint16_t municipality, std::uint16_t version);

  const crypto::Keyring& keys_;
  std::map<std::pair<std::uint16_t, std::uint16_t>, crypto::Permutation128> permutations_;
};

}  // namespace sluis::pseudonymise
