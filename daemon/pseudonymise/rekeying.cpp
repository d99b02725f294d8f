#include "pseudonymise/rekeying.h"

#include <fmt/format.h>

#include "base/error.h"
#include "base/secret.h"

namespace sluis::pseudonymise {

const crypto::Key& domainKey(const crypto::Keyring& keys, std::uint16_t municipality, std::uint16_t version) {
  const std::string name = crypto::Keyring::domainName(municipality);
  const crypto::Key* key = keys.find(name, version);
  if (key == nullptr)
    throw Error(
        ErrorKind::config, fmt::format("version {} of the key {} is not here", version, name),
        fmt::format("put {}.{}.key back; where systemd hands the keys over, restart sluisd after that", name, version));
  return *key;
}

const crypto::Key& latestDomainKey(const crypto::Keyring& keys, std::uint16_t municipality) {
  const std::string name = crypto::Keyring::domainName(municipality);
  const crypto::Key* key = keys.latest(name);
  if (key == nullptr)
    throw Error(ErrorKind::config, fmt::format("there is no domain key for municipality GM{:04}", municipality),
                fmt::format("sluis key new {}", name));
  return *key;
}

const crypto::Permutation128& Rekeying::permutation(std::uint16_t municipality, std::uint16_t version) {
  const auto known = permutations_.find({municipality, version});
  if (known != permutations_.end()) return known->second;
  crypto::Permutation128 fresh(domainKey(keys_, municipality, version).secret);
  return permutations_.emplace(std::pair(municipality, version), std::move(fresh)).first->second;
}

void Rekeying::apply(std::uint16_t municipality, std::uint16_t from, std::uint16_t to,
                     std::span<std::byte> pseudonyms) {
  // Both keys before the first byte changes; and wiped if the second step fails, so that what comes out of step 1 is
  // never stored.
  const auto& undone = permutation(municipality, from);
  const auto& done = permutation(municipality, to);
  try {
    undone.decrypt(pseudonyms);
    done.encrypt(pseudonyms);
  } catch (...) {
    wipe(pseudonyms);
    throw;
  }
}

}  // namespace sluis::pseudonymise
