// Current records in the order and the form of a snapshot: children numbered at random, days as quarters, and what can
// only be said while the days are known.
#pragma once

#include <cstdint>
#include <vector>

#include "base/time.h"
#include "snapshot/current.h"
#include "snapshot/snapshot.h"

namespace sluis::snapshot {

/// A child is a pseudonym; of records that are unlinked each is a child of its own. Children are in an order that is
/// drawn anew each time, a child's rows in that of their keys: neither says anything of the children. Facts::domain,
/// windowDays and so on are taken over; rows, children, quarters and providers are filled in: of `providers` (which
/// Payload::provider points into) those that have rows, and those in `listed`.
///
/// Error (usage) when the records reach over more quarters than a snapshot counts. Uses `records` up.
Table arrange(CurrentRecords& records, Facts facts, Day today, const std::vector<Provider>& providers,
              const std::vector<bool>& listed);

/// report::Quarter::number of the day: year * 4 + 0…3.
std::int32_t quarterOf(std::int32_t day);

}  // namespace sluis::snapshot
