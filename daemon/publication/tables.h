// The standard tables of a snapshot, for who points a BI tool at the database (docs/bi.md): what anybody could ask of
// sluis-figures, asked once. Protected figures only, by type.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "dataset/definition.h"
#include "protect/engine.h"
#include "publication/ledger.h"

namespace sluis::publication {

/// Every indicator: for the municipality by each of its dimensions, for each provider by form of help and by quarter.
std::vector<PublishedTable> standardTables(const protect::Published& published, const dataset::Definitions& definitions,
                                           unsigned threads);

}  // namespace sluis::publication
