// Finds the control characters of text 64 bytes at a time: line feeds, and what does not belong there.
#pragma once

#include <cstddef>
#include <cstdint>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace sluis::ascii {

inline constexpr std::size_t kBlock = 64;

/// Bit i: byte i of the block is below 0x20. `block` has kBlock readable bytes.
inline std::uint64_t controls(const char* block) {
  std::uint64_t mask = 0;
#if defined(__SSE2__)
  const __m128i most = _mm_set1_epi8(0x1F);
  for (unsigned i = 0; i < 4; ++i) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(block + 16 * i));
    const __m128i below = _mm_cmpeq_epi8(_mm_max_epu8(bytes, most), most);
    mask |= static_cast<std::uint64_t>(static_cast<std::uint32_t>(_mm_movemask_epi8(below))) << (16 * i);
  }
#else
  for (unsigned i = 0; i < kBlock; ++i) mask |= std::uint64_t{static_cast<unsigned char>(block[i]) < 0x20} << i;
#endif
  return mask;
}

/// Bit i: byte i of `cell` is no space, for the first `size` (at most 16) of 16 readable bytes.
inline std::uint32_t letters(const char* cell, std::uint32_t size) {
#if defined(__SSE2__)
  const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(cell));
  const auto spaces = static_cast<std::uint32_t>(_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, _mm_set1_epi8(' '))));
  return ~spaces & ((1U << size) - 1);
#else
  std::uint32_t mask = 0;
  for (std::uint32_t i = 0; i < size; ++i) mask |= std::uint32_t{cell[i] != ' '} << i;
  return mask;
#endif
}

}  // namespace sluis::ascii
