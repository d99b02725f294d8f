#include "delivery/reason.h"

#include <optional>

#include <fmt/format.h>

#include "model/denied.h"

namespace sluis::delivery {

namespace {

constexpr int kDigitsOfANumber = 8;  // a citizen number may have lost its leading zero

// The next character, taken off `text`; nullopt when it is no UTF-8 (RFC 3629 §4: no overlong forms, no surrogates).
std::optional<char32_t> next(std::string_view& text) {
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = at(0);
  const std::size_t length = lead < 0x80   ? 1
                             : lead < 0xC2 ? 0
                             : lead < 0xE0 ? 2
                             : lead < 0xF0 ? 3
                             : lead < 0xF5 ? 4
                                           : 0;
  if (length == 0 || length > text.size()) return std::nullopt;
  char32_t character = length == 1 ? lead : lead & (0x7Fu >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if ((at(i) & 0xC0) != 0x80) return std::nullopt;
    character = character << 6 | (at(i) & 0x3Fu);
  }
  const bool overlong = (length == 3 && character < 0x800) || (length == 4 && character < 0x10000);
  if (overlong || (character >= 0xD800 && character < 0xE000) || character > 0x10FFFF) return std::nullopt;
  text.remove_prefix(length);
  return character;
}

bool isControl(char32_t c) {
  return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x2028 || c == 0x2029 || (c >= 0x200E && c <= 0x200F) ||
         (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) || c == 0xFEFF;
}

}  // namespace

void checkReason(std::string_view reason) {
  std::size_t characters = 0;
  int digits = 0;
  while (!reason.empty()) {
    const auto character = next(reason);
    if (!character)
      throw Error(ErrorKind::usage, "the reason is not UTF-8 text", "set the terminal and its locale to UTF-8");
    if (isControl(*character)) throw Denied(why::kReasonOneLine, {}, "a reason is one line of text");
    digits = *character >= '0' && *character <= '9' ? digits + 1 : 0;
    if (digits >= kDigitsOfANumber)
      throw Denied(why::kReasonDigits, {}, "a reason has no eight digits in a row: it could carry a citizen number",
                   "it goes into the log and into mails; name the delivery or the ticket instead");
    if (++characters > kLongestReason)
      throw Denied(why::kReasonLong, std::to_string(kLongestReason),
                   fmt::format("a reason has at most {} characters", kLongestReason));
  }
}

}  // namespace sluis::delivery
