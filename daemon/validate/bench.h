// The judges of one delivery: one for a small one, two for a large one where the machine has the processors. Numbers
// the records, keeps the findings in order and the wrong records out, and judges the delivery as a whole at the end.
// Private to this room.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "validate/finding_list.h"
#include "validate/judge.h"
#include "validate/law.h"
#include "validate/second_judge.h"
#include "validate/validator.h"

namespace sluis::validate {

class Bench {
 public:
  Bench(const dataset::Definition& definition, const Period& period, Day received, const Coverage& coverage);

  Result<void, Refusal> bind(std::span<const std::string> columns) { return law_.bind(columns); }
  void check(const plugin::CellBatch& batch, std::vector<Trajectory>& good);
  Result<Findings, Refusal> finish();

  const FindingList& findings() const { return findings_; }
  std::uint64_t records() const { return records_; }

 private:
  /// What a batch must have to be worth waking another thread.
  static constexpr std::uint32_t kWorthSharing = 512;

  bool sharesWithSecond(std::uint32_t rows);

  Law law_;
  Judge first_;
  std::unique_ptr<SecondJudge> second_;
  FindingList findings_;
  std::uint64_t records_ = 0;
};

}  // namespace sluis::validate
