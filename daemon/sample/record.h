// One record of a sample as text, before a format dresses it, and the rule that was broken in it on purpose.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>

#include "dataset/field.h"
#include "model/finding.h"

namespace sluis::sample {

/// Up to 32 bytes, the longest a field can be (psn). What does not fit is a mistake of ours and cut.
class Cell {
 public:
  void set(std::string_view text) {
    size_ = static_cast<std::uint8_t>(text.size() < text_.size() ? text.size() : text_.size());
    std::memcpy(text_.data(), text.data(), size_);
  }
  Cell& operator=(std::string_view text) {
    set(text);
    return *this;
  }
  void clear() { size_ = 0; }
  bool empty() const { return size_ == 0; }
  std::string_view text() const { return {text_.data(), size_}; }

 private:
  std::array<char, 32> text_;
  std::uint8_t size_ = 0;
};

/// A rule as a finding names it. Points into literals and the definition.
struct BrokenRule {
  std::string_view code;
  std::string_view field;  ///< empty for a rule over several
  Severity severity = Severity::fout;
};

struct Record {
  std::array<Cell, dataset::kFieldCount> cells;
  std::optional<BrokenRule> broken;
  /// The cell that cannot be read any more, if one cannot: rules over the whole file do not see it.
  std::optional<dataset::Field> unreadable;

  Cell& operator[](dataset::Field field) { return cells[static_cast<std::size_t>(field)]; }
  const Cell& operator[](dataset::Field field) const { return cells[static_cast<std::size_t>(field)]; }
};

}  // namespace sluis::sample
