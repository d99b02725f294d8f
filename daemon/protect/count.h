// Counting: a tally of true figures from each snapshot, all of them at once on several threads. Private to this room
// and its tests.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "protect/tally.h"
#include "report/query.h"
#include "snapshot/snapshot.h"

namespace sluis::protect {

struct Counting {
  report::Query query{};
  std::vector<report::Value> rows{};
  bool respondents = false;           ///< youth and parent also as figures of their own
  std::optional<std::string> viewer{};  ///< the provider whose units are not "others"; none: no others are counted
};

/// One tally for each snapshot, in order. The same for any number of threads. Error (disk) for a damaged column.
std::vector<Tally> count(const std::vector<const snapshot::Snapshot*>& snapshots, const Counting& counting,
                         unsigned threads);

}  // namespace sluis::protect
