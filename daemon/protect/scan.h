// One pass over some rows of a snapshot: adds up in tables as wide as the answer. The loop that everything waits for.
// Private to this room.
//
// Rows of one child lie together. Most children have one unit or two among those that a question counts: whether these
// are of one row and one part is seen at once. Of the others a table remembers, for each row and part, the child that
// was counted last. Rows given to different scans must therefore part between two children.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "protect/plan.h"
#include "protect/selection.h"
#include "protect/tally.h"
#include "snapshot/snapshot.h"

namespace sluis::protect {

class Scan {
 public:
  /// `respondents`: youth and parent also as figures of their own. Both are used until the scan is gone.
  Scan(const snapshot::Snapshot& snapshot, const Plan& plan, bool respondents);

  /// Rows from `from` to `to`, without the latter.
  void run(std::size_t from, std::size_t to);
  /// What was counted, to be added to that of the other scans. `own`: the viewer's, when there is one.
  void addTo(Tally& all, Tally* own) const;

 private:
  static constexpr std::uint32_t kNobody = 0xffffffff;

  // Numbers are packed in pairs, the first one above: they are read and written together, one unit after another.

  /// (piece * rows + row) * parts + part: the sum of the keys, the count. A table for units that are the only one of
  /// their child, each of them a child, and one for the rest.
  struct Sums {
    std::vector<std::uint64_t> lone, rest;
  };
  /// How often a child was met first in a row and part, and in that row.
  struct First {
    std::uint32_t inPart = 0, inRow = 0;
  };
  struct People {
    std::vector<First> firsts;        ///< row * parts + part: of children with two units
    std::vector<std::uint64_t> with;  ///< row * parts + part: the child counted last, children
    std::vector<std::uint64_t> rows;  ///< 2 * row: the child counted last, children; its units so far, most units
  };
  struct Note;
  struct Tables;

  template <bool kMeasurements, bool kViewer>
  void add(std::size_t from);
  /// The sets of `sums_`, for units of these respondents and of everybody, the viewer or the others.
  enum class Of { everybody, viewer, others };
  bool isOf(std::size_t set, std::size_t whose, Of of) const;
  void addCounts(std::size_t set, Layer& layer) const;
  void addCrowds(const People& people, std::size_t whose, Of of, std::vector<Crowd>& crowds) const;
  std::size_t informants() const { return measurements_ ? 2 : 1; }

  const Plan& plan_;
  const snapshot::Facts& facts_;
  const bool measurements_;
  const bool respondents_;
  const std::size_t rows_;  ///< of the answer, and one for units of none
  const std::uint16_t* providers_ = nullptr;
  const std::uint8_t* start_ = nullptr;
  const std::uint8_t* end_ = nullptr;
  std::array<const std::uint32_t*, 2> keys_{};
  Selection selection_;
  Units units_;

  std::array<Sums, 4> sums_;  ///< of youth or record, of parent; then the same of the viewer's own
  std::array<std::vector<std::uint64_t>, 4> marks_;  ///< the same; piece * rows + row: sums of mixed keys, of marks
  std::array<People, kWhose> people_;                ///< by Whose
  std::array<People, kWhose> own_;
  std::array<People, kWhose> others_;
  std::array<std::vector<std::uint8_t>, 2> seen_;  ///< of youth or record, of parent: row * providers + provider
};

}  // namespace sluis::protect
