// The work of a Validator: columns into typed records, records under the rules. Private to this room.
#pragma once

#include <array>
#include <bitset>
#include <span>
#include <vector>

#include "validate/binding.h"
#include "validate/cell.h"
#include "validate/file_rules.h"
#include "validate/finding_list.h"
#include "validate/record_rules.h"
#include "validate/validator.h"
#include "validate/whole_delivery.h"

namespace sluis::validate {

template <typename... Rules>
struct RuleList {};

class Validator::Judge {
 public:
  Judge(const dataset::Definition& definition, const Period& period, Day received, const Coverage& coverage);

  Result<void, Refusal> bind(std::span<const std::string> columns);
  void check(const plugin::CellBatch& batch, std::vector<Trajectory>& good);
  Result<Findings, Refusal> finish();

  const FindingList& findings() const { return findings_; }
  std::uint64_t records() const { return records_; }

 private:
  /// Rows judged in one turn: their records, ends and text stay in the nearest caches while column after column passes.
  static constexpr std::uint32_t kTurn = 64;

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

  void setThresholds(const dataset::Definition& definition);
  const KnownCodes* codesOfField(dataset::Field field) const;
  Column columnFor(const BoundColumn& bound);
  bool on(std::string_view rule) const { return on_[ruleIndex(rule)]; }

  template <typename Quick, typename Parse>
  void eachCell(const Column& column, Quick&& quick, Parse&& parse);
  template <typename Parse>
  void eachCell(const Column& column, Parse&& parse);
  void readColumn(const Column& column);
  void identify(Trajectory& record, std::uint32_t number, bool passes);
  bool readMunicipality(Trajectory& record, std::string_view cell) const;
  bool readBirth(Trajectory& record, std::string_view cell) const;
  template <typename... Rules>
  void judgeRecords(RuleList<Rules...> rules);
  void addToFileRules(std::uint32_t row);

  const dataset::Definition& definition_;
  Circumstances circumstances_;
  KnownCodes forms_;
  KnownCodes reasons_;
  std::bitset<256> on_;  // rules that hold, by RuleIndex
  std::vector<Column> columns_;
  std::uint32_t columnCount_ = 0;
  FindingList findings_;
  FileRules fileRules_;
  WholeDelivery whole_;
  std::uint64_t floats_ = 0;  // cells of bsn that a spreadsheet made numbers of
  std::uint64_t records_ = 0;

  // One turn.
  const plugin::CellBatch* batch_ = nullptr;
  std::uint32_t first_ = 0;  // row of the batch
  std::uint32_t rows_ = 0;
  Trajectory* out_ = nullptr;
  std::array<FieldSet, kTurn> unreadable_{};
  std::array<std::uint32_t, kTurn> start_{};
  std::array<bool, kTurn> postcodeOdd_{};
};

}  // namespace sluis::validate
