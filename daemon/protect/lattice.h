// The lattice of everything that can be asked of a snapshot: for each indicator, every combination of up to three
// dimensions, dates by years, half-years and quarters, and in each cell what was counted. For attacking ourselves
// (attack.h) only; what is published is counted by count.h, and a test compares the two.
//
// One combination at a time: memory is that of its cells. True figures; nothing outside this room sees them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "protect/cell.h"
#include "protect/tally.h"
#include "report/dimension.h"
#include "snapshot/snapshot.h"

namespace sluis::protect {

/// A dimension; a date is three of them, one for each length of its pieces.
struct Axis {
  report::Dimension dimension{};
  int quarters = 0;                   ///< of a date: 4, 2 or 1
  std::vector<std::uint32_t> values;  ///< by place: as in Coordinate
  std::vector<std::uint32_t> before;  ///< the same in the older snapshot, where that is another; empty = the same
  std::vector<std::uint16_t> places;  ///< by the number that Units holds; kNowhere
  std::vector<std::string> words;     ///< by place: "02", "P0001", "2024H1", "onbekend"
};
inline constexpr std::uint16_t kNowhere = 0xffff;

/// The axes of a snapshot, or of two of one domain together, so that their cells can be compared.
class Axes {
 public:
  explicit Axes(const snapshot::Snapshot& now, const snapshot::Snapshot* before = nullptr);

  const Axis& operator[](std::size_t axis) const { return axes_[axis]; }
  std::size_t size() const { return axes_.size(); }
  /// Those of one dimension, the coarsest first.
  const std::vector<std::size_t>& of(report::Dimension dimension) const {
    return byDimension_[static_cast<std::size_t>(dimension)];
  }
  /// The place on the coarser axis of a date that holds `place` of a finer one.
  std::size_t coarser(std::size_t from, std::size_t to, std::size_t place) const {
    return place * static_cast<std::size_t>(axes_[from].quarters) / static_cast<std::size_t>(axes_[to].quarters);
  }
  /// A provider's number in Units, by its place in that snapshot's Facts.
  std::uint16_t provider(bool before, std::size_t place) const { return providers_[before ? 1 : 0][place]; }
  /// A quarter's number in Units, by the snapshot's; 0 stays 0.
  std::uint8_t quarter(bool before, std::uint8_t value) const {
    return value == 0 ? value : static_cast<std::uint8_t>(value + quarterShift_[before ? 1 : 0]);
  }

 private:
  void addCodes(report::Dimension dimension, std::uint32_t seen[256]);
  void addProviders(const snapshot::Facts& now, const snapshot::Facts* before);
  void addDates(const snapshot::Facts& now, const snapshot::Facts* before);
  void add(Axis axis);

  std::vector<Axis> axes_;
  std::array<std::vector<std::size_t>, report::kDimensions> byDimension_;
  std::array<std::vector<std::uint16_t>, 2> providers_;
  std::array<int, 2> quarterShift_{};
};

/// How many parts an indicator has.
std::size_t partsOf(report::Indicator indicator);

/// The counted units of an indicator, in order of child.
struct Units {
  std::vector<std::uint32_t> child;
  std::vector<std::uint32_t> key;
  std::vector<std::uint8_t> part;
  std::vector<std::uint8_t> answers;  ///< `response`: which scores there are: bit = 2 * measure + (parent ? 1 : 0)
  std::vector<std::uint16_t> provider;
  std::array<std::vector<std::uint8_t>, report::kDimensions> codes;  ///< of the other dimensions

  std::size_t size() const { return child.size(); }
  static Units of(const snapshot::Snapshot& snapshot, bool before, const Axes& axes, report::Indicator indicator);
  /// Those that are in one only: new, gone, or changed. A changed record's child is that of `now`; a child that is only
  /// in `before` has a number of its own.
  static Units changed(const Units& now, const Units& before);
};

/// The cells of one combination that have any units.
class Cube {
 public:
  static constexpr std::uint32_t kNone = 0xffffffff;

  /// `axes`: up to three, of different dimensions, ascending.
  Cube(const Axes& all, std::vector<std::size_t> axes, report::Indicator indicator);
  void count(const Units& units);

  const std::vector<std::size_t>& axes() const { return axes_; }
  std::size_t parts() const { return parts_; }
  std::size_t size() const { return stride_ == 0 ? 0 : data_.size() / stride_; }
  /// Dense number of a cell: the sum of place * stride.
  std::uint32_t stride(std::size_t i) const { return strides_[i]; }
  std::uint32_t find(std::size_t dense) const { return slotOf_[dense]; }
  std::uint32_t dense(std::size_t slot) const { return data_[slot * stride_ + kDense]; }
  std::size_t place(std::size_t slot, std::size_t i) const {
    return dense(slot) / strides_[i] % all_->operator[](axes_[i]).values.size();
  }

  std::uint32_t units(std::size_t slot) const { return data_[slot * stride_ + kUnits]; }
  std::uint32_t keys(std::size_t slot) const { return data_[slot * stride_ + kKeys]; }
  std::uint32_t children(std::size_t slot) const { return data_[slot * stride_ + kChildren]; }
  /// Of part `part`; of the whole when it is parts().
  std::uint32_t units(std::size_t slot, std::size_t part) const { return data_[at(slot, part) + kUnits]; }
  std::uint32_t keys(std::size_t slot, std::size_t part) const { return data_[at(slot, part) + kKeys]; }
  /// What decides whether it may be shown.
  void fill(Crowd& crowd, std::size_t slot) const;

  /// Its name; `before`: in the older of two snapshots.
  Cell cell(std::size_t slot, bool before = false) const;
  /// "hulpvorm=02 verwijzer=01".
  std::string words(std::size_t slot) const;

 private:
  enum : std::size_t { kUnits, kKeys, kChildren, kLast, kRun, kMost, kDense, kHead };
  static constexpr std::size_t kPart = 4;

  std::size_t at(std::size_t slot, std::size_t part) const {
    return slot * stride_ + (part == parts_ ? 0 : kHead + part * kPart);
  }
  template <bool kProvider, int kColumns>
  void run(const Units& units, const std::array<const std::uint8_t*, 3>& columns,
           const std::array<const std::uint32_t*, 3>& offsets, const std::uint32_t* providerOffsets);
  void add(std::size_t dense, std::uint32_t child, std::uint32_t key, std::size_t part);

  /// One way to count a trajectory of `response`: whose scores of what make a "ja".
  struct Pass {
    std::uint8_t mask = 0xff;
    std::uint32_t offset = 0;
  };

  const Axes* all_;
  report::Indicator indicator_;
  std::vector<std::size_t> axes_;
  std::size_t parts_;
  std::size_t stride_;
  std::vector<std::uint32_t> strides_;
  std::vector<Pass> passes_;
  std::vector<std::uint32_t> slotOf_;
  std::vector<std::uint32_t> data_;
};

}  // namespace sluis::protect
