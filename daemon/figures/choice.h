// Which snapshots a question is about: the viewer's own domains, or the one it names; the newest of each, or those it
// names. Never a set that one could choose freely: sums over free sets of municipalities would be one more filter.
#pragma once

#include <vector>

#include "figures/areas.h"
#include "figures/snapshots.h"
#include "report/query.h"

namespace sluis::figures {

struct Choice {
  std::vector<InService> snapshots;         ///< in order of domain; never empty
  std::vector<std::string> municipalities;  ///< that may be named with the filter gemeente
};

/// Error (usage) when there is none for this viewer or filter, or the ids that were named are not for them.
Choice choose(const report::Query& query, const Areas& areas, Snapshots& snapshots);

}  // namespace sluis::figures
