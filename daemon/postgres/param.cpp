#include "postgres/param.h"

#include <array>
#include <charconv>

namespace sluis::postgres {

Param::Param(double value) {
  std::array<char, 32> text;
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
  value_.emplace(text.data(), end);
}

Param::Param(const std::vector<std::string>& texts) {
  std::string literal = "{";
  for (const auto& text : texts) {
    literal += literal.size() > 1 ? ",\"" : "\"";
    for (const char c : text) {
      if (c == '"' || c == '\\') literal += '\\';
      literal += c;
    }
    literal += '"';
  }
  value_ = literal + '}';
}

}  // namespace sluis::postgres
