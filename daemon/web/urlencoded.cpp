#include "web/urlencoded.h"

#include <algorithm>

namespace sluis::web {
namespace {

const Refused kBadRequest{400, "error.bad-request"};

int hexDigit(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
  if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
  return -1;
}

}  // namespace

std::size_t cleanCharacter(std::string_view text, LineEnds lineEnds) {
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
  if (text.empty()) return 0;
  const unsigned first = byte(0);
  if (first < 0x20) {
    const bool isLineEnd = first == '\n' || first == '\r' || first == '\t';
    return isLineEnd && lineEnds == LineEnds::allowed ? 1 : 0;
  }
  if (first < 0x80) return first == 0x7f ? 0 : 1;
  const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || text.size() < length) return 0;
  unsigned code = first & (0xffU >> (length + 1));
  for (std::size_t at = 1; at < length; ++at) {
    if ((byte(at) & 0xc0U) != 0x80) return 0;
    code = (code << 6) | (byte(at) & 0x3fU);
  }
  const bool isOverlong = (length == 3 && code < 0x800) || (length == 4 && code < 0x10000);
  const bool isSurrogate = code >= 0xd800 && code <= 0xdfff;
  const bool isControl = code >= 0x80 && code < 0xa0;
  // What turns the direction of text, or is not seen at all, makes one name look like another.
  const bool isUnseen = (code >= 0x200b && code <= 0x200f) || (code >= 0x2028 && code <= 0x202e) ||
                        (code >= 0x2066 && code <= 0x2069) || code == 0xfeff;
  const bool isNoCharacter = (code & 0xfffeU) == 0xfffe || (code >= 0xfdd0 && code <= 0xfdef) || code > 0x10ffff;
  return isOverlong || isSurrogate || isControl || isUnseen || isNoCharacter ? 0 : length;
}

bool isCleanText(std::string_view text, LineEnds lineEnds) {
  while (!text.empty()) {
    const std::size_t length = cleanCharacter(text, lineEnds);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

std::string withPlainLineEnds(std::string_view text) {
  std::string result;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '\r') {
      result += text[at];
      continue;
    }
    result += '\n';
    if (at + 1 < text.size() && text[at + 1] == '\n') ++at;
  }
  return result;
}

std::optional<std::string> percentDecoded(std::string_view text, bool plusIsSpace) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '%') {
      const int high = at + 2 < text.size() ? hexDigit(text[at + 1]) : -1;
      const int low = at + 2 < text.size() ? hexDigit(text[at + 2]) : -1;
      if (high < 0 || low < 0) return std::nullopt;
      decoded += static_cast<char>(high * 16 + low);
      at += 2;
    } else {
      decoded += plusIsSpace && text[at] == '+' ? ' ' : text[at];
    }
  }
  return decoded;
}

Result<std::string, Refused> decodePath(std::string_view raw) {
  if (raw.empty() || raw[0] != '/') return failure(kBadRequest);
  std::string path;
  for (std::size_t at = 1;;) {
    const std::size_t end = std::min(raw.find('/', at), raw.size());
    const auto element = percentDecoded(raw.substr(at, end - at), false);
    const bool isLast = end == raw.size();
    if (!element || *element == "." || *element == ".." || (element->empty() && !isLast) ||
        element->find_first_of("/\\") != std::string::npos || !isCleanText(*element, LineEnds::refused))
      return failure(kBadRequest);
    path += '/' + *element;
    if (isLast) return path;
    at = end + 1;
  }
}

Result<Fields, Refused> parseUrlencoded(std::string_view text, LineEnds lineEnds) {
  Fields fields;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('&'), text.size());
    const std::string_view pair = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (pair.empty()) continue;
    const std::size_t equals = std::min(pair.find('='), pair.size());
    const auto name = percentDecoded(pair.substr(0, equals), true);
    const auto value = percentDecoded(pair.substr(std::min(equals + 1, pair.size())), true);
    if (!name || !value || !isCleanText(*name, LineEnds::refused) || !isCleanText(*value, lineEnds))
      return failure(kBadRequest);
    if (name->size() > kLongestValue || value->size() > kLongestValue || fields.all().size() == kMostFields)
      return failure(Refused{413, "error.too-large"});
    fields.add(*name, withPlainLineEnds(*value));
  }
  return fields;
}

}  // namespace sluis::web
