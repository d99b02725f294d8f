// When the daily run is due: a local time of day in a time zone, as people agreed it.
//
// Daylight saving: a time that does not exist that night is taken at the jump, one that exists twice the first time.
#pragma once

#include <chrono>
#include <string>

#include "base/time.h"

namespace sluis::run {

class Schedule {
 public:
  /// `at` = time of day; `timezone` an IANA name, Error (config) when this machine does not know it.
  Schedule(std::chrono::minutes at, std::string timezone);

  /// The latest moment at or before `now` at which a run was due.
  Instant lastDue(Instant now) const;
  /// The first one after `now`.
  Instant nextDue(Instant now) const;
  /// The calendar day it is there.
  Day today(Instant now) const;

 private:
  Instant dueOn(Day day) const;

  std::chrono::minutes at_;
  std::string timezone_;
};

}  // namespace sluis::run
