#include "report/safe_text.h"

#include <algorithm>
#include <cstdint>

#include "base/encoding.h"

namespace sluis::report {

namespace {

/// Bytes of the UTF-8 character that begins here, 0 when none does (RFC 3629); its code point in `point`.
std::size_t characterAt(std::string_view text, std::uint32_t& point) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  const std::size_t length = first < 0x80                    ? 1
                             : first >= 0xC2 && first < 0xE0 ? 2
                             : first >= 0xE0 && first < 0xF0 ? 3
                             : first >= 0xF0 && first < 0xF5 ? 4
                                                             : 0;
  if (length == 0 || length > text.size()) return 0;
  point = length == 1 ? first : first & (0x7FU >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return 0;
    point = point << 6 | (byte(i) & 0x3FU);
  }
  const bool overlong = (length == 3 && point < 0x800) || (length == 4 && point < 0x10000);
  return overlong || point > 0x10FFFF || (point >= 0xD800 && point < 0xE000) ? 0 : length;
}

bool turnsTextAround(std::uint32_t point) {
  return point == 0x200E || point == 0x200F || (point >= 0x2028 && point <= 0x202E) ||
         (point >= 0x2066 && point <= 0x2069) || point == 0x061C || point == 0xFEFF || point >= 0xFFFE;
}

}  // namespace

std::string clean(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    std::uint32_t point = 0;
    const std::size_t length = characterAt(text, point);
    if (length == 0) {
      out += '?';
      text.remove_prefix(1);
      continue;
    }
    if (point == '\t' || point == '\n' || point == '\r' || point == ' ') {
      if (!out.empty() && out.back() != ' ') out += ' ';
    } else if (point >= 0x20 && !(point >= 0x7F && point < 0xA0) &&
               (point < 0x10000 ? !turnsTextAround(point) : true)) {
      out += text.substr(0, length);
    }
    text.remove_prefix(length);
  }
  while (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

std::string escaped(std::string_view text) {
  return htmlEscaped(clean(text));
}

std::string cellText(std::string_view text) {
  std::string cell = clean(text);
  if (!cell.empty() && std::string_view("=+-@").find(cell.front()) != std::string_view::npos) cell.insert(0, 1, '\'');
  return cell;
}

std::size_t widthOf(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

}  // namespace sluis::report
