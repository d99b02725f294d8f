#include "reader/safe_text.h"

#include <algorithm>

namespace sluis::reader {

namespace {

constexpr std::size_t kLongest = 300;
constexpr std::size_t kBsnLength = 8;

bool isDigit(char c) {
  return c >= '0' && c <= '9';
}

// Bytes of the character at the front, judged by its first byte; 0 when it is not whole.
std::size_t characterSize(std::string_view text) {
  const auto first = static_cast<unsigned char>(text.front());
  const std::size_t size = first < 0x80 ? 1 : first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC2 ? 2 : 0;
  if (size == 0 || first > 0xF4 || text.size() < size) return 0;
  for (std::size_t i = 1; i < size; ++i)
    if ((static_cast<unsigned char>(text[i]) & 0xC0) != 0x80) return 0;
  return size;
}

void maskNumbers(std::string& text) {
  for (auto at = text.begin(); at != text.end();) {
    const auto end = std::find_if_not(at, text.end(), isDigit);
    if (end - at >= static_cast<std::ptrdiff_t>(kBsnLength)) std::fill(at, end, '#');
    at = end == text.end() ? end : end + 1;
  }
}

}  // namespace

std::string safeText(std::string_view text) {
  std::string safe;
  while (!text.empty() && safe.size() < kLongest) {
    const std::size_t size = characterSize(text);
    const auto first = static_cast<unsigned char>(text.front());
    if (size == 1) safe += first < 0x20 || first == 0x7F ? ' ' : text.front();
    // U+0080–U+009F are controls too.
    else if (size == 0 || (first == 0xC2 && static_cast<unsigned char>(text[1]) < 0xA0))
      safe += '?';
    else if (safe.size() + size <= kLongest)
      safe.append(text.substr(0, size));
    else
      break;
    text.remove_prefix(std::max<std::size_t>(size, 1));
  }
  maskNumbers(safe);
  return safe;
}

}  // namespace sluis::reader
