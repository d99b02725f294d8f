// The second draw of a unit, for the mean: a fixed, public way to turn its key into another number that looks as
// random.
//
// The finaliser of MurmurHash3 (Appleby, public domain): a bijection of 32 bits. It keeps no secret; the key is the
// secret. Never changed: what a snapshot published must be made again exactly (docs/disclosure.md).
#pragma once

#include <cstdint>

namespace sluis::protect {

constexpr std::uint32_t mixed(std::uint32_t key) {
  key ^= key >> 16;
  key *= 0x85ebca6bU;
  key ^= key >> 13;
  key *= 0xc2b2ae35U;
  return key ^ (key >> 16);
}

}  // namespace sluis::protect
