#include "xlsx/string_item.h"

#include <cstdint>
#include <cstring>

#include "plugin/format.h"

namespace sluis::xlsx {

namespace {

constexpr std::size_t kEscape = 7;  // _x000D_

// The UTF-16 unit that an escape at `at` stands for, or -1.
int unitAt(std::string_view text, std::size_t at) {
  if (text.size() < at + kEscape || text[at] != '_' || (text[at + 1] != 'x' && text[at + 1] != 'X') ||
      text[at + kEscape - 1] != '_')
    return -1;
  int unit = 0;
  for (const char c : text.substr(at + 2, 4)) {
    const int digit = c >= '0' && c <= '9'   ? c - '0'
                      : c >= 'a' && c <= 'f' ? c - 'a' + 10
                      : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                             : -1;
    if (digit < 0) return -1;
    unit = unit * 16 + digit;
  }
  return unit;
}

void append(std::string& out, std::uint32_t character) {
  const auto put = [&](std::uint32_t bits) { out += static_cast<char>(bits); };
  if (character < 0x80) return put(character);
  if (character < 0x800) return put(0xC0 | character >> 6), put(0x80 | (character & 0x3F));
  if (character >= 0x10000)
    put(0xF0 | character >> 18), put(0x80 | (character >> 12 & 0x3F));
  else
    put(0xE0 | character >> 12);
  put(0x80 | (character >> 6 & 0x3F));
  put(0x80 | (character & 0x3F));
}

}  // namespace

void unescape(std::string& text) {
  std::size_t at = text.find("_x");
  if (at == std::string::npos) at = text.find("_X");
  if (at == std::string::npos) return;
  std::string plain = text.substr(0, at);
  while (at < text.size()) {
    const int unit = unitAt(text, at);
    const int low = unit >= 0xD800 && unit < 0xDC00 ? unitAt(text, at + kEscape) : -1;
    if (low >= 0xDC00 && low < 0xE000) {
      append(plain,
             0x10000 + (static_cast<std::uint32_t>(unit - 0xD800) << 10) + static_cast<std::uint32_t>(low - 0xDC00));
      at += 2 * kEscape;
    } else if (unit > 0 && (unit < 0xD800 || unit >= 0xE000)) {
      append(plain, static_cast<std::uint32_t>(unit));
      at += kEscape;
    } else {
      plain += text[at++];
    }
  }
  text = std::move(plain);
}

void StringItem::begin() {
  text_.clear();
  open_ = true;
  taking_ = inRun_ = false;
}

void StringItem::start(int depth, const char* name) {
  if (!open_) return;
  if (depth == 1) inRun_ = std::strcmp(name, "r") == 0;
  taking_ = std::strcmp(name, "t") == 0 && (depth == 1 || (depth == 2 && inRun_));
}

void StringItem::end(int depth) {
  taking_ = false;
  if (depth == 1) inRun_ = false;
}

void StringItem::text(std::string_view piece) {
  if (!taking_) return;
  if (piece.size() > kLongest - text_.size())
    throw plugin::Unreadable("Een cel bevat meer tekst dan Excel toestaat; controleer de werkmap.");
  text_ += piece;
}

std::string_view StringItem::finish() {
  open_ = taking_ = false;
  unescape(text_);
  return text_;
}

}  // namespace sluis::xlsx
