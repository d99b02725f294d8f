// A snapshot's table out of the database: the current records of one municipality, read in one transaction that sees
// one moment.
//
// Works as sluis_daemon and only reads. Pseudonyms and days are in memory while it reads, and never leave it.
#pragma once

#include <cstdint>
#include <string>

#include "base/time.h"
#include "postgres/connection.h"
#include "snapshot/snapshot.h"

namespace sluis::snapshot {

struct Wanted {
  std::string id;      ///< "GM0034-000012"
  std::string domain;  ///< "GM0034"
  Day today{};         ///< where the records are, by the clock on the wall (Europe/Amsterdam)
  std::uint16_t windowDays = 365;
  std::uint32_t minimumChildren = 10;
  std::string ruleSet;
  std::string table;  ///< the perturbation table, as its file
};

/// Right in itself, ready to be written; without rows when there are no records. Error (usage) with a hint while the
/// domain's key is being rotated, or while records still lack the keys of their units. Needs some 75 bytes of memory
/// for each current record, whatever else was ever delivered.
Table build(postgres::Connection& connection, const Wanted& wanted);

}  // namespace sluis::snapshot
