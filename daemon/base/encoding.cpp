#include "base/encoding.h"

#include <array>
#include <cstdint>

#include <fmt/format.h>

namespace sluis {

namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";
constexpr std::string_view kBase64Digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

int hexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

constexpr auto kBase64Values = [] {
  std::array<std::int8_t, 256> values{};
  values.fill(-1);
  for (std::size_t i = 0; i < kBase64Digits.size(); ++i)
    values[static_cast<unsigned char>(kBase64Digits[i])] = static_cast<std::int8_t>(i);
  return values;
}();

}  // namespace

std::string toHex(BytesView bytes) {
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const std::byte b : bytes) {
    text += kHexDigits[std::to_integer<unsigned>(b) >> 4];
    text += kHexDigits[std::to_integer<unsigned>(b) & 15U];
  }
  return text;
}

std::optional<Bytes> fromHex(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  Bytes bytes;
  bytes.reserve(text.size() / 2);
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const int high = hexValue(text[i]);
    const int low = hexValue(text[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    bytes.push_back(static_cast<std::byte>(high * 16 + low));
  }
  return bytes;
}

std::string toBase64(BytesView bytes) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t n = std::min<std::size_t>(3, bytes.size() - i);
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 3; ++k) group = group << 8 | (k < n ? std::to_integer<std::uint32_t>(bytes[i + k]) : 0);
    text += kBase64Digits[group >> 18 & 63];
    text += kBase64Digits[group >> 12 & 63];
    text += n > 1 ? kBase64Digits[group >> 6 & 63] : '=';
    text += n > 2 ? kBase64Digits[group & 63] : '=';
  }
  return text;
}

std::optional<Bytes> fromBase64(std::string_view text) {
  Bytes bytes;
  bytes.reserve(text.size() / 4 * 3);
  std::uint32_t group = 0;
  int digits = 0;
  int padding = 0;
  for (const char c : text) {
    if (c == '\n' || c == '\r' || c == ' ' || c == '\t') continue;
    if (c == '=') {
      ++padding;
      group <<= 6;
    } else {
      const int value = kBase64Values[static_cast<unsigned char>(c)];
      if (value < 0 || padding > 0) return std::nullopt;
      group = group << 6 | static_cast<std::uint32_t>(value);
    }
    if (++digits == 4) {
      if (padding > 2) return std::nullopt;
      bytes.push_back(static_cast<std::byte>(group >> 16));
      if (padding < 2) bytes.push_back(static_cast<std::byte>(group >> 8));
      if (padding < 1) bytes.push_back(static_cast<std::byte>(group));
      if (padding > 0 && (group & (padding == 1 ? 0xffU : 0xffffU)) != 0) return std::nullopt;
      group = 0;
      digits = 0;
    } else if (padding > 0 && digits < 3) {
      return std::nullopt;
    }
  }
  if (digits != 0) return std::nullopt;
  return bytes;
}

std::string toBase64Url(BytesView bytes) {
  std::string text = toBase64(bytes);
  while (!text.empty() && text.back() == '=') text.pop_back();
  for (char& c : text) c = c == '+' ? '-' : c == '/' ? '_' : c;
  return text;
}

std::optional<Bytes> fromBase64Url(std::string_view text) {
  std::string plain(text);
  for (char& c : plain) {
    // Not of this alphabet, though fromBase64() would take it.
    if (c == '+' || c == '/' || c == '=' || static_cast<unsigned char>(c) <= ' ') return std::nullopt;
    c = c == '-' ? '+' : c == '_' ? '/' : c;
  }
  plain.append((4 - plain.size() % 4) % 4, '=');
  return fromBase64(plain);
}

std::string percentEncoded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
                       c == '.' || c == '_' || c == '~';
    if (plain)
      out += c;
    else
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

std::string htmlEscaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

bool equalInConstantTime(BytesView a, BytesView b) noexcept {
  if (a.size() != b.size()) return false;
  volatile unsigned different = 0;
  for (std::size_t i = 0; i < a.size(); ++i) different = different | std::to_integer<unsigned>(a[i] ^ b[i]);
  return different == 0;
}

}  // namespace sluis
