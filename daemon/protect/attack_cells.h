// The cells of one combination as the intruder meets them: what is published of each, and what a finer combination's
// published cells say of it. Private to attack*.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "protect/attack_posterior.h"
#include "protect/lattice.h"
#include "protect/withheld.h"
#include "ptable/ptable.h"

namespace sluis::protect {

/// Before anything was withheld beyond the thresholds, and after.
enum class Stage : std::uint8_t { before, after };
inline constexpr std::size_t kStages = 2;

struct Evidence;

/// One combination of axes, counted.
struct Cells {
  enum State : std::uint8_t {
    kShown = 1,       ///< a row by itself
    kSeen = 2,        ///< or a piece of rows that are shown: the difference of two ranges of dates
    kWithheld = 4,    ///< and in the list
    kSeenBefore = 8,  ///< seen in the previous snapshot
    kNested = 16      ///< withheld because it is nested in another too closely: decided first, and never again
  };

  Cells(const Axes& axes, std::vector<std::size_t> combination, report::Indicator indicator)
      : now(axes, combination, indicator),
        before(axes, combination, indicator),
        changed(axes, combination, indicator) {}
  Cube now;
  Cube before;                                      ///< of the previous snapshot; empty without one
  Cube changed;                                     ///< of the units that are in one of them only, or differ
  std::vector<std::int32_t> published;              ///< slot * (parts + 1) + part; the last is the whole
  std::vector<std::int32_t> publishedBefore;        ///< by the slots of `before`
  std::vector<std::uint8_t> state;                  ///< by slot of `now`
  std::vector<std::uint8_t> stateBefore;            ///< by slot of `before`
  std::vector<std::unique_ptr<Evidence>> evidence;  ///< of finer combinations; for those of at most two dimensions

  std::size_t width() const { return now.parts() + 1; }
  bool isApex() const { return now.axes().empty(); }
  std::int32_t value(std::size_t slot, std::size_t part) const { return published[slot * width() + part]; }
  bool isVisible(std::size_t slot, Stage stage) const {
    return (state[slot] & kSeen) != 0 && (stage == Stage::before || (state[slot] & kWithheld) == 0);
  }
  std::uint32_t slotBefore(std::size_t slot) const { return before.find(now.dense(slot)); }
};

/// How the cells of a finer combination lie in a coarser one.
struct Ancestor {
  Cells* cells = nullptr;
  Evidence* evidence = nullptr;                          ///< where what it learns is kept; may be null
  std::vector<std::vector<std::uint32_t>> contribution;  ///< by axis of the finer one and place: to the dense number
  bool isPartition = true;                               ///< `response` by informant or measure is none
  std::optional<std::size_t> provider;                   ///< by provider and nothing else: that axis of the finer one

  std::uint32_t find(const Cube& of, const Cube& finer, std::size_t slot) const {
    std::size_t dense = 0;
    for (std::size_t i = 0; i < contribution.size(); ++i) dense += contribution[i][finer.place(slot, i)];
    return of.find(dense);
  }
};

/// What the visible cells of one finer combination say of each cell of a coarser one.
struct Evidence {
  std::size_t combination = 0;  ///< number of the finer one
  std::size_t dimensions = 0;   ///< of the finer one
  std::uint64_t axes = 0;       ///< of the finer one, as bits
  std::uint64_t refined = 0;    ///< and those it refines: the same, and coarser dates
  struct Side {
    std::vector<std::int32_t> sum;         ///< of published values; slot * width + part
    std::vector<std::uint16_t> noises;     ///< how many of them carry noise
    std::vector<std::uint32_t> units;      ///< how many units they truly count
    std::vector<std::uint64_t> signature;  ///< the same for the same sets; slot * width + part
    std::vector<std::uint32_t> smallest;   ///< dense number of the visible cell with the fewest children; kNone
    std::vector<std::int32_t> change;      ///< of published values, over cells that changed
    std::vector<std::uint16_t> changeNoises;
    std::vector<std::uint64_t> changeSignature;  ///< the same for the same sets before and after
    std::vector<std::uint8_t> hiddenChange;      ///< a cell that changed is not visible in both snapshots
    std::vector<std::uint32_t> smallestChanged;  ///< dense number; kNone
  };
  std::array<Side, kStages> sides;
  std::vector<std::uint32_t> most;    ///< units of the provider that has most; slot * width + part; else empty
  std::vector<std::uint16_t> mostAt;  ///< and who it is

  const Side& of(Stage stage) const { return sides[static_cast<std::size_t>(stage)]; }
};

/// A number for the set of a cell: equal for equal sets.
std::uint64_t signatureOf(std::uint32_t units, std::uint32_t keys);

/// The same of a set and what it became; 0 when it stayed the same.
std::uint64_t signatureOfChange(const Cells& cells, std::size_t slot, std::uint32_t slotBefore, std::size_t part);

/// Publishes the cells of `cells`, and says which of them are shown. Those that are seen as pieces of ranges need
/// `withoutDates`: the cells without their dates.
struct Publisher {
  const ptable::PerturbationTable& table;
  const ptable::PerturbationTable& tableBefore;
  std::uint32_t minimum = 10;
  std::uint32_t minimumBefore = 10;
  const Withheld* withheldBefore = nullptr;

  void publish(Cells& cells, const Ancestor* withoutDates) const;
};

/// Adds up what the visible cells of `finer` say of those of the ancestor.
void gather(const Cells& finer, const Ancestor& ancestor, Stage stage, bool withChange, Evidence& evidence);

/// What is known of a cell beside its own published value: of the cell itself, and of finer ones.
std::vector<Observation> observationsOf(const Cells& cells, std::size_t slot, std::size_t part, Stage stage);
/// The evidence that partitions a cell wholly and says something new, sharpest last; where it came from.
std::vector<const Evidence*> partitionsOf(const Cells& cells, std::size_t slot, std::size_t part, Stage stage);

}  // namespace sluis::protect
