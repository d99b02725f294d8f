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
  bool respondents = false;  ///< youth and parent also as figures of their own
  /// A provider whose units are also counted apart from those of others. The query itself is everybody's.
  std::optional<std::string> viewer{};
};

struct Counted {
  Tally all;
  std::optional<Tally> own;  ///< the viewer's
};

/// One for each snapshot, in order. The same for any number of threads. Error (disk) for a damaged column.
std::vector<Counted> count(const std::vector<const snapshot::Snapshot*>& snapshots, const Counting& counting,
                           unsigned threads);

}  // namespace sluis::protect
