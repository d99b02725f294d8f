// The keys of the counted units for records that were loaded before there were such keys: step 2 is undone for a
// moment, and what comes out is what loading would have given. Works on what is stored, and leaves it as it is; never
// needs a number. A missing key is an Error (config) that names it.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <utility>

#include "crypto/keyring.h"
#include "crypto/permutation.h"
#include "model/pseudonymous.h"
#include "pseudonymise/unit_mac.h"

namespace sluis::pseudonymise {

class LateKeys {
 public:
  /// `keys` must outlive it. For one thread.
  explicit LateKeys(const crypto::Keyring& keys) : keys_(keys), units_(keys) {}

  /// Fills in `keys` of records of one domain under one version of its key, from their pseudonym, start, form and
  /// informants. The pseudonyms are wiped.
  void fill(std::uint16_t municipality, std::uint16_t version, std::span<PseudonymousTrajectory> records);

 private:
  const crypto::Permutation128& permutation(std::uint16_t municipality, std::uint16_t version);

  const crypto::Keyring& keys_;
  UnitMac units_;
  std::map<std::pair<std::uint16_t, std::uint16_t>, crypto::Permutation128> permutations_;
};

}  // namespace sluis::pseudonymise
