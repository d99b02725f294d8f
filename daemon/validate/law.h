// All that records are held against: the definition's rules, lists and thresholds, and which column is which. Made
// before the first record and the same for all of them: several threads read it at once. Private to this room.
#pragma once

#include <array>
#include <bitset>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "dataset/definition.h"
#include "model/period.h"
#include "model/refusal.h"
#include "validate/binding.h"
#include "validate/finding_list.h"
#include "validate/known_codes.h"
#include "validate/record_rules.h"

namespace sluis::validate {

/// How a bound column is judged, looked up once.
struct Column {
  std::uint32_t at = 0;
  dataset::Field field{};
  bool required = false;
  RuleIndex requiredRule = 0;
  RuleIndex contentRule = 0;
  unsigned min = 0;
  unsigned max = 0;
  std::array<std::uint8_t, 256> values{};  // of one character: the letter, or the digit; 0 = may not be
  std::bitset<100> codes;
};

class Law {
 public:
  Law(const dataset::Definition& definition, const Period& period, Day received, const Coverage& coverage);
  Law(const Law&) = delete;
  Law& operator=(const Law&) = delete;

  /// Once, as Validator::bind.
  Result<void, Refusal> bind(std::span<const std::string> columns);

  const dataset::Definition& definition() const { return definition_; }
  const Circumstances& circumstances() const { return circumstances_; }
  bool on(RuleIndex rule) const { return on_[rule]; }
  bool on(std::string_view rule) const { return on_[ruleIndex(rule)]; }
  std::span<const Column> columns() const { return columns_; }
  /// All of the delivery, those that nobody asked for included.
  std::uint32_t columnCount() const { return columnCount_; }

 private:
  void setThresholds();
  const KnownCodes* codesOfField(dataset::Field field) const;
  Column columnFor(const BoundColumn& bound) const;

  const dataset::Definition& definition_;
  Circumstances circumstances_;
  KnownCodes forms_;
  KnownCodes reasons_;
  std::bitset<256> on_;  // rules that hold, by RuleIndex
  std::vector<Column> columns_;
  std::uint32_t columnCount_ = 0;
};

}  // namespace sluis::validate
