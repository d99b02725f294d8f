#include "ascii/layout.h"

#include <charconv>

#include "plugin/format.h"

namespace sluis::ascii {

namespace {

[[noreturn]] void refuse() {
  throw plugin::Unreadable(
      "De beschrijving van de posities van deze dataset klopt niet; meld dit aan de beheerder, of lever aan als CSV of "
      "Excel.");
}

std::string_view nextWord(std::string_view& line) {
  while (!line.empty() && line.front() == ' ') line.remove_prefix(1);
  const std::string_view word = line.substr(0, line.find(' '));
  line.remove_prefix(word.size());
  return word;
}

std::uint32_t numberOf(std::string_view word) {
  std::uint32_t number = 0;
  const auto [end, failed] = std::from_chars(word.data(), word.data() + word.size(), number);
  if (failed != std::errc() || end != word.data() + word.size() || number > Layout::kLongestLine) refuse();
  return number;
}

}  // namespace

Layout parseLayout(std::string_view text) {
  Layout layout;
  while (!text.empty()) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(line.size() == text.size() ? line.size() : line.size() + 1);
    const std::string_view name = nextWord(line);
    if (name.empty()) continue;
    const std::uint32_t offset = numberOf(nextWord(line));
    const std::uint32_t length = numberOf(nextWord(line));
    const std::string_view digits = nextWord(line);
    const std::uint32_t kept = digits.empty() ? Position::kAsItIs : numberOf(digits);
    if (!nextWord(line).empty() || length == 0 || kept == 0 || name.size() > Layout::kLongestName) refuse();
    layout.names.emplace_back(name);
    layout.positions.push_back({offset, length, kept});
    layout.width = std::max(layout.width, offset + length);
    layout.cells += length;
    if (layout.width > Layout::kLongestLine || layout.cells > Layout::kLongestLine ||
        layout.names.size() > Layout::kMostFields)
      refuse();
  }
  if (layout.names.empty())
    throw plugin::Unreadable(
        "Voor deze dataset en periode is geen ASCII-indeling met vaste posities vastgelegd; lever aan als CSV of "
        "Excel.");
  return layout;
}

}  // namespace sluis::ascii
