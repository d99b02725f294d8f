// What providers see and what the gate may know of them: their folders, the roster, STATUS.txt; and the tidying of what
// has lain there long enough. All of it can be made again from the database at any time.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "base/time.h"
#include "postgres/connection.h"
#include "registry/registry.h"
#include "run/installation.h"

namespace sluis::run {

/// Error (config) unless drop and state lie on one file system: a delivery is taken over by rename. Makes both when
/// they are missing.
void requireOneFileSystem(const config::Config& config);

/// Makes each provider's folder with inbox/, test/, outbox/ and .taken/, and one roster file for each; roster files of
/// providers that are gone are removed.
void layOut(const Installation& installation, postgres::Connection& connection,
            const std::vector<registry::Provider>& providers);

/// Writes STATUS.txt of these providers, where it differs from what stands there.
void writeStatusPages(const Installation& installation, postgres::Connection& connection,
                      const std::vector<registry::Provider>& providers, const std::set<std::string>& which,
                      Instant now);

/// Removes what has passed its retention from outbox/ and .taken/.
void tidy(const Installation& installation, const std::vector<registry::Provider>& providers, Instant now);

}  // namespace sluis::run
