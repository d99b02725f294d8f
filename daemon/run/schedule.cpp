#include "run/schedule.h"

#include <date/tz.h>
#include <fmt/format.h>

#include "base/error.h"

namespace sluis::run {

namespace {

const date::time_zone* zone(const std::string& name) {
  try {
    return date::locate_zone(name);
  } catch (const std::exception&) {
    throw Error(ErrorKind::config, fmt::format("this machine does not know the time zone {}", name),
                "install tzdata, or name a zone as in Europe/Amsterdam");
  }
}

}  // namespace

Schedule::Schedule(std::chrono::minutes at, std::string timezone) : at_(at), timezone_(std::move(timezone)) {
  zone(timezone_);
}

Day Schedule::today(Instant now) const {
  const auto local = zone(timezone_)->to_local(now);
  return Day(std::chrono::floor<std::chrono::days>(local).time_since_epoch());
}

Instant Schedule::dueOn(Day day) const {
  const date::local_time<std::chrono::minutes> local(day.time_since_epoch() + at_);
  return Instant(zone(timezone_)->to_sys(local, date::choose::earliest).time_since_epoch());
}

Instant Schedule::lastDue(Instant now) const {
  Day day = today(now);
  while (dueOn(day) > now) day -= std::chrono::days(1);
  return dueOn(day);
}

Instant Schedule::nextDue(Instant now) const {
  Day day = today(now);
  while (dueOn(day) <= now) day += std::chrono::days(1);
  return dueOn(day);
}

}  // namespace sluis::run
