// A cell of the lattice of everything that can be asked: an indicator's units with up to three values, dates by their
// fixed pieces. Its id names it in the list of what is withheld with one snapshot.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "report/dimension.h"
#include "report/quarter.h"

namespace sluis::protect {

/// The value of one dimension as a small number: of a code its number (0 = "onbekend"), of a provider its place in
/// Facts::providers, of an informant 1 (J) or 2 (O), of a measure 1–3, of a date pieceValue().
struct Coordinate {
  report::Dimension dimension{};
  std::uint32_t value = 0;
};

/// Unique over all pieces from the year 0 to 9999.
constexpr std::uint32_t pieceValue(const report::Piece& piece) {
  return static_cast<std::uint32_t>(piece.first.number) * 8 + static_cast<std::uint32_t>(piece.quarters);
}

struct Cell {
  static constexpr std::size_t kMost = 4;
  report::Indicator indicator{};
  std::size_t size = 0;
  std::array<Coordinate, kMost> coordinates{};  ///< the first `size`, in any order

  void add(report::Dimension dimension, std::uint32_t value) { coordinates[size++] = {dimension, value}; }
};

/// The same for every order of the coordinates; a 64-bit hash, written to files: it never changes.
std::uint64_t idOf(const Cell& cell);

}  // namespace sluis::protect
