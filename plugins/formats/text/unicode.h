// Single characters between the encodings that deliveries come in.
#pragma once

#include <array>
#include <cstddef>

namespace sluis::text {

/// Writes `character` (no surrogate) as UTF-8: 1 to 4 bytes, which are returned.
inline std::size_t encode(char32_t character, char* out) {
  const auto put = [&](std::size_t i, char32_t bits) { out[i] = static_cast<char>(bits); };
  if (character < 0x80) return put(0, character), 1;
  if (character < 0x800) return put(0, 0xC0 | character >> 6), put(1, 0x80 | (character & 0x3F)), 2;
  if (character < 0x10000)
    return put(0, 0xE0 | character >> 12), put(1, 0x80 | (character >> 6 & 0x3F)), put(2, 0x80 | (character & 0x3F)), 3;
  put(0, 0xF0 | character >> 18);
  put(1, 0x80 | (character >> 12 & 0x3F));
  put(2, 0x80 | (character >> 6 & 0x3F));
  put(3, 0x80 | (character & 0x3F));
  return 4;
}

// Windows-1252 0x80–0x9F; 0 = not assigned. From 0xA0 on it is Latin-1.
inline constexpr std::array<char16_t, 32> kWindows = {0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
                                                      0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0,      0x017D, 0,
                                                      0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
                                                      0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178};

/// The character that a byte of Windows-1252 is; 0 for NUL and for bytes that are none.
inline char32_t windows1252(unsigned char byte) {
  return byte >= 0x80 && byte < 0xA0 ? kWindows[byte - 0x80] : byte;
}

}  // namespace sluis::text
