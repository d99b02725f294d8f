#include "protect/cell.h"

#include <algorithm>

namespace sluis::protect {

namespace {

/// The finaliser of SplitMix64: every bit of the result depends on every bit of the value.
constexpr std::uint64_t mixed(std::uint64_t value) {
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9U;
  value = (value ^ (value >> 27)) * 0x94d049bb133111ebU;
  return value ^ (value >> 31);
}

}  // namespace

std::uint64_t idOf(const Cell& cell) {
  std::array<std::uint64_t, Cell::kMost> words{};
  for (std::size_t i = 0; i < cell.size; ++i) {
    const Coordinate& c = cell.coordinates[i];
    words[i] = (static_cast<std::uint64_t>(c.dimension) + 1) << 32 | c.value;
  }
  std::sort(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(cell.size));
  std::uint64_t id = mixed(static_cast<std::uint64_t>(cell.indicator) + 0x9e3779b97f4a7c15U);
  for (std::size_t i = 0; i < cell.size; ++i) id = mixed(id + 0x9e3779b97f4a7c15U) ^ mixed(words[i]);
  return mixed(id);
}

}  // namespace sluis::protect
