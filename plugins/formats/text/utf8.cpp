#include <cstring>

#include "text/decoder.h"

namespace sluis::text {

namespace {

bool continues(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0) == 0x80;
}

// Bytes of the valid character at `at`, 0 when it is wrong or cut off (Unicode 15, table 3-7).
std::size_t characterAt(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[at + i]); };
  const std::size_t left = text.size() - at;
  const unsigned char first = byte(0);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return left >= 2 && continues(text[at + 1]) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    if (left < 3 || !continues(text[at + 1]) || !continues(text[at + 2])) return 0;
    if (first == 0xE0 && byte(1) < 0xA0) return 0;
    if (first == 0xED && byte(1) > 0x9F) return 0;
    return 3;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    if (left < 4 || !continues(text[at + 1]) || !continues(text[at + 2]) || !continues(text[at + 3])) return 0;
    if (first == 0xF0 && byte(1) < 0x90) return 0;
    if (first == 0xF4 && byte(1) > 0x8F) return 0;
    return 4;
  }
  return 0;
}

}  // namespace

std::size_t asciiBytes(std::string_view text) {
  std::size_t at = 0;
  for (; text.size() - at >= 32; at += 32) {
    std::uint64_t words[4];
    std::memcpy(words, text.data() + at, 32);
    if (((words[0] | words[1] | words[2] | words[3]) & 0x8080808080808080ULL) != 0) break;
  }
  while (at < text.size() && static_cast<unsigned char>(text[at]) < 0x80) ++at;
  return at;
}

std::size_t validUtf8(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    at += asciiBytes(text.substr(at));
    if (at == text.size()) break;
    const std::size_t size = characterAt(text, at);
    if (size == 0) return at;
    at += size;
  }
  return at;
}

}  // namespace sluis::text
