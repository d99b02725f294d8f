// The whole log read and checked once a day, after the run, beside everything else; and at once where sluisd starts and
// nobody has checked for longer than a day.
//
// The log must still hold the head of the last good check. What was found is remembered (audit/verification.h), a log
// that is broken is told to the operators by mail each time it is found so. Bounded memory; a stop ends it within some
// thousand entries, and nothing is remembered then. Failures of the database are sluis::Error.
#pragma once

#include <atomic>
#include <functional>
#include <optional>

#include "audit/verification.h"
#include "base/time.h"
#include "office/post.h"
#include "postgres/connection.h"

namespace sluis::run {

class LogCheck {
 public:
  /// A daily run has ended.
  void fallDue() { due_ = true; }

  /// Checks when it is time, and says what it found; nullopt when it was not time, another sluisd is at it, or
  /// `goOn` (called now and then) said no.
  std::optional<audit::Verification> checkWhenDue(postgres::Connection& connection, const office::Post& post,
                                                  const Clock& clock, const std::function<bool()>& goOn);

 private:
  std::atomic<bool> due_ = false;
  std::optional<Instant> looked_;
};

}  // namespace sluis::run
