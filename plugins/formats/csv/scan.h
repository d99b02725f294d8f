// Finds the structure of CSV text 64 bytes at a time: which bytes are quotes, which separate cells or lines.
#pragma once

#include <cstddef>
#include <cstdint>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace sluis::csv {

/// Bit i stands for byte i of a block of 64.
struct BlockMasks {
  std::uint64_t quote;
  std::uint64_t separator;  ///< delimiter or line feed, inside quotes or not
  std::uint64_t feed;       ///< those of them that are line feeds
};

inline constexpr std::size_t kBlock = 64;

#if defined(__SSE2__)

inline std::uint64_t sixteen(__m128i bytes, __m128i wanted) {
  return static_cast<std::uint32_t>(_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, wanted)));
}

/// `block` has 64 readable bytes.
inline BlockMasks classify(const char* block, char delimiter) {
  const __m128i quote = _mm_set1_epi8('"');
  const __m128i delim = _mm_set1_epi8(delimiter);
  const __m128i feed = _mm_set1_epi8('\n');
  BlockMasks masks{0, 0, 0};
  for (unsigned i = 0; i < 4; ++i) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(block + 16 * i));
    masks.quote |= sixteen(bytes, quote) << (16 * i);
    masks.separator |= sixteen(bytes, delim) << (16 * i);
    masks.feed |= sixteen(bytes, feed) << (16 * i);
  }
  masks.separator |= masks.feed;
  return masks;
}

#else

inline BlockMasks classify(const char* block, char delimiter) {
  BlockMasks masks{0, 0, 0};
  for (unsigned i = 0; i < kBlock; ++i) {
    masks.quote |= std::uint64_t{block[i] == '"'} << i;
    masks.feed |= std::uint64_t{block[i] == '\n'} << i;
    masks.separator |= std::uint64_t{block[i] == delimiter || block[i] == '\n'} << i;
  }
  return masks;
}

#endif

/// Bit i of the result: an odd number of quotes stand at or before byte i, so that byte i lies inside quotes.
inline std::uint64_t insideQuotes(std::uint64_t quotes) {
  for (unsigned shift = 1; shift < 64; shift *= 2) quotes ^= quotes << shift;
  return quotes;
}

}  // namespace sluis::csv
