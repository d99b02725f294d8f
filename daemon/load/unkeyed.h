// Records from before the keys of the counted units (docs/pseudonyms.md), which get them afterwards while runs go on.
//
// Knows no key: a Keyer is given. The work left is a row of care.unkeyed for each part, made by the migration; batch by
// batch, each one transaction, and whoever is killed goes on where the last one was committed. Who holds the row of
// care.batch has a delivery's records; they are passed by and come next. The caller holds the lock of those who re-key:
// a rotation and this never touch one record at once.
#pragma once

#include <cstdint>
#include <functional>
#include <span>

#include "load/rekey.h"
#include "model/pseudonymous.h"
#include "postgres/connection.h"

namespace sluis::load {

/// Sets `keys` of records of one municipality under one version of its key. Of a record it has pseudonym, start, form
/// and the informants.
using Keyer =
    std::function<void(std::uint16_t municipality, std::uint16_t version, std::span<PseudonymousTrajectory> records)>;

/// Whether there are any left, or may be. One look at a small table.
bool anyUnkeyed(postgres::Connection& connection);

/// A batch of them, some ten thousand at most; `keyed` grows by how many. Pass::over: none is left.
Pass keySome(postgres::Transaction& transaction, const Keyer& keyer, std::uint64_t& keyed);

}  // namespace sluis::load
