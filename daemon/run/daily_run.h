// The daily run, on one page: claim the lock, take each queued delivery to its verdict, tell what must be told.
//
// Two runs never overlap, on however many daemons: the lock lives in the database and dies with its holder. What the
// machine does to us (database or disk away) makes the run wait and try again; a delivery that fails otherwise stays
// queued, and the operators are told.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "delivery/runs.h"
#include "postgres/advisory_lock.h"
#include "run/installation.h"
#include "run/link.h"
#include "spool/spool.h"

namespace sluis::run {

struct RunRequest {
  delivery::RunKind kind = delivery::RunKind::asked;
  std::optional<Instant> due;
  std::string actor = "sluisd";
  std::function<void(const std::string& text)> progress;  ///< one English line for who waits; may be empty
  std::function<bool()> stop;                             ///< asked between deliveries and while waiting
};

class DailyRun {
 public:
  DailyRun(const Installation& installation, spool::Spool& spool, Link& link, const Clock& clock)
      : installation_(installation), spool_(spool), link_(link), clock_(clock) {}

  /// nullopt when it was stopped before it could begin.
  std::optional<delivery::Run> execute(const RunRequest& request);

 private:
  /// Takes the lock if it is not held, and opens the run if it is not open: both may have gone with a connection.
  /// false when stopped.
  bool begin(const RunRequest& request);
  /// One delivery; false when there is none left.
  bool processNext(const RunRequest& request);
  void keepQueued(const RunRequest& request, const std::string& id, const Error& error);
  void finish(const RunRequest& request, bool complete);
  /// Runs `step` until it succeeds, waiting while the database is away; false when stopped.
  bool persist(const RunRequest& request, const std::function<void()>& step);
  void say(const RunRequest& request, const std::string& text) const;

  const Installation& installation_;
  spool::Spool& spool_;
  Link& link_;
  const Clock& clock_;
  std::optional<postgres::SessionLock> lock_;  // goes before the connection it belongs to
  std::int64_t run_ = 0;                       // 0 = not begun
  Instant began_{};
  std::optional<delivery::Run> finished_;
  std::vector<std::string> failed_;  // deliveries that stay queued
  std::string error_;                // of the first of them
};

}  // namespace sluis::run
