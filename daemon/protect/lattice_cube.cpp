// Counting one combination: every unit once, into the cell where it lies.
#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>

#include "protect/lattice.h"

namespace sluis::protect {

namespace {

using report::Dimension;
using report::Indicator;

constexpr std::uint32_t kNoOffset = 1U << 30;  // three of them and any place still fit

}  // namespace

Cube::Cube(const Axes& all, std::vector<std::size_t> axes, Indicator indicator)
    : all_(&all),
      indicator_(indicator),
      axes_(std::move(axes)),
      parts_(partsOf(indicator)),
      stride_(kHead + parts_ * kPart) {
  std::size_t cells = 1;
  for (const std::size_t axis : axes_) {
    strides_.push_back(static_cast<std::uint32_t>(cells));
    cells *= all[axis].values.size();
  }
  if (cells >= kNoOffset) throw std::logic_error("more cells than a combination can have");
  slotOf_.assign(cells, kNone);

  passes_ = {Pass{}};
  if (indicator != Indicator::response) return;
  for (std::size_t i = 0; i < axes_.size(); ++i) {
    const Dimension dimension = all[axes_[i]].dimension;
    if (dimension != Dimension::informant && dimension != Dimension::measure) continue;
    std::vector<Pass> finer;
    for (const Pass& pass : passes_)
      for (std::uint32_t value = 0; value < all[axes_[i]].values.size(); ++value) {
        const unsigned mask = dimension == Dimension::informant ? 0b010101U << value : 0b11U << (2 * value);
        finer.push_back({static_cast<std::uint8_t>(pass.mask & mask), pass.offset + value * strides_[i]});
      }
    passes_ = std::move(finer);
  }
}

void Cube::add(std::size_t dense, std::uint32_t child, std::uint32_t key, std::size_t part) {
  std::uint32_t& slot = slotOf_[dense];
  if (slot == kNone) {
    slot = static_cast<std::uint32_t>(data_.size() / stride_);
    data_.resize(data_.size() + stride_);
    data_[slot * stride_ + kDense] = static_cast<std::uint32_t>(dense);
  }
  std::uint32_t* whole = data_.data() + slot * stride_;
  const std::uint32_t seen = child + 1;  // 0 is nobody
  ++whole[kUnits];
  whole[kKeys] += key;
  if (whole[kLast] != seen) {
    whole[kLast] = seen;
    whole[kRun] = 0;
    ++whole[kChildren];
  }
  if (++whole[kRun] > whole[kMost]) whole[kMost] = whole[kRun];
  std::uint32_t* of = whole + kHead + part * kPart;
  ++of[kUnits];
  of[kKeys] += key;
  if (of[kLast] != seen) {
    of[kLast] = seen;
    ++of[kChildren];
  }
}

template <bool kProvider, int kColumns>
void Cube::run(const Units& units, const std::array<const std::uint8_t*, 3>& columns,
               const std::array<const std::uint32_t*, 3>& offsets, const std::uint32_t* providerOffsets) {
  const bool isResponse = indicator_ == Indicator::response;
  for (std::size_t i = 0; i < units.size(); ++i) {
    std::uint32_t dense = 0;
    if constexpr (kProvider) dense = providerOffsets[units.provider[i]];
    if constexpr (kColumns > 0) dense += offsets[0][columns[0][i]];
    if constexpr (kColumns > 1) dense += offsets[1][columns[1][i]];
    if constexpr (kColumns > 2) dense += offsets[2][columns[2][i]];
    if (dense >= kNoOffset) continue;
    if (!isResponse) {
      add(dense, units.child[i], units.key[i], units.part[i]);
      continue;
    }
    for (const Pass& pass : passes_)
      add(dense + pass.offset, units.child[i], units.key[i], (units.answers[i] & pass.mask) != 0 ? 0 : 1);
  }
}

void Cube::count(const Units& units) {
  std::array<const std::uint8_t*, 3> columns{};
  std::array<const std::uint32_t*, 3> offsets{};
  std::array<std::vector<std::uint32_t>, 3> kept;
  std::vector<std::uint32_t> providerOffsets;
  std::size_t used = 0;
  for (std::size_t i = 0; i < axes_.size(); ++i) {
    const Axis& axis = (*all_)[axes_[i]];
    const bool byPass = indicator_ == Indicator::response &&
                        (axis.dimension == Dimension::informant || axis.dimension == Dimension::measure);
    if (byPass) continue;
    std::vector<std::uint32_t> byNumber;
    for (const std::uint16_t place : axis.places)
      byNumber.push_back(place == kNowhere ? kNoOffset : place * strides_[i]);
    if (axis.dimension == Dimension::provider) {
      providerOffsets = std::move(byNumber);
      continue;
    }
    byNumber.resize(256, kNoOffset);
    kept[used] = std::move(byNumber);
    offsets[used] = kept[used].data();
    columns[used] = units.codes[static_cast<std::size_t>(axis.dimension)].data();
    ++used;
  }
  const std::uint32_t* provider = providerOffsets.empty() ? nullptr : providerOffsets.data();
  switch (used * 2 + (provider != nullptr ? 1 : 0)) {
    case 0:
      return run<false, 0>(units, columns, offsets, provider);
    case 1:
      return run<true, 0>(units, columns, offsets, provider);
    case 2:
      return run<false, 1>(units, columns, offsets, provider);
    case 3:
      return run<true, 1>(units, columns, offsets, provider);
    case 4:
      return run<false, 2>(units, columns, offsets, provider);
    case 5:
      return run<true, 2>(units, columns, offsets, provider);
    case 6:
      return run<false, 3>(units, columns, offsets, provider);
    default:
      throw std::logic_error("a combination has at most three axes");
  }
}

void Cube::fill(Crowd& crowd, std::size_t slot) const {
  const std::uint32_t* whole = data_.data() + slot * stride_;
  crowd.units = whole[kUnits];
  crowd.children = whole[kChildren];
  crowd.most = whole[kMost];
  for (std::size_t part = 0; part < parts_; ++part) crowd.childrenWith[part] = whole[kHead + part * kPart + kChildren];
}

Cell Cube::cell(std::size_t slot, bool before) const {
  Cell cell;
  cell.indicator = indicator_;
  for (std::size_t i = 0; i < axes_.size(); ++i) {
    const Axis& axis = (*all_)[axes_[i]];
    const auto& values = before && !axis.before.empty() ? axis.before : axis.values;
    cell.add(axis.dimension, values[place(slot, i)]);
  }
  return cell;
}

std::string Cube::words(std::size_t slot) const {
  std::string words;
  for (std::size_t i = 0; i < axes_.size(); ++i) {
    const Axis& axis = (*all_)[axes_[i]];
    words += fmt::format("{}{}={}", i == 0 ? "" : " ", report::toString(axis.dimension), axis.words[place(slot, i)]);
  }
  return words.empty() ? "alles" : words;
}

}  // namespace sluis::protect
