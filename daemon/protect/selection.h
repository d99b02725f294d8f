// A block of rows of a snapshot: which units a question counts in it, whose they are, and which are the only ones of
// their child. Private to this room.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "protect/plan.h"
#include "snapshot/snapshot.h"

namespace sluis::protect {

/// The units of a block, in order. A unit is a record, or a measurement of one.
struct Units {
  static constexpr std::size_t kRows = 2048;       ///< of a block
  static constexpr std::size_t kMost = 2 * kRows;  ///< units
  static constexpr std::size_t kAhead = 32;        ///< room for what is read or written beyond the end
  template <class Number>
  using List = std::array<Number, kMost + kAhead>;

  std::size_t size = 0;
  List<std::uint16_t> places;    ///< of records their place in the block; of measurements twice that, and 1 for parents
  List<std::uint32_t> children;  ///< by unit
  List<std::uint16_t> rows;      ///< by unit: the row of the answer; its size for none
  List<std::uint8_t> values;     ///< by unit: what Plan::partOf takes

  // Units by how many their child has in the block, as places in the lists above.
  std::size_t lone = 0, pairs = 0, more = 0;
  List<std::uint16_t> loneUnits;
  List<std::uint16_t> pairUnits;  ///< the first of two; the second follows it
  List<std::uint16_t> moreUnits;  ///< also all of a child that may go on in the next block, or came from the last
};

class Selection {
 public:
  Selection(const snapshot::Snapshot& snapshot, const Plan& plan);

  /// Fills all but rows and values. `size` up to Units::kRows.
  void list(std::size_t from, std::size_t size, Units& units);
  /// Rows and values, for the rows of the answer that the plan says; for `response`, one pass.
  void place(std::size_t from, std::size_t size, Units& units);
  void placePass(std::size_t from, std::size_t size, std::size_t row, Units& units);

 private:
  struct Compared {
    const std::uint8_t* column;
    std::uint8_t from, span;
  };
  using Block = std::array<std::uint8_t, Units::kRows + Units::kAhead>;

  void select(std::size_t from, std::size_t size);
  void partByChild(std::size_t from, std::size_t size, Units& units);
  void answer(std::size_t from, std::size_t size, const Answers& answers, Units& units);
  void placeValues(std::size_t from, Units& units) const;

  const Plan& plan_;
  const bool measurements_;
  std::vector<Compared> compared_;
  const std::uint32_t* child_;
  const std::uint8_t* flags_ = nullptr;
  const std::uint8_t* values_ = nullptr;
  const std::uint8_t* rowBytes_ = nullptr;
  const std::uint16_t* providers_ = nullptr;
  std::array<const std::uint8_t*, 3> scores_{};
  std::vector<std::uint16_t> rowOf_;  ///< as long as the column's values go

  Block selected_{}, youth_{}, parent_{}, part_{};
  Units::List<std::uint8_t> same_{}, found_{};
};

}  // namespace sluis::protect
