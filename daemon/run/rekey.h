// The versions of the domains' keys, while runs go on and a key is being rotated (docs/pseudonyms.md).
//
// A rotation is a row in the database: whichever daemon holds the lock works on it, batch by batch, and one that was
// killed leaves nothing but that row and the batches that were committed. What only waiting can mend is a
// DatabaseError; a key that is not here is an Error (config), said again until it is put back.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/time.h"
#include "load/rekey.h"
#include "pseudonymise/pseudonymiser.h"
#include "pseudonymise/rekeying.h"
#include "run/installation.h"

namespace sluis::run {

/// The keys that one delivery's records get, fixed until its transaction ends, and how earlier records come under them.
class KeysInForce {
 public:
  /// Error (config) when a key in force is not here. An installation from before the rotation began is no hindrance:
  /// the keys are then read anew.
  KeysInForce(const Installation& installation, postgres::Transaction& transaction,
              const std::vector<std::uint16_t>& municipalities);

  std::unique_ptr<pseudonymise::Pseudonymiser> pseudonymiser() const;
  /// Before records of this provider and dataset are compared with those that stand for these periods: while a key is
  /// being rotated those may be of an older version. Costs nothing while none is.
  void bringToForce(postgres::Transaction& transaction, std::string_view provider, std::string_view dataset,
                    const std::vector<Period>& periods) const;

 private:
  std::map<std::uint16_t, std::uint16_t> versions_;
  std::shared_ptr<const crypto::Keyring> fresh_;
  const crypto::Keyring* keys_;
};

/// Takes the newest version of the domain's key into force and starts to bring all records under it. `domain`:
/// "GM0034". The rotation that is under way when there is one. Error (usage) when there is no newer version.
load::Rotation startRotation(const Installation& installation, postgres::Connection& connection,
                             std::string_view domain, const std::string& actor, const Clock& clock);

/// Tells how it goes, until it is finished or `stop`; its state then.
nlohmann::json followRotation(postgres::Connection& connection, load::Rotation rotation,
                              const std::function<void(const std::string&)>& progress,
                              const std::function<bool()>& stop);

/// Works on what is under way, then on records that lack the keys of what they count for; for a minute at most, unless
/// another daemon does.
void continueRotations(const Installation& installation, postgres::Connection& connection, const Clock& clock,
                       const std::function<bool()>& stop);

}  // namespace sluis::run
