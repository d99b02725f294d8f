// Line ends as Windows programs expect them.
#pragma once

#include <string>
#include <string_view>

namespace sluis::mail {

/// Every LF as CRLF; `text` holds no CR.
inline std::string withCrlf(std::string_view text) {
  std::string out;
  out.reserve(text.size() + text.size() / 32);
  for (const char c : text) {
    if (c == '\n') out += '\r';
    out += c;
  }
  return out;
}

}  // namespace sluis::mail
