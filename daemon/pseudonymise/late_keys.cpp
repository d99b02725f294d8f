#include "pseudonymise/late_keys.h"

#include <cstring>

#include "base/secret.h"
#include "pseudonymise/rekeying.h"

namespace sluis::pseudonymise {

const crypto::Permutation128& LateKeys::permutation(std::uint16_t municipality, std::uint16_t version) {
  const auto known = permutations_.find({municipality, version});
  if (known != permutations_.end()) return known->second;
  crypto::Permutation128 fresh(domainKey(keys_, municipality, version).secret);
  return permutations_.emplace(std::pair(municipality, version), std::move(fresh)).first->second;
}

void LateKeys::fill(std::uint16_t municipality, std::uint16_t version, std::span<PseudonymousTrajectory> records) {
  const auto& stepTwo = permutation(municipality, version);
  Bytes blocks(records.size() * 16);
  for (std::size_t i = 0; i < records.size(); ++i) std::memcpy(blocks.data() + i * 16, records[i].pseudonym.data(), 16);
  stepTwo.decrypt(blocks);
  for (std::size_t i = 0; i < records.size(); ++i) {
    PseudonymousTrajectory& record = records[i];
    std::memcpy(record.pseudonym.data(), blocks.data() + i * 16, 16);
    record.municipality = municipality;
    record.keys = units_.keysOf(record);
    wipe(record.pseudonym);
  }
  wipe(blocks);
}

}  // namespace sluis::pseudonymise
