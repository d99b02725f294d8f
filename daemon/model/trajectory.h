// One jeugdhulp record, typed, as validation found it right: the value that travels from validate/ over pseudonymise/
// to load/. It holds the BSN: it lives in memory only, and its buffers are wiped (JEUGDHULP §2, §6).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>

namespace sluis {

/// Days since 1970-01-01.
using DayNumber = std::int32_t;
inline constexpr DayNumber kNoDay = std::numeric_limits<DayNumber>::min();

enum class Identity : std::uint8_t {
  bsn,      ///< a citizen number
  unknown,  ///< placeholder: no BSN known
  unborn,   ///< placeholder: unborn child
  psn,      ///< a pre-pseudonym made by the provider
};

struct Measurement {
  std::uint8_t satisfaction = 0;  ///< tevredenheid 1–10, 0 = none
  std::uint8_t goOn = 0;          ///< zonder_hulp_verder 1–4, 0 = none
  std::uint8_t goals = 0;         ///< doelrealisatie 1–4, 0 = none
  char informant = 0;             ///< 'J' or 'O', 0 = none
};

struct Trajectory {
  std::uint32_t row = 0;  ///< 1-based record number in the delivery
  Identity identity = Identity::bsn;
  char sex = 0;                     ///< 'M', 'V', 'O'
  char crisis = 0;                  ///< 'J', 'N', 0 = not in this version
  std::uint32_t bsn = 0;            ///< only with Identity::bsn
  std::array<std::byte, 16> psn{};  ///< only with Identity::psn
  std::uint32_t birth = 0;          ///< yyyymmdd as delivered, mm and dd may be 0; 0 = unborn
  std::array<char, 6> postcode{};   ///< "1234AB" upper case; all zero bytes when only the municipality is known
  std::uint16_t residence = 0;      ///< municipality number in place of the postcode, 0 = postcode given
  std::uint16_t municipality = 0;   ///< 34 for GM0034
  DayNumber start = kNoDay;
  DayNumber end = kNoDay;            ///< kNoDay = still running
  std::uint8_t referrer = 0;         ///< verwijzer
  std::uint8_t form = 0;             ///< hulpvorm
  std::uint8_t reason = 0;           ///< reden_beeindiging, 0 = none
  std::uint8_t perspective = 0;      ///< perspectief, 0 = none
  std::uint8_t productCategory = 0;  ///< 0 = none
  std::uint8_t profile = 0;          ///< 0 = none
  std::uint8_t severity = 0;         ///< zorgvraagzwaarte, 0 = none
  std::uint8_t complexity = 0;       ///< 0 = none
  std::array<Measurement, 2> measurements{};
};

}  // namespace sluis
