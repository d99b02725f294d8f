// True figures: what was counted of one snapshot for one query, before protection. Only this room and its tests may see
// this type (a test holds the includes against that); what leaves the room is a report::Outcome.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "protect/cell.h"
#include "report/dimension.h"
#include "report/quarter.h"

namespace sluis::protect {

/// No indicator has more parts: the reasons for ending, and none given.
inline constexpr std::size_t kMostParts = 6;

/// The units of a cell: how many, and the sum of their keys modulo 2^32.
struct Sum {
  std::uint64_t count = 0;
  std::uint32_t keys = 0;

  void operator+=(const Sum& other) {
    count += other.count;
    keys += other.keys;
  }
};

/// What the mean of a cell is made of: the sum of its marks, and of its keys mixed once more (mixing.h).
struct Marks {
  std::uint64_t sum = 0;
  std::uint32_t mixed = 0;

  void operator+=(const Marks& other) {
    sum += other.sum;
    mixed += other.mixed;
  }
};

/// Whose units a row is made of: what decides whether it may be shown.
struct Crowd {
  std::uint64_t units = 0;
  std::uint64_t children = 0;                            ///< distinct
  std::array<std::uint64_t, kMostParts> childrenWith{};  ///< distinct, for each part: with a unit in it
  std::uint64_t most = 0;           ///< units of the child that has most of them; 2 also stands for 1
  std::set<std::string> providers;  ///< kept for `others` only

  /// Of other rows, or the same row in another domain: no child is in both, as far as anybody can tell.
  void operator+=(const Crowd& other);
};

/// Units of all respondents, or of one.
enum class Whose : std::uint8_t { all, youth, parent };
inline constexpr std::size_t kWhose = 3;

/// The counts of one figure for every row. A row is made of pieces: fixed ranges of start and end dates.
struct Layer {
  std::vector<Sum> sums;      ///< (piece * rows + row) * parts + part
  std::vector<Marks> marks;   ///< piece * rows + row; empty where there is no mean
  std::vector<Crowd> crowds;  ///< row
  std::vector<Crowd> others;  ///< row: of other providers than the viewer; empty unless asked
};

struct DatePieces {
  std::optional<report::Piece> start;  ///< none: not asked for
  std::optional<report::Piece> end;
};

struct Tally {
  std::size_t rows = 0;
  std::size_t parts = 0;
  std::vector<DatePieces> pieces;
  std::array<std::optional<Layer>, kWhose> layers;  ///< by Whose; those that were asked for
  std::vector<Cell> cells;                          ///< row: its coordinates without the dates' pieces and Whose

  const Sum& sum(const Layer& layer, std::size_t piece, std::size_t row, std::size_t part) const {
    return layer.sums[(piece * rows + row) * parts + part];
  }
};

}  // namespace sluis::protect
