// One pass over some rows of a snapshot: selects, and adds up in tables as wide as the answer. The loop that everything
// waits for. Private to this room.
//
// Rows of one child lie together, so a child is counted once by remembering, for each row of the answer and each part,
// the child that was counted last. Rows given to different scans must therefore part between two children.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "protect/plan.h"
#include "protect/tally.h"
#include "snapshot/snapshot.h"

namespace sluis::protect {

class Scan {
 public:
  /// `respondents`: youth and parent also as figures of their own. Both are used until the scan is gone.
  Scan(const snapshot::Snapshot& snapshot, const Plan& plan, bool respondents);

  /// Rows from `from` to `to`, without the latter.
  void run(std::size_t from, std::size_t to);
  /// What was counted. To be added to the tallies of the other scans.
  void addTo(Tally& tally) const;

 private:
  static constexpr std::size_t kBlock = 4096;
  static constexpr std::uint32_t kNobody = 0xffffffff;

  /// Numbers are packed in pairs, the first one above: they are read and written together, one unit after another.
  struct People {
    std::vector<std::uint64_t> with;  ///< row * parts + part: the child counted last, children
    std::vector<std::uint64_t> rows;  ///< 2 * row: the child counted last, children; its units so far, most units
  };
  struct Pieces;
  struct Providers {
    std::uint32_t units = 0;
    std::uint16_t least = 0xffff;
    std::uint16_t greatest = 0;
  };
  struct Others {
    People people;
    std::vector<Providers> providers;  ///< by row: two of them are enough
  };
  struct Counts {
    std::vector<std::uint64_t> sums;   ///< (piece * rows + row) * parts + part: the sum of the keys, the count
    std::vector<std::uint64_t> marks;  ///< piece * rows + row: the sum of the mixed keys, the sum of the marks
  };

  template <class RowOf>
  void runBy(std::size_t from, std::size_t to, const RowOf& rowOf);
  template <class RowOf, bool kDates>
  void runDated(std::size_t from, std::size_t to, const RowOf& rowOf);
  void select(std::size_t from, std::size_t size);
  std::size_t listMeasurements(std::size_t from, std::size_t size);
  std::size_t listRecords(std::size_t size);
  std::size_t listOthers(std::size_t from, std::size_t units);
  void answer(std::size_t from, std::size_t size, const Answers& answers);
  template <class RowOf, bool kDates, bool kMarks, bool kRespondents>
  void addMeasurements(std::size_t from, std::size_t units, const RowOf& rowOf);
  template <class RowOf, bool kDates>
  void addRecords(std::size_t from, std::size_t units, const RowOf& rowOf);
  template <class RowOf, bool kMeasurements>
  void addOthersOf(std::size_t from, std::size_t units, const RowOf& rowOf);
  template <class RowOf>
  void addOthers(std::size_t from, std::size_t units, const RowOf& rowOf);
  void addPeople(const People& people, std::vector<Crowd>& crowds) const;

  const Plan& plan_;
  const snapshot::Facts& facts_;
  const bool measurements_;
  const bool respondents_;
  const std::size_t rows_;  ///< of the answer, and one for units of none
  std::vector<std::uint16_t> rowOf_;
  struct Compared {
    const std::uint8_t* column;
    std::uint8_t from, span;
  };
  std::vector<Compared> compared_;
  const std::uint8_t* flags_ = nullptr;
  const std::uint8_t* parts_ = nullptr;  ///< the column the part is read from
  const std::uint8_t* rowBytes_ = nullptr;
  const std::uint16_t* providers_ = nullptr;
  const std::uint8_t* start_ = nullptr;
  const std::uint8_t* end_ = nullptr;
  std::array<const std::uint8_t*, 3> scores_{};
  const std::uint32_t* child_;
  std::array<const std::uint32_t*, 2> keys_{};

  std::array<Counts, 2> counts_;  ///< of youth and parent; of records, the first only
  std::array<People, 3> people_;  ///< by Whose
  std::array<Others, 3> others_;  ///< by Whose

  static constexpr std::size_t kAhead = 16;  ///< room for what is read or written beyond the end
  std::array<std::uint8_t, kBlock + kAhead> selected_{};
  std::array<std::uint8_t, kBlock + kAhead> youth_{};
  std::array<std::uint8_t, kBlock + kAhead> parent_{};
  std::array<std::uint8_t, kBlock + kAhead> part_{};
  /// Places in the block, in order; of measurements twice the place, and one more for the parent's.
  std::array<std::uint16_t, 2 * kBlock + kAhead> units_{};
  std::array<std::uint16_t, 2 * kBlock + kAhead> otherUnits_{};
};

}  // namespace sluis::protect
