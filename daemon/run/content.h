// Opens a delivery's content: the file to the worker, cells back, records and findings out. The one way it is done, in
// the daily run, for test/ and for `sluis validate`.
//
// What the sender can cause comes back as a refusal (FMT01, FMT02, VAL01); bytes that are not those that were sealed,
// or that cannot be read, are an Error (disk, system): before anything is refused this side has read them too. Nothing
// is kept here.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/fd.h"
#include "base/time.h"
#include "crypto/digest.h"
#include "dataset/definition.h"
#include "model/finding.h"
#include "model/period.h"
#include "model/refusal.h"
#include "model/trajectory.h"
#include "reader/worker.h"
#include "validate/coverage.h"

namespace sluis::run {

struct ContentQuestion {
  const reader::Worker& worker;
  const dataset::Definition& definition;
  std::string format;  ///< name of the format plugin
  Period period;
  Day received;
  validate::Coverage coverage;
  std::optional<crypto::Sha256> expected;  ///< what the bytes were when they were sealed
  std::uint64_t wrongRecordsAllowed = 0;   ///< the provider's tolerance
};

struct ContentVerdict {
  std::optional<Refusal> refusal;
  Findings findings;
  std::uint64_t records = 0;
  std::uint64_t wrongRecords = 0;
  std::vector<std::uint32_t> wrongRows;  ///< those records, when there are no more than allowed: to be left out
  std::string detected;
};

/// Takes one batch of right records; returns false to get no more (the verdict is completed all the same). It may take
/// them away and leave another vector with memory to fill; what it leaves is wiped after the call.
using TakeRecords = std::function<bool(std::vector<Trajectory>& records, std::uint64_t wrongSoFar)>;

/// `data` is a plain file, open for reading only, at its beginning.
ContentVerdict examine(const ContentQuestion& question, Fd data, const TakeRecords& take = {});

}  // namespace sluis::run
