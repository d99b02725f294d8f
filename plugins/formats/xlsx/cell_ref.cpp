#include "xlsx/cell_ref.h"

#include <utility>

namespace sluis::xlsx {

std::optional<CellRef> cellRefOf(std::string_view text) {
  std::uint32_t column = 0;
  std::size_t at = 0;
  for (; at < text.size() && text[at] >= 'A' && text[at] <= 'Z'; ++at) {
    column = column * 26 + static_cast<std::uint32_t>(text[at] - 'A') + 1;
    if (column > kMostSheetColumns) return std::nullopt;
  }
  const std::size_t letters = at;
  std::uint32_t row = 0;
  for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at) {
    row = row * 10 + static_cast<std::uint32_t>(text[at] - '0');
    if (row > kMostRows) return std::nullopt;
  }
  if (letters == 0 || row == 0 || at != text.size()) return std::nullopt;
  return CellRef{.column = column - 1, .row = row};
}

std::optional<CellRange> cellRangeOf(std::string_view text) {
  const std::size_t colon = text.find(':');
  const auto first = cellRefOf(text.substr(0, colon));
  const auto last = colon == text.npos ? first : cellRefOf(text.substr(colon + 1));
  if (!first || !last) return std::nullopt;
  CellRange range{*first, *last};
  if (range.first.column > range.last.column) std::swap(range.first.column, range.last.column);
  if (range.first.row > range.last.row) std::swap(range.first.row, range.last.row);
  return range;
}

std::string columnLetters(std::uint32_t column) {
  std::string letters;
  for (++column; column > 0; column = (column - 1) / 26)
    letters.insert(letters.begin(), static_cast<char>('A' + (column - 1) % 26));
  return letters;
}

}  // namespace sluis::xlsx
