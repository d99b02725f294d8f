// The keys of the counted units (JEUGDHULP §9.2): what the noise of every figure is drawn by. A trajectory and each of
// its measurements has one, made of the domain, the step-1 identifier, the record key and the informant; so it is the
// same across deliveries, snapshots and versions of a domain's key.
//
// One MAC gives a record's three keys (docs/decisions/0013). Never keeps a record. Error (config) without the key
// "cell"; a later version than the first is never used, for all noise would be drawn anew.
#pragma once

#include "crypto/keyring.h"
#include "crypto/mac.h"
#include "model/pseudonymous.h"

namespace sluis::pseudonymise {

class UnitMac {
 public:
  /// For one thread.
  explicit UnitMac(const crypto::Keyring& keys);

  /// `record.pseudonym` must be what comes out of step 1: neither a number nor a stored pseudonym.
  UnitKeys keysOf(const PseudonymousTrajectory& record) const;

 private:
  crypto::Mac mac_;
};

}  // namespace sluis::pseudonymise
