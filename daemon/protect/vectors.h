// Sixteen bytes of a column at once, and lists of the places where something was found. What makes selecting cheap.
// Private to this room.
//
// Vectors in the words of both compilers, so that a build without optimisation for one processor uses them too.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace sluis::protect {

using Bytes = std::uint8_t __attribute__((vector_size(16)));
using Shorts = std::uint16_t __attribute__((vector_size(32)));
using Eight = std::uint16_t __attribute__((vector_size(16)));

/// Each value of `out` from those of `column` and `in` at the same place; `step` says how, for sixteen at once.
template <class Vector, class Number, class Step>
inline void eachOf(const Number* column, const std::uint8_t* in, std::uint8_t* out, std::size_t size,
                   const Step& step) {
  constexpr std::size_t kWidth = sizeof(Bytes);
  Vector values;
  Bytes before;
  std::size_t i = 0;
  for (; i + kWidth <= size; i += kWidth) {
    std::memcpy(&values, column + i, sizeof values);
    std::memcpy(&before, in + i, sizeof before);
    const Bytes after = step(values, before);
    std::memcpy(out + i, &after, sizeof after);
  }
  if (i == size) return;
  values = Vector{};
  before = Bytes{};
  std::memcpy(&values, column + i, (size - i) * sizeof(Number));
  std::memcpy(&before, in + i, size - i);
  const Bytes after = step(values, before);
  std::memcpy(out + i, &after, size - i);
}

namespace detail {

struct Places {
  std::array<std::array<std::uint16_t, 8>, 256> of{};  ///< the bits that are set, lowest first
  std::array<std::uint8_t, 256> count{};
  std::array<std::uint16_t, 256> spread{};  ///< bit k at 2k
};

constexpr Places makePlaces() {
  Places places;
  for (std::size_t mask = 0; mask < 256; ++mask)
    for (std::uint16_t bit = 0; bit < 8; ++bit)
      if (mask >> bit & 1) {
        places.of[mask][places.count[mask]++] = bit;
        places.spread[mask] = static_cast<std::uint16_t>(places.spread[mask] | 1U << (2 * bit));
      }
  return places;
}

inline constexpr Places kPlaces = makePlaces();

/// Eight bytes of 0 or 0xff as eight bits.
inline std::uint8_t bitsOf(const std::uint8_t* found) {
  std::uint64_t word = 0;
  std::memcpy(&word, found, sizeof word);
  return static_cast<std::uint8_t>((word & 0x8040201008040201U) * 0x0101010101010101U >> 56);
}

/// Writes eight places, of which those found count; returns how many.
inline std::size_t put(std::uint16_t* list, std::size_t base, std::uint8_t mask) {
  Eight places;
  std::memcpy(&places, kPlaces.of[mask].data(), sizeof places);
  places += static_cast<std::uint16_t>(base);
  std::memcpy(list, &places, sizeof places);
  return kPlaces.count[mask];
}

}  // namespace detail

/// The places of what was found (0xff; else 0), in order; `list` has room for eight more than `size`, and `found` is
/// readable up to a multiple of eight, 0 beyond `size`.
inline std::size_t placesOf(const std::uint8_t* found, std::size_t size, std::uint16_t* list) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < size; i += 8)
    if (const std::uint8_t mask = detail::bitsOf(found + i)) count += detail::put(list + count, i, mask);
  return count;
}

/// Of two at once, in order of place: twice the place, and one more for the second.
inline std::size_t placesOfBoth(const std::uint8_t* first, const std::uint8_t* second, std::size_t size,
                                std::uint16_t* list) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < size; i += 8) {
    const std::uint32_t mask = detail::kPlaces.spread[detail::bitsOf(first + i)] |
                               static_cast<std::uint32_t>(detail::kPlaces.spread[detail::bitsOf(second + i)]) << 1;
    if (mask == 0) continue;
    count += detail::put(list + count, 2 * i, mask & 0xff);
    count += detail::put(list + count, 2 * i + 8, static_cast<std::uint8_t>(mask >> 8));
  }
  return count;
}

}  // namespace sluis::protect
