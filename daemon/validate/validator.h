// Holds one delivery against its dataset: cells in, right records and findings out.
//
// Field and record rules are judged batch by batch, file rules in finish(); memory grows by about 16 bytes a record for
// those (28 with pre-pseudonyms). It never reads files, the register or the clock (all of that is given), and no
// finding, text or refusal holds a delivered value. What a sender can cause is a Refusal (FMT02) or a Finding; nothing
// is thrown but bad_alloc. Everything that held a BSN is wiped when the Validator goes.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "dataset/definition.h"
#include "model/finding.h"
#include "model/period.h"
#include "model/refusal.h"
#include "model/trajectory.h"
#include "plugin/cell_batch.h"
#include "validate/coverage.h"

namespace sluis::validate {

class Bench;

class Validator {
 public:
  /// `definition` must outlive it. `received` is the day of receipt: an end date after it lies in the future.
  Validator(const dataset::Definition& definition, const Period& period, Day received, const Coverage& coverage);
  ~Validator();
  Validator(Validator&&) noexcept;
  Validator& operator=(Validator&&) noexcept;

  /// Once, before the first batch: which column is which. FMT02 naming what is missing or double; an unknown column is
  /// told by its position, for a file without a header has values there.
  Result<void, Refusal> bind(std::span<const std::string> columns);

  /// `good` is made to hold the records of this batch without an error of field, record or contract level, in order.
  /// The batch must have as many columns as were bound; std::logic_error otherwise.
  void check(const plugin::CellBatch& batch, std::vector<Trajectory>& good);

  /// Once, after the last batch: judges the file rules and gives all findings. FMT02 when more than half of the column
  /// bsn are numbers that a spreadsheet reckoned with (1,23457E+08): the file is wrong then, not its records.
  Result<Findings, Refusal> finish();

  std::uint64_t records() const;
  /// Records with at least one finding of severity fout; those of file rules count after finish().
  std::uint64_t wrongRecords() const;
  /// Whether record `row` (1-based) has a finding of severity fout; complete after finish().
  bool isWrong(std::uint32_t row) const;

 private:
  std::unique_ptr<Bench> bench_;
};

/// Wipes records that hold a BSN, and empties the vector (its memory is kept).
void wipeRecords(std::vector<Trajectory>& records) noexcept;

}  // namespace sluis::validate
