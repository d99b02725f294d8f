#include "web/header_text.h"

#include <algorithm>

#include "web/urlencoded.h"

namespace sluis::web {
namespace {

bool isLetterOrDigit(char byte) {
  return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9');
}

bool isVisible(char byte) {
  return byte > ' ' && byte < 0x7f;
}

char lower(char byte) {
  return byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte - 'A' + 'a') : byte;
}

}  // namespace

bool isToken(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char byte) {
    return isLetterOrDigit(byte) || std::string_view("!#$%&'*+-.^_`|~").find(byte) != std::string_view::npos;
  });
}

bool isHeaderValue(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char byte) {
    const auto code = static_cast<unsigned char>(byte);
    return byte == '\t' || (code >= 0x20 && code != 0x7f);
  });
}

bool isUnreserved(char byte) {
  return isLetterOrDigit(byte) || byte == '-' || byte == '_' || byte == '.' || byte == '~';
}

bool isOwnPath(std::string_view location) {
  return location.size() >= 1 && location[0] == '/' && (location.size() == 1 || location[1] != '/') &&
         std::all_of(location.begin(), location.end(), [](char byte) { return isVisible(byte) && byte != '\\'; });
}

bool isHttpsUrl(std::string_view url) {
  constexpr std::string_view kScheme = "https://";
  if (url.rfind(kScheme, 0) != 0) return false;
  const auto rest = url.substr(kScheme.size());
  return !rest.empty() && isLetterOrDigit(rest[0]) &&
         std::all_of(rest.begin(), rest.end(), [](char byte) { return isVisible(byte) && byte != '\\'; });
}

bool isAuthority(std::string_view text) {
  return !text.empty() && text.size() <= 255 && std::all_of(text.begin(), text.end(), [](char byte) {
    return isLetterOrDigit(byte) || std::string_view("-.:[]_").find(byte) != std::string_view::npos;
  });
}

std::string inLowerCase(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(), lower);
  return result;
}

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

bool sameText(std::string_view one, std::string_view other) {
  return one.size() == other.size() &&
         std::equal(one.begin(), one.end(), other.begin(), [](char a, char b) { return lower(a) == lower(b); });
}

std::string printable(std::string_view text, std::size_t most) {
  std::string shown;
  for (std::size_t at = 0; at < text.size() && shown.size() < most;) {
    const std::size_t length = cleanCharacter(text.substr(at), LineEnds::refused);
    if (length == 0) {
      shown += '?';
      ++at;
      continue;
    }
    if (shown.size() + length > most) break;
    shown += text.substr(at, length);
    at += length;
  }
  return shown;
}

}  // namespace sluis::web
