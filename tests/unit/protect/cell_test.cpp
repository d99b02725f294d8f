#include "protect/cell.h"

#include <gtest/gtest.h>

#include <set>

namespace sluis::protect {
namespace {

using report::Dimension;
using report::Indicator;

Cell cellOf(Indicator indicator, std::initializer_list<Coordinate> coordinates) {
  Cell cell;
  cell.indicator = indicator;
  for (const Coordinate& c : coordinates) cell.add(c.dimension, c.value);
  return cell;
}

TEST(Cell, ItsIdDoesNotDependOnTheOrder) {
  const Coordinate a{Dimension::form, 2}, b{Dimension::referrer, 1}, c{Dimension::start, 64712};
  const auto id = idOf(cellOf(Indicator::goals, {a, b, c}));
  EXPECT_EQ(idOf(cellOf(Indicator::goals, {c, b, a})), id);
  EXPECT_EQ(idOf(cellOf(Indicator::goals, {b, a, c})), id);
}

TEST(Cell, ItsIdNeverChanges) {
  // Written into files beside snapshots: these numbers are a format, not an implementation.
  EXPECT_EQ(idOf(cellOf(Indicator::satisfaction, {})), 5197578548964807871U);
  EXPECT_EQ(idOf(cellOf(Indicator::dropOut, {{Dimension::form, 2}})), 8192162468358868904U);
  EXPECT_EQ(idOf(cellOf(Indicator::renewed, {{Dimension::provider, 17},
                                             {Dimension::severity, 0},
                                             {Dimension::end, pieceValue({report::Quarter::of(2025, 3), 2})}})),
            14510904795544546918U);
}

TEST(Cell, DifferentCellsHaveDifferentIds) {
  std::set<std::uint64_t> ids;
  std::size_t cells = 0;
  for (const Indicator indicator : report::kIndicators)
    for (std::uint32_t a = 0; a < 40; ++a)
      for (std::uint32_t b = 0; b < 40; ++b) {
        ids.insert(idOf(cellOf(indicator, {{Dimension::form, a}, {Dimension::referrer, b}})));
        ids.insert(idOf(cellOf(indicator, {{Dimension::form, a}, {Dimension::reason, b}})));
        cells += 2;
      }
  for (std::uint32_t a = 0; a < 40; ++a) {
    ids.insert(idOf(cellOf(Indicator::goals, {{Dimension::form, a}})));
    ids.insert(
        idOf(cellOf(Indicator::goals, {{Dimension::form, a}, {Dimension::referrer, 0}, {Dimension::reason, 0}})));
    cells += 2;
  }
  EXPECT_EQ(ids.size(), cells);
}

}  // namespace
}  // namespace sluis::protect
