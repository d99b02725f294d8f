// What checks of the whole log found, remembered: table audit.verification, whose newest row is the state. The table
// is no part of the log: that somebody checked changes nothing in what was checked.
//
// A good head that was remembered is what the next check holds the log against, so that a log that was cut short or
// rewritten as a whole is found too. Who can change the log can change this table: each check also says its head to
// the system's own log (sluisd), and `sluis audit head` keeps one elsewhere.
#pragma once

#include <optional>
#include <string>

#include "audit/audit.h"

namespace sluis::audit {

struct Verification {
  std::int64_t id = 0;
  Instant at{};
  std::int64_t entries = 0;
  std::optional<Head> head{};  ///< that it ended with
  bool good = false;
  std::string what{};  ///< one sentence; empty when good
};

/// Remembers what a check found; as it stands there now.
Verification remember(postgres::Transaction& transaction, const Report& report, Instant at);
std::optional<Verification> lastVerification(postgres::Connection& connection);
/// The head of the newest good one: what must still stand there.
std::optional<Head> lastGoodHead(postgres::Connection& connection);

}  // namespace sluis::audit
