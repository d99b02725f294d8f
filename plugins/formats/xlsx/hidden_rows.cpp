#include "xlsx/hidden_rows.h"

#include <algorithm>
#include <cstring>
#include <string_view>
#include <vector>

namespace sluis::xlsx {

namespace {

constexpr std::size_t kPiece = 64 << 10;
constexpr std::size_t kLongestTag = 1 << 10;  // of a <row …>
constexpr std::size_t kLongestName = 64;
constexpr std::string_view kHidden = "hidden=";

// Whether the attribute at `at` says so of a row, in the tag that is open at `open`.
bool hidesRow(std::string_view text, std::size_t open, std::size_t at) {
  std::string_view name = text.substr(open + 1, std::min(at - open - 1, kLongestName));
  name = name.substr(0, name.find_first_of(" \t\r\n"));
  if (const std::size_t colon = name.find(':'); colon != name.npos) name.remove_prefix(colon + 1);
  const std::string_view value = text.substr(at + kHidden.size());
  return name == "row" && value.size() > 1 && (value[1] == '1' || value.substr(1, 4) == "true");
}

}  // namespace

std::uint32_t countHiddenRows(Part& sheet) {
  std::vector<char> buffer(kLongestTag + kPiece);
  std::uint32_t count = 0;
  std::size_t kept = 0;     // of the piece before: a tag may lie across
  std::size_t counted = 0;  // up to where attributes were looked at
  std::size_t looked = 0;   // up to where `open` is known: no byte is looked at twice, whatever the file holds
  std::size_t open = std::string_view::npos;
  for (;;) {
    const std::size_t got = sheet.read({buffer.data() + kept, kPiece});
    const std::string_view text(buffer.data(), kept + got);
    // The value must be there too, unless this is the end.
    const std::size_t whole = got == 0 ? text.size() : text.size() - std::min<std::size_t>(text.size(), 16);
    while (counted < whole) {
      const void* found = memmem(text.data() + counted, text.size() - counted, kHidden.data(), kHidden.size());
      if (found == nullptr) break;
      const auto at = static_cast<std::size_t>(static_cast<const char*>(found) - text.data());
      if (at >= whole) break;
      if (const void* last = memrchr(text.data() + looked, '<', at - looked))
        open = static_cast<std::size_t>(static_cast<const char*>(last) - text.data());
      looked = at;
      if (open != text.npos) count += hidesRow(text, open, at) ? 1 : 0;
      counted = at + kHidden.size();
    }
    if (got == 0) return count;
    counted = std::max(counted, whole);
    const std::size_t keep = std::min(text.size(), kLongestTag);
    std::memmove(buffer.data(), text.data() + text.size() - keep, keep);
    const std::size_t gone = text.size() - keep;
    counted -= gone;
    looked = std::max(looked, gone) - gone;
    open = open == text.npos || open < gone ? text.npos : open - gone;
    kept = keep;
  }
}

}  // namespace sluis::xlsx
