// A set of record numbers, one bit each: what a file rule found, in whatever order it came upon it.
#pragma once

#include <bit>
#include <cstdint>
#include <vector>

namespace sluis::validate {

class RowSet {
 public:
  /// For rows up to and including `most`; takes memory with the first row only.
  explicit RowSet(std::uint64_t most = 0) : words_(most / 64 + 1) {}

  void put(std::uint32_t row) {
    if (bits_.empty()) bits_.resize(words_);
    bits_[row / 64] |= std::uint64_t{1} << row % 64;
  }
  /// Those of another, of as many rows.
  void add(const RowSet& other) {
    if (other.bits_.empty()) return;
    if (bits_.empty()) bits_.resize(words_);
    for (std::size_t word = 0; word < words_; ++word) bits_[word] |= other.bits_[word];
  }
  /// In ascending order.
  template <typename Take>
  void each(Take&& take) const {
    for (std::size_t word = 0; word < bits_.size(); ++word)
      for (std::uint64_t left = bits_[word]; left != 0; left &= left - 1)
        take(static_cast<std::uint32_t>(word * 64 + static_cast<unsigned>(std::countr_zero(left))));
  }

 private:
  std::size_t words_;
  std::vector<std::uint64_t> bits_;
};

}  // namespace sluis::validate
