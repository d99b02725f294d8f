// Quarters, and the fixed pieces that a range of them is made of: years, half-years and quarters of the calendar.
//
// Every range is a sum of pieces that are the same for everybody: what is published of a range is the sum of what is
// published of its pieces (JEUGDHULP §9.3), so that two ranges that overlap tell nothing that their pieces do not.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluis::report {

/// A quarter of a year, counted from the year 0: year * 4 + 0…3.
struct Quarter {
  std::int32_t number = 0;

  static constexpr Quarter of(int year, int quarter) { return {year * 4 + quarter - 1}; }
  constexpr int year() const { return number / 4; }
  constexpr int quarter() const { return number % 4 + 1; }
  auto operator<=>(const Quarter&) const = default;
};

/// "2026Q1".
std::string toString(Quarter quarter);
/// nullopt for anything else than four digits, Q (or q) and 1 to 4.
std::optional<Quarter> quarterFrom(std::string_view text);

/// A calendar quarter, half-year or year: `quarters` is 1, 2 or 4, and `first` begins one of that length.
struct Piece {
  Quarter first;
  int quarters = 1;
  auto operator<=>(const Piece&) const = default;
};

/// The fewest pieces that cover first to last, both inside, in order of time; empty when last lies before first.
std::vector<Piece> piecesOf(Quarter first, Quarter last);

}  // namespace sluis::report
