#include "report/quarter.h"

#include <gtest/gtest.h>

#include <random>

namespace sluis::report {
namespace {

TEST(Quarter, IsWrittenAndReadBack) {
  EXPECT_EQ(toString(Quarter::of(2026, 1)), "2026Q1");
  EXPECT_EQ(quarterFrom("2026Q4"), Quarter::of(2026, 4));
  EXPECT_EQ(quarterFrom("2026q2"), Quarter::of(2026, 2));
  EXPECT_EQ(Quarter::of(2026, 4).year(), 2026);
  EXPECT_EQ(Quarter::of(2026, 4).quarter(), 4);
}

TEST(Quarter, AnythingElseIsNone) {
  for (const char* text : {"", "2026", "2026Q0", "2026Q5", "26Q1", "2026-1", "2026Q1 ", " 2026Q1", "+026Q1", "2026Q11"})
    EXPECT_FALSE(quarterFrom(text)) << text;
}

TEST(Pieces, AYearIsOnePieceAndPartsOfItAreTheLongestThatFit) {
  const Quarter q1 = Quarter::of(2025, 1);
  EXPECT_EQ(piecesOf(q1, Quarter::of(2025, 4)), (std::vector<Piece>{{q1, 4}}));
  EXPECT_EQ(piecesOf(q1, Quarter::of(2025, 3)), (std::vector<Piece>{{q1, 2}, {Quarter::of(2025, 3), 1}}));
  EXPECT_EQ(piecesOf(Quarter::of(2024, 4), Quarter::of(2026, 2)),
            (std::vector<Piece>{{Quarter::of(2024, 4), 1}, {q1, 4}, {Quarter::of(2026, 1), 2}}));
  // Half a year is the first or the second half, never the middle.
  EXPECT_EQ(piecesOf(Quarter::of(2025, 2), Quarter::of(2025, 3)),
            (std::vector<Piece>{{Quarter::of(2025, 2), 1}, {Quarter::of(2025, 3), 1}}));
}

TEST(Pieces, ARangeThatEndsBeforeItBeginsHasNone) {
  EXPECT_TRUE(piecesOf(Quarter::of(2026, 1), Quarter::of(2025, 4)).empty());
}

/// The fewest pieces, the slow and obviously right way: best[i] = fewest for the quarters before i.
std::size_t fewest(int first, int last) {
  std::vector<std::size_t> best(static_cast<std::size_t>(last - first + 2), 1000000);
  best[0] = 0;
  for (int at = first; at <= last; ++at)
    for (const int quarters : {1, 2, 4})
      if (at % quarters == 0 && at + quarters - 1 <= last) {
        auto& there = best[static_cast<std::size_t>(at + quarters - first)];
        there = std::min(there, best[static_cast<std::size_t>(at - first)] + 1);
      }
  return best.back();
}

TEST(Pieces, OfAnyRangeAreDisjointCoverItAndAreTheFewest) {
  std::mt19937 random(4);
  for (int round = 0; round < 2000; ++round) {
    const int first = static_cast<int>(8000 + random() % 100);
    const int last = first + static_cast<int>(random() % 60);
    const auto pieces = piecesOf({first}, {last});
    int next = first;
    for (const Piece& piece : pieces) {
      EXPECT_TRUE(piece.quarters == 1 || piece.quarters == 2 || piece.quarters == 4);
      EXPECT_EQ(piece.first.number % piece.quarters, 0);
      EXPECT_EQ(piece.first.number, next);
      next += piece.quarters;
    }
    EXPECT_EQ(next, last + 1);
    EXPECT_EQ(pieces.size(), fewest(first, last)) << first << " to " << last;
  }
}

}  // namespace
}  // namespace sluis::report
