// Little-endian numbers out of foreign bytes, never past their end.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

#include "plugin/format.h"

namespace sluis::xls {

inline constexpr const char* kDamaged =
    "De werkmap is beschadigd of afgebroken; open haar in Excel, sla haar opnieuw op en lever haar opnieuw aan.";

[[noreturn]] inline void refuse(const char* text) {
  throw plugin::Unreadable(text);
}

/// The `size` bytes of `bytes` at `at`; Unreadable when they are not all there.
inline std::string_view part(std::string_view bytes, std::size_t at, std::size_t size) {
  if (at > bytes.size() || size > bytes.size() - at) refuse(kDamaged);
  return bytes.substr(at, size);
}

template <typename Number>
Number numberAt(std::string_view bytes, std::size_t at) {
  const std::string_view taken = part(bytes, at, sizeof(Number));
  std::uint64_t bits = 0;
  for (std::size_t i = sizeof(Number); i-- > 0;) bits = bits << 8 | static_cast<unsigned char>(taken[i]);
  Number number;
  if constexpr (sizeof(Number) == 8) {
    std::memcpy(&number, &bits, 8);
  } else {
    number = static_cast<Number>(bits);
  }
  return number;
}

inline std::uint8_t u8(std::string_view bytes, std::size_t at) {
  return numberAt<std::uint8_t>(bytes, at);
}
inline std::uint16_t u16(std::string_view bytes, std::size_t at) {
  return numberAt<std::uint16_t>(bytes, at);
}
inline std::uint32_t u32(std::string_view bytes, std::size_t at) {
  return numberAt<std::uint32_t>(bytes, at);
}

}  // namespace sluis::xls
