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

  struct LastChild {
    std::uint32_t last = kNobody;
    std::uint32_t children = 0;
  };
  struct Run {
    std::uint32_t last = kNobody;
    std::uint32_t children = 0;
    std::uint32_t units = 0;  ///< of that child, so far
    std::uint32_t most = 0;
  };
  struct People {
    std::vector<LastChild> with;  ///< row * parts + part
    std::vector<Run> rows;

    void note(std::size_t row, std::size_t cell, std::uint32_t child);
  };
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
    std::vector<std::uint64_t> sums;  ///< the sum of the keys above, the count below 2^32
    std::vector<Marks> marks;
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
  template <bool kDates>
  std::size_t pieceOf(std::size_t at) const;
  template <class RowOf, bool kDates, bool kMarks, bool kRespondents>
  void addMeasurements(std::size_t from, std::size_t units, const RowOf& rowOf);
  template <class RowOf, bool kDates>
  void addRecords(std::size_t from, std::size_t units, const RowOf& rowOf);
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

  std::array<std::uint8_t, kBlock> selected_{};
  std::array<std::uint8_t, kBlock> youth_{};
  std::array<std::uint8_t, kBlock> parent_{};
  std::array<std::uint8_t, kBlock> part_{};
  /// Place in the block * 2 + (0 = youth or record, 1 = parent), in order; room for what is written ahead.
  std::array<std::uint16_t, 2 * kBlock + 2> units_{};
  std::array<std::uint16_t, 2 * kBlock + 2> otherUnits_{};
};

}  // namespace sluis::protect
