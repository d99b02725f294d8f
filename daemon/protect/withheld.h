// What attacking our own snapshot has shown to be too telling: cells that are not published, and how many dimensions
// may be combined. Made with a snapshot and published with it; never changed after.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <vector>

namespace sluis::protect {

struct Withheld {
  int mostDimensions = 3;            ///< at once, grouping included; never below 2
  std::vector<std::uint64_t> cells;  ///< idOf(Cell), ascending

  bool contains(std::uint64_t cell) const;
};

/// Beside the snapshot with that digest (Facts::digest). Written whole or not at all; reading another snapshot's, a cut
/// or damaged one is an Error (disk).
void writeWithheld(const std::filesystem::path& file, const Withheld& withheld,
                   const std::array<std::byte, 32>& snapshot);
Withheld readWithheld(const std::filesystem::path& file, const std::array<std::byte, 32>& snapshot);

}  // namespace sluis::protect
