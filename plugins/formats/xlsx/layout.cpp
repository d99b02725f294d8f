#include "xlsx/layout.h"

#include <algorithm>
#include <charconv>

namespace sluis::xlsx {

namespace {

constexpr std::uint32_t kMostDigits = 18;

std::string plain(std::string_view name) {
  const std::size_t first = name.find_first_not_of(" \t\r\n");
  if (first == name.npos) return "";
  std::string lower(name.substr(first, name.find_last_not_of(" \t\r\n") - first + 1));
  for (char& c : lower)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  return lower;
}

}  // namespace

Layout::Layout(std::string_view lines) {
  for (std::size_t begin = 0; begin < lines.size();) {
    const std::size_t end = std::min(lines.find('\n', begin), lines.size());
    const std::string_view line = lines.substr(begin, end - begin);
    begin = end + 1;
    const std::size_t space = line.rfind(' ');
    if (space == line.npos) continue;
    std::uint32_t digits = 0;
    std::from_chars(line.data() + space + 1, line.data() + line.size(), digits);
    if (digits > 0 && digits <= kMostDigits) digits_[plain(line.substr(0, space))] = digits;
  }
}

std::uint32_t Layout::digitsOf(std::string_view column) const {
  const auto found = digits_.find(plain(column));
  return found == digits_.end() ? 0 : found->second;
}

}  // namespace sluis::xlsx
