// Where a delivery's records lie: whole in one of the parts that care.trajectory is made of (docs/decisions/0009).
// Who asks for records of one delivery asks its part; who asks for all asks care.trajectory.
#pragma once

#include <cstdint>
#include <string>

#include <fmt/format.h>

namespace sluis::load {

/// As in sql/migrations/0004_records_in_parts.sql.
inline constexpr std::int64_t kParts = 128;

/// "care.trajectory_017", 0 <= number < kParts.
inline std::string partName(std::int64_t number) {
  return fmt::format("care.trajectory_{:03}", number);
}
/// Of the delivery with that number (1 or more).
inline std::string partOf(std::int64_t delivery) {
  return partName(delivery % kParts);
}

}  // namespace sluis::load
