// Bytes as text and back: hex, base64 and base64url; text in addresses and pages. Decoding refuses anything but the
// exact form.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sluis {

using Bytes = std::vector<std::byte>;
using BytesView = std::span<const std::byte>;

inline BytesView asBytes(std::string_view text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}
inline std::string_view asText(BytesView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// Lower-case, two digits a byte.
std::string toHex(BytesView bytes);
/// nullopt unless an even number of hex digits (either case).
std::optional<Bytes> fromHex(std::string_view text);

/// RFC 4648 §4 with padding, no line breaks.
std::string toBase64(BytesView bytes);
/// nullopt unless well-formed; line breaks and spaces are skipped, missing padding is refused.
std::optional<Bytes> fromBase64(std::string_view text);

/// RFC 4648 §5 without padding: for tokens in addresses and cookies. 32 bytes are 43 characters.
std::string toBase64Url(BytesView bytes);
/// nullopt unless well-formed, without padding.
std::optional<Bytes> fromBase64Url(std::string_view text);

/// For a part of an address (RFC 3986): letters, digits and -._~ as they are, every other byte as %XX.
std::string percentEncoded(std::string_view text);

/// For HTML and SVG, in content and in quoted attributes: & < > " and ' as references.
std::string htmlEscaped(std::string_view text);

/// Whether they are the same, in a time that depends on the lengths only: for what an attacker may try.
bool equalInConstantTime(BytesView a, BytesView b) noexcept;

}  // namespace sluis
