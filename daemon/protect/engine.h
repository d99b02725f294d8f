// From a snapshot to what may be shown of it: counting, then protection, in one call. Between the two the true figures
// exist, in Tally (tally.h), which nothing outside this room sees.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "protect/withheld.h"
#include "ptable/ptable.h"
#include "report/outcome.h"
#include "snapshot/snapshot.h"

namespace sluis::protect {

/// A snapshot in service, with what was published with it.
struct Published {
  std::shared_ptr<const snapshot::Snapshot> snapshot;
  ptable::PerturbationTable table;
  Withheld withheld;

  /// `<id>.snapshot` and `<id>.withheld`; Error (disk) when either is not right.
  static Published open(const std::filesystem::path& snapshotFile, const std::string& domain = {});
};

/// The figures of one query over these domains: rows in the order of `rows`, every one of them there, `available`, and
/// `respondents`/`municipality` where they belong. Titles, labels of parts, norms, breaks and the why card are left to
/// the caller. The query has been checked. Figures of several domains are the sums of each domain's outcomes; the
/// thresholds hold for the whole. Uses `threads` threads.
report::Outcome answer(const std::vector<Published>& domains, const report::Query& query,
                       const std::vector<report::Value>& rows, unsigned threads);

/// The keys of an indicator's parts, in the fixed order of CONTRACT §5.
std::vector<std::string> partKeys(report::Indicator indicator);

}  // namespace sluis::protect
