// Cells into typed records, and records under the rules: what one thread does of a delivery. Several may judge parts of
// one batch at once, each with a Judge of its own. Private to this room.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "model/trajectory.h"
#include "plugin/cell_batch.h"
#include "validate/file_rules.h"
#include "validate/law.h"
#include "validate/record_rules.h"
#include "validate/whole_delivery.h"

namespace sluis::validate {

template <typename... Rules>
struct RuleList {};

/// What is asked of all the records together, of those that came by.
struct Counted {
  FileRules fileRules;
  WholeDelivery whole;
  std::uint64_t floats = 0;  // cells of bsn that a spreadsheet made numbers of
};

class Judge {
 public:
  /// Rows judged in one turn: their records, ends and text stay in the nearest caches while column after column passes.
  static constexpr std::uint32_t kTurn = 64;

  explicit Judge(const Law& law) : law_(law) {}
  Judge(const Judge&) = delete;
  Judge& operator=(const Judge&) = delete;

  /// Judges rows `from` up to `to` of `batch`, whose first row is record `before` + 1, into `records` (one for every
  /// row of the batch). What it finds comes behind found().
  void judge(const plugin::CellBatch& batch, std::uint32_t from, std::uint32_t to, std::uint32_t before,
             Trajectory* records);

  /// Of a rule, in ascending order of row as long as the rows were given so. To be emptied by who takes them.
  std::vector<Found>& found() { return found_; }
  Counted& counted() { return counted_; }

 private:
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
  void tell(RuleIndex rule, std::uint32_t row) { found_.push_back({rule, row}); }

  const Law& law_;
  Counted counted_;
  std::vector<Found> found_;

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
