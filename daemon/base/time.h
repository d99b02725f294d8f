// Instants and calendar days. Instants are UTC, microseconds (what PostgreSQL keeps); days have no time zone.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sluis {

using Instant = std::chrono::sys_time<std::chrono::microseconds>;
using Day = std::chrono::sys_days;

/// Where "now" comes from, so that a test can say what time it is.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Instant now() const = 0;
};

class SystemClock final : public Clock {
 public:
  Instant now() const override {
    return std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
  }
};

/// RFC 3339 in UTC with microseconds: "2026-11-22T01:02:03.000004Z".
std::string toRfc3339(Instant at);
/// "2026-11-22".
std::string toIsoDate(Day day);
/// A real calendar date as "2026-11-22"; nullopt otherwise.
std::optional<Day> fromIsoDate(std::string_view text);

}  // namespace sluis
