// Watches the drop folders: keeps the rows of what is arriving, takes over what is whole, refuses what will never be.
//
// Looks instead of listening: a look at all folders twice a second misses nothing after a restart or an overflow, and
// costs milliseconds for hundreds of providers (docs/decisions). When the database is away the folders simply wait.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/time.h"
#include "delivery/delivery.h"
#include "intake/drop_folder.h"
#include "postgres/connection.h"
#include "registry/registry.h"
#include "run/installation.h"
#include "spool/spool.h"

namespace sluis::run {

class Arrivals {
 public:
  Arrivals(spool::Spool& spool, const Clock& clock) : spool_(spool), clock_(clock) {}

  /// One look at everything. Returns the providers for whom something has changed.
  std::set<std::string> look(const Installation& installation, postgres::Connection& connection,
                             const std::vector<registry::Provider>& providers);

 private:
  using Rows = std::map<std::string, delivery::Delivery>;  // by provider, name digest

  /// What was taken over but could not be admitted (a full disk): tried again now and then.
  bool resume(const Installation& installation, postgres::Connection& connection, const std::string& id);
  bool lookInto(const Installation& installation, postgres::Connection& connection, const registry::Provider& provider,
                Rows& rows);
  bool lookIntoTest(const Installation& installation, postgres::Connection& connection,
                    const registry::Provider& provider);
  /// Whether the time has come to take this delivery over and judge it.
  bool isDue(const Installation& installation, postgres::Connection& connection, const registry::Provider& provider,
             const std::filesystem::path& folder, const intake::Dropped& dropped);
  bool signatureFits(const Installation& installation, postgres::Connection& connection,
                     const registry::Provider& provider, const std::filesystem::path& folder,
                     const intake::Dropped& dropped);
  void take(const Installation& installation, postgres::Connection& connection, const registry::Provider& provider,
            const std::filesystem::path& folder, const intake::Dropped& dropped, const std::string& id);
  /// The id of the row that stands for this delivery; made or brought up to date.
  std::string keepRow(postgres::Connection& connection, const registry::Provider& provider,
                      const intake::Dropped& dropped, Rows& rows, bool& changed);

  spool::Spool& spool_;
  const Clock& clock_;
  std::set<std::string> beingTaken_;               // keys of rows whose files lie in incoming/
  std::map<std::string, Instant> resumeAt_;        // delivery id -> not before
  std::map<std::string, std::string> doesNotFit_;  // path of a data file -> state of the files that was judged
};

}  // namespace sluis::run
