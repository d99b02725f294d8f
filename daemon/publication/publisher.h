// From the records to a snapshot in its place, on one page: build, compare with the last, attack, enter, rename.
//
// One commit decides: the ledger's row, the tables for BI tools and the entry in the log stand or fall together; the
// rename that makes the snapshot visible comes after it, and whoever publishes next makes up for one that a crash left
// undone. One at a time on however many machines: a lock in the database. Sees pseudonyms while it builds; keeps none.
//
// What only waiting can mend is a DatabaseError; a full disk an Error (disk), and nothing of the snapshot stays.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "base/time.h"
#include "config/config.h"
#include "dataset/definition.h"
#include "postgres/advisory_lock.h"
#include "protect/engine.h"
#include "publication/store.h"
#include "snapshot/build.h"

namespace sluis::publication {

struct Asked {
  std::optional<std::int64_t> run;  ///< after which run; none = somebody asked
  std::string actor = "sluisd";
  std::function<void(const std::string& text)> progress;  ///< one English line for who waits; may be empty
};

struct Result {
  std::string domain;
  std::optional<std::string> id;  ///< of the newest published one, new or not; none when there is none
  bool published = false;         ///< a new one
  std::string reason;             ///< why not; empty otherwise
};

class Publisher {
 public:
  /// Waits for the lock. All must outlive it.
  Publisher(const config::Config& config, const dataset::Definitions& definitions, postgres::Connection& connection,
            const Clock& clock);

  /// A new snapshot of "GM0034", unless too little changed since the last, or an intruder would be too sure of
  /// something whatever is withheld. Error (usage) while the domain's key is
  /// being rotated.
  Result publish(const std::string& domain, const Asked& asked);
  /// Removes a snapshot for good. Error (usage) when there is none with that id.
  void erase(const std::string& id, const Asked& asked);

 private:
  /// What a crash left: renames and removals that were decided and not done, files that nobody decided on.
  void makeUp(const Store& store, const std::string& domain);
  snapshot::Wanted wanted(const std::string& domain) const;
  /// Into .building; false when too little changed.
  bool write(const Store& store, const snapshot::Wanted& wanted, const std::optional<protect::Published>& previous);
  /// What is written, with what of it is withheld, and how sure an intruder is after that.
  struct Attacked {
    protect::Published snapshot;
    double surest = 0;
    std::uint64_t above = 0;
  };
  Attacked attack(const Store& store, const std::string& id, const std::optional<protect::Published>& previous,
                  const Asked& asked);
  /// All that becomes true by the commit.
  void decide(postgres::Transaction& transaction, const Attacked& fresh, const Asked& asked);
  /// The entry in the log; the reason for who asked.
  std::string refuse(const Attacked& fresh, const Asked& asked);
  void tell(const Asked& asked, const std::string& text) const;

  const config::Config& config_;
  const dataset::Definitions& definitions_;
  postgres::Connection& connection_;
  const Clock& clock_;
  postgres::SessionLock lock_;
};

}  // namespace sluis::publication
