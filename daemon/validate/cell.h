// Single cells as values: digits, dates, the eleven-test. Each function takes a cell without spaces around it and
// answers false when it is not written as it must be; nothing is allocated.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

namespace sluis::validate {

inline bool isDigit(char c) {
  return static_cast<unsigned char>(c - '0') < 10;
}

/// Eight digits at `text` as a number.
inline bool eightDigits(const char* text, std::uint32_t& value) {
  std::uint64_t chunk = 0;
  std::memcpy(&chunk, text, 8);
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
  // Each byte is 0x30–0x39 when its high half is 3 and stays so after adding 6.
  if (((chunk & 0xF0F0F0F0F0F0F0F0ULL) | (((chunk + 0x0606060606060606ULL) & 0xF0F0F0F0F0F0F0F0ULL) >> 4)) !=
      0x3333333333333333ULL)
    return false;
  chunk = (chunk & 0x0F0F0F0F0F0F0F0FULL) * 2561 >> 8;
  chunk = (chunk & 0x00FF00FF00FF00FFULL) * 6553601 >> 16;
  value = static_cast<std::uint32_t>((chunk & 0x0000FFFF0000FFFFULL) * 42949672960001ULL >> 32);
#else
  value = 0;
  for (int i = 0; i < 8; ++i) {
    if (!isDigit(text[i])) return false;
    value = value * 10 + static_cast<std::uint32_t>(text[i] - '0');
  }
#endif
  return true;
}

/// Four digits at `text` as a number.
inline bool fourDigits(const char* text, unsigned& value) {
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
  std::uint32_t chunk = 0;
  std::memcpy(&chunk, text, 4);
  if (((chunk & 0xF0F0F0F0U) | (((chunk + 0x06060606U) & 0xF0F0F0F0U) >> 4)) != 0x33333333U) return false;
  chunk = (chunk & 0x0F0F0F0FU) * 2561 >> 8;
  value = (chunk & 0x00FF00FFU) * 6553601 >> 16;
#else
  value = 0;
  for (int i = 0; i < 4; ++i) {
    if (!isDigit(text[i])) return false;
    value = value * 10 + static_cast<unsigned>(text[i] - '0');
  }
#endif
  return true;
}

/// Nine digits, or eight with the leading zero lost.
inline bool bsnOf(std::string_view cell, std::uint32_t& number) {
  if (cell.size() == 8) return eightDigits(cell.data(), number);
  if (cell.size() != 9 || !isDigit(cell[8]) || !eightDigits(cell.data(), number)) return false;
  number = number * 10 + static_cast<std::uint32_t>(cell[8] - '0');
  return true;
}

/// What a spreadsheet makes of a number it may reckon with: "123456782.0", "123456782,00", "1,23457E+08".
inline bool looksLikeFloat(std::string_view cell) {
  std::size_t at = 0;
  const auto digits = [&] {
    const std::size_t begin = at;
    while (at < cell.size() && isDigit(cell[at])) ++at;
    return at - begin;
  };
  if (digits() == 0) return false;
  bool odd = false;
  if (at < cell.size() && (cell[at] == '.' || cell[at] == ',')) {
    ++at;
    odd = digits() > 0;
    if (!odd) return false;
  }
  if (at < cell.size() && (cell[at] == 'E' || cell[at] == 'e')) {
    ++at;
    if (at < cell.size() && (cell[at] == '+' || cell[at] == '-')) ++at;
    odd = digits() > 0;
  }
  return odd && at == cell.size();
}

/// JEUGDHULP §4: weights 9 8 7 6 5 4 3 2 −1, the sum divisible by eleven. Placeholders are the caller's business.
constexpr bool passesElevenTest(std::uint32_t number) {
  // Halves: divisions that do not wait for each other.
  const std::uint32_t high = number / 10000;  // five digits
  const std::uint32_t low = number % 10000;
  // −1 for the last digit; to keep to positive numbers 10 stands for it.
  const std::uint32_t sum = high / 10000 * 9 + high / 1000 % 10 * 8 + high / 100 % 10 * 7 + high / 10 % 10 * 6 +
                            high % 10 * 5 + low / 1000 * 4 + low / 100 % 10 * 3 + low / 10 % 10 * 2 + low % 10 * 10;
  return sum % 11 == 0;
}

/// The same of nine digits as they are written, which need not be taken apart.
inline bool digitsPassElevenTest(const char* nineDigits) {
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
  std::uint64_t chunk = 0;
  std::memcpy(&chunk, nineDigits, 8);
  constexpr std::uint64_t kEven = 0x000F000F000F000FULL;
  // Sums of four products, each below 2^16, in the highest sixteen bits: weights 9 7 5 3 and 8 6 4 2.
  const std::uint64_t sums =
      ((chunk & kEven) * 0x0009000700050003ULL >> 48) + ((chunk >> 8 & kEven) * 0x0008000600040002ULL >> 48);
  return (static_cast<std::uint32_t>(sums) + static_cast<std::uint32_t>(nineDigits[8] - '0') * 10) % 11 == 0;
#else
  std::uint32_t number = 0;
  for (int i = 0; i < 9; ++i) number = number * 10 + static_cast<std::uint32_t>(nineDigits[i] - '0');
  return passesElevenTest(number);
#endif
}

/// Two digits.
inline bool twoDigits(std::string_view cell, unsigned& value) {
  if (cell.size() != 2 || !isDigit(cell[0]) || !isDigit(cell[1])) return false;
  value = static_cast<unsigned>((cell[0] - '0') * 10 + (cell[1] - '0'));
  return true;
}

/// A whole number of one to three digits without leading zero.
inline bool smallNumber(std::string_view cell, unsigned& value) {
  if (cell.size() > 3 || cell[0] == '0') return false;
  value = 0;
  for (const char c : cell) {
    if (!isDigit(c)) return false;
    value = value * 10 + static_cast<unsigned>(c - '0');
  }
  return true;
}

/// "GM0034" or "0034".
inline bool municipalityOf(std::string_view cell, unsigned& number) {
  if (cell.size() == 6 && cell[0] == 'G' && cell[1] == 'M') cell.remove_prefix(2);
  return cell.size() == 4 && fourDigits(cell.data(), number);
}

/// "1234AB", the first digit not zero.
inline bool isPostcode(std::string_view cell) {
  const auto letter = [](char c) { return static_cast<unsigned char>(c - 'A') < 26; };
  unsigned digits = 0;
  return cell.size() == 6 && cell[0] != '0' && fourDigits(cell.data(), digits) && letter(cell[4]) && letter(cell[5]);
}

/// 32 hex digits into 16 bytes.
inline bool psnOf(std::string_view cell, std::byte* bytes) {
  if (cell.size() != 32) return false;
  const auto nibble = [](char c) -> int {
    if (isDigit(c)) return c - '0';
    const char lower = static_cast<char>(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
  };
  for (std::size_t i = 0; i < 16; ++i) {
    const int high = nibble(cell[2 * i]);
    const int low = nibble(cell[2 * i + 1]);
    if (high < 0 || low < 0) return false;
    bytes[i] = static_cast<std::byte>(high << 4 | low);
  }
  return true;
}

inline std::string_view withoutSpaces(std::string_view cell) {
  while (!cell.empty() && cell.front() == ' ') cell.remove_prefix(1);
  while (!cell.empty() && cell.back() == ' ') cell.remove_suffix(1);
  return cell;
}

}  // namespace sluis::validate
