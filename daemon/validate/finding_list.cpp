#include "validate/finding_list.h"

#include <algorithm>
#include <stdexcept>
#include <string>

namespace sluis::validate {

RuleIndex ruleIndex(std::string_view code) {
  const Rule* rule = findRule(code);
  if (rule == nullptr) throw std::logic_error("there is no rule " + std::string(code));
  return static_cast<RuleIndex>(rule - rules().data());
}

void FindingList::markWrong(std::uint32_t row) {
  if (row / 64 >= wrong_.size()) wrong_.resize(std::max<std::size_t>(row / 64 + 1, wrong_.size() * 2));
  std::uint64_t& word = wrong_[row / 64];
  const std::uint64_t bit = std::uint64_t{1} << (row % 64);
  if ((word & bit) == 0) ++wrongRecords_;
  word |= bit;
}

void FindingList::add(RuleIndex rule, std::uint32_t row) {
  OfRule& found = byRule_[rule];
  ++found.count;
  if (found.rows.size() < kFindingsKeptPerRule) found.rows.push_back(row);
  if (rules()[rule].severity == Severity::fout) markWrong(row);
}

Findings FindingList::take() const {
  Findings findings;
  for (std::size_t i = 0; i < byRule_.size(); ++i) {
    const Rule& rule = rules()[i];
    if (byRule_[i].count == 0) continue;
    findings.counts.emplace(rule.code, byRule_[i].count);
    (rule.severity == Severity::fout ? findings.errors : findings.warnings) += byRule_[i].count;
    for (const std::uint32_t row : byRule_[i].rows)
      findings.kept.push_back({.row = row, .field = rule.field, .rule = rule.code, .severity = rule.severity});
  }
  // Rules stand in order of code already: a stable sort by row keeps them so.
  std::stable_sort(findings.kept.begin(), findings.kept.end(),
                   [](const Finding& a, const Finding& b) { return a.row < b.row; });
  return findings;
}

}  // namespace sluis::validate
