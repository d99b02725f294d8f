// Collects findings cheaply and in bounded memory: counts are exact, the first kFindingsKeptPerRule rows of each rule
// are kept, and one bit a record says whether it is wrong.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "model/finding.h"
#include "validate/row_set.h"
#include "validate/rules.h"

namespace sluis::validate {

/// Place of a rule in rules().
using RuleIndex = std::uint16_t;
/// std::logic_error when there is no such rule: a typing mistake of ours.
RuleIndex ruleIndex(std::string_view code);

/// What a judge has to tell of one record.
struct Found {
  RuleIndex rule;
  std::uint32_t row;
};

class FindingList {
 public:
  FindingList() : byRule_(rules().size()) {}

  /// Rows of one rule must come in ascending order, each row at most once. Row 0 is the delivery as a whole: a signaal
  /// only, and as often as it is found.
  void add(RuleIndex rule, std::uint32_t row);
  void add(std::span<const Found> found) {
    for (const Found& one : found) add(one.rule, one.row);
  }
  /// The same, and leaves `found` empty.
  void drain(std::vector<Found>& found) {
    add(found);
    found.clear();
  }
  void addAll(RuleIndex rule, const RowSet& rows) {
    rows.each([&](std::uint32_t row) { add(rule, row); });
  }

  std::uint64_t countOf(RuleIndex rule) const { return byRule_[rule].count; }
  /// Records with a fout so far.
  std::uint64_t wrongRecords() const { return wrongRecords_; }
  bool isWrong(std::uint32_t row) const {
    return row / 64 < wrong_.size() && (wrong_[row / 64] >> (row % 64) & 1) != 0;
  }
  Findings take() const;

 private:
  struct OfRule {
    std::uint64_t count = 0;
    std::vector<std::uint32_t> rows;
  };
  void markWrong(std::uint32_t row);

  std::vector<OfRule> byRule_;
  std::vector<std::uint64_t> wrong_;
  std::uint64_t wrongRecords_ = 0;
};

}  // namespace sluis::validate
