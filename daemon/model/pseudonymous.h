// One record as it may be kept: what pseudonymise/ makes of a Trajectory and the only thing load/ ever sees.
// No BSN, no day of birth, no full postcode: by type (JEUGDHULP §6).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "model/trajectory.h"

namespace sluis {

/// The secret keys of what a record counts for (JEUGDHULP §9.2), as fractions of 2^32.
struct UnitKeys {
  std::uint32_t trajectory = 0;
  std::uint32_t youth = 0;   ///< of the measurement with informant J; 0 = there is none
  std::uint32_t parent = 0;  ///< of the measurement with informant O; 0 = there is none
};

struct PseudonymousTrajectory {
  std::array<std::byte, 16> pseudonym{};
  std::uint16_t stepOneVersion = 0;  ///< version of the TTP's key of step 1
  std::uint16_t domainVersion = 0;   ///< version of the municipality's domain key of step 2
  bool unlinked = false;             ///< made from the fallback key of JEUGDHULP §3, not from a number
  bool prePseudonym = false;         ///< made from a `psn` column
  std::uint32_t row = 0;             ///< 1-based record number in the delivery
  std::int16_t birthYear = 0;        ///< 0 = unborn
  std::uint8_t birthMonth = 0;       ///< 0 = unknown or unborn
  std::int16_t postcode4 = 0;        ///< four digits, 0 = not known
  std::uint16_t residence = 0;       ///< municipality number where the postcode was unknown, else 0
  char sex = 0;
  char crisis = 0;
  std::uint16_t municipality = 0;
  DayNumber start = kNoDay;
  DayNumber end = kNoDay;
  std::uint8_t referrer = 0;
  std::uint8_t form = 0;
  std::uint8_t reason = 0;
  std::uint8_t perspective = 0;
  std::uint8_t productCategory = 0;
  std::uint8_t profile = 0;
  std::uint8_t severity = 0;
  std::uint8_t complexity = 0;
  std::array<Measurement, 2> measurements{};
  UnitKeys keys{};
};

}  // namespace sluis
