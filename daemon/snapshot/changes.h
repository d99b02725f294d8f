// How many children the figures changed for since an earlier snapshot: a new one is published when they are enough to
// hide each other.
#pragma once

#include <cstdint>

#include "snapshot/snapshot.h"

namespace sluis::snapshot {

/// Children with a row in `newer` that `older` has not, or children with a row in `older` that `newer` has not: the
/// greater of the two. A row is its keys and everything that is counted of it; equal rows are counted one by one.
/// Checks what it reads: Error (disk).
std::uint64_t changedChildren(const Snapshot& older, const Table& newer);

}  // namespace sluis::snapshot
