// The last room that sees a BSN (JEUGDHULP §6): trajectories in, pseudonymous ones out.
//
// Step 1: HMAC-SHA-256 of the number under the TTP's key "pseudonym", cut to 128 bits; a label tells numbers of the
// state, pre-pseudonyms of the provider and records without a number apart, so that none ever equals another. Step 2:
// one AES block under the key of the record's municipality. Between the two: the keys of the counted units. Birth day
// and the letters of the postcode stay behind here.
//
// Never keeps a record. A missing key is an Error (config) with the command that makes it.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "crypto/keyring.h"
#include "crypto/mac.h"
#include "crypto/permutation.h"
#include "model/pseudonymous.h"
#include "model/trajectory.h"
#include "pseudonymise/unit_mac.h"

namespace sluis::pseudonymise {

class Pseudonymiser {
 public:
  /// Uses the latest version of each key, but where use() says otherwise. `keys` must outlive it. For one thread;
  /// another thread takes its own.
  explicit Pseudonymiser(const crypto::Keyring& keys);
  ~Pseudonymiser();

  /// Throws unless there is a domain key for each of these municipalities: before a run, not halfway.
  void needs(std::span<const std::uint16_t> municipalities);
  /// Its records get this version of its key from now on, not the latest. Throws when that is not there.
  void use(std::uint16_t municipality, std::uint16_t version);

  /// `out` becomes as long as `records`, in the same order; empty when this throws. The caller wipes `records`.
  void apply(std::span<const Trajectory> records, std::vector<PseudonymousTrajectory>& out);

 private:
  struct Domain;
  void make(std::span<const Trajectory> records, std::vector<PseudonymousTrajectory>& out);
  Domain& domainOf(std::uint16_t municipality);

  const crypto::Keyring& keys_;
  std::uint16_t stepOneVersion_;
  crypto::Mac number_;
  crypto::Mac prePseudonym_;
  crypto::Mac fallback_;
  UnitMac units_;
  std::vector<std::unique_ptr<Domain>> domains_;
  std::vector<std::uint16_t> domainIndex_;  // by municipality number: place in domains_ plus one, 0 = not met yet
};

}  // namespace sluis::pseudonymise
