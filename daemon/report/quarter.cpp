#include "report/quarter.h"

#include <fmt/format.h>

namespace sluis::report {

std::string toString(Quarter quarter) {
  return fmt::format("{:04}Q{}", quarter.year(), quarter.quarter());
}

std::optional<Quarter> quarterFrom(std::string_view text) {
  if (text.size() != 6 || (text[4] != 'Q' && text[4] != 'q') || text[5] < '1' || text[5] > '4') return std::nullopt;
  int year = 0;
  for (const char c : text.substr(0, 4)) {
    if (c < '0' || c > '9') return std::nullopt;
    year = year * 10 + (c - '0');
  }
  return Quarter::of(year, text[5] - '0');
}

std::vector<Piece> piecesOf(Quarter first, Quarter last) {
  std::vector<Piece> pieces;
  while (first <= last) {
    // The longest that begins here and ends in time: pieces nest, so taking it is never a detour.
    int quarters = 4;
    while (first.number % quarters != 0 || first.number + quarters - 1 > last.number) quarters /= 2;
    pieces.push_back({first, quarters});
    first.number += quarters;
  }
  return pieces;
}

}  // namespace sluis::report
