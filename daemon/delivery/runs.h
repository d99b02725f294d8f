// The daily runs as rows: when due, when started, how it ended.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "postgres/connection.h"

namespace sluis::delivery {

enum class RunKind { scheduled, asked, catchUp };
std::string_view toString(RunKind kind);

enum class RunOutcome {
  done,
  failed,     ///< ended by an error of ours
  brokenOff,  ///< its process died; found by a later one
};
std::string_view toString(RunOutcome outcome);

struct Run {
  std::int64_t id = 0;
  std::string node{};
  RunKind kind = RunKind::scheduled;
  std::optional<Instant> due{};  ///< the clock's moment; none when asked for
  Instant started{};
  std::optional<Instant> finished{};
  std::optional<RunOutcome> outcome{};
  std::uint32_t deliveries = 0;
  std::uint32_t accepted = 0;
  std::uint32_t refused = 0;
  std::optional<std::string> error{};
};

/// Call with Lock::run held: runs that are still open are of dead processes and become broken off. Returns the new id.
std::int64_t startRun(postgres::Transaction& transaction, std::string_view node, RunKind kind,
                      std::optional<Instant> due, Instant at);
/// Counts the run's deliveries from their rows. Error(database) when it is not open.
Run finishRun(postgres::Transaction& transaction, std::int64_t id, RunOutcome outcome,
              const std::optional<std::string>& error, Instant at);
/// The newest so many, oldest first.
std::vector<Run> runs(postgres::Connection& connection, std::size_t limit = 50);
std::optional<Run> findRun(postgres::Connection& connection, std::int64_t id);
/// The latest moment of the clock for which a run was done; nullopt when there was none: what catching up asks.
std::optional<Instant> lastRunDue(postgres::Connection& connection);

}  // namespace sluis::delivery
