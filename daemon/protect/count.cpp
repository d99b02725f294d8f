#include "protect/count.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <memory>
#include <thread>

#include "base/guarded.h"
#include "protect/plan.h"
#include "protect/scan.h"

namespace sluis::protect {

namespace {

// Less is counted sooner than a thread is started.
constexpr std::size_t kWorthAThread = 65536;
// So that what a scan adds up stays below 2^32 (scan.h): two measurements a row, marks up to 10.
constexpr std::size_t kMostRows = std::size_t{1} << 27;

struct Share {
  std::size_t snapshot = 0;
  std::size_t from = 0;
  std::size_t to = 0;
};

/// Rows in shares of about the same size that part between two children.
std::vector<Share> sharesOf(const std::vector<const snapshot::Snapshot*>& snapshots, unsigned threads) {
  std::vector<Share> shares;
  for (std::size_t s = 0; s < snapshots.size(); ++s) {
    const auto child = snapshots[s]->words(snapshot::Column::child);
    const std::size_t wanted =
        std::clamp<std::size_t>(child.size() / kWorthAThread, 1, std::max(1U, threads)) + child.size() / kMostRows;
    std::size_t from = 0;
    for (std::size_t i = 1; i <= wanted && from < child.size(); ++i) {
      std::size_t to = std::max(from, child.size() * i / wanted);
      while (to > 0 && to < child.size() && child[to] == child[to - 1]) ++to;
      if (to > from) shares.push_back({s, from, to});
      from = to;
    }
  }
  return shares;
}

Tally emptyTally(const Plan& plan, const Counting& counting) {
  Tally tally;
  tally.rows = plan.rows;
  tally.parts = plan.parts;
  tally.pieces = plan.pieces;
  tally.cells = plan.cells;
  for (std::size_t whose = 0; whose < (counting.respondents ? kWhose : 1U); ++whose) {
    Layer& layer = tally.layers[whose].emplace();
    layer.sums.resize(plan.pieces.size() * plan.rows * plan.parts);
    if (plan.indicator == report::Indicator::satisfaction) layer.marks.resize(plan.pieces.size() * plan.rows);
    layer.crowds.resize(plan.rows);
    if (counting.viewer) layer.others.resize(plan.rows);
  }
  return tally;
}

/// As if the viewer's own had been asked for: a cell of theirs has the provider among its coordinates.
Tally emptyOwn(const snapshot::Facts& facts, Counting counting) {
  counting.query.filters[report::Dimension::provider] = *counting.viewer;
  counting.viewer.reset();
  return emptyTally(planOf(facts, counting.query, counting.rows), counting);
}

}  // namespace

std::vector<Counted> count(const std::vector<const snapshot::Snapshot*>& snapshots, const Counting& counting,
                           unsigned threads) {
  std::vector<Plan> plans;
  std::vector<Counted> tallies;
  for (const snapshot::Snapshot* snapshot : snapshots) {
    Plan& plan = plans.emplace_back(planOf(snapshot->facts(), counting.query, counting.rows));
    if (counting.viewer) {
      const auto viewer = numberOf(report::Dimension::provider, *counting.viewer, snapshot->facts());
      // A provider that this snapshot does not know: all others are others.
      plan.viewer = viewer ? static_cast<std::uint16_t>(*viewer) : std::uint16_t{0xffff};
    }
    Counted& counted = tallies.emplace_back();
    counted.all = emptyTally(plan, counting);
    if (counting.viewer) counted.own = emptyOwn(snapshot->facts(), counting);
  }
  const std::vector<Share> shares = sharesOf(snapshots, threads);

  // A scan's tables are wide where much is grouped; they are let go of as soon as they are added up.
  Guarded<std::vector<Counted>> sums(std::move(tallies));
  Guarded<std::exception_ptr> failed;
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    try {
      for (std::size_t i = next++; i < shares.size(); i = next++) {
        const Share& share = shares[i];
        const auto scan =
            std::make_unique<Scan>(*snapshots[share.snapshot], plans[share.snapshot], counting.respondents);
        scan->run(share.from, share.to);
        sums.with([&](std::vector<Counted>& all) {
          Counted& counted = all[share.snapshot];
          scan->addTo(counted.all, counted.own ? &*counted.own : nullptr);
        });
      }
    } catch (...) {
      failed.with([](std::exception_ptr& first) { first = std::current_exception(); });
    }
  };
  {
    std::vector<std::jthread> helpers;
    const std::size_t wanted = std::min<std::size_t>(std::max(1U, threads), shares.size());
    for (std::size_t i = 1; i < wanted; ++i) helpers.emplace_back(work);
    work();
  }
  if (const auto error = failed.with([](const std::exception_ptr& first) { return first; }))
    std::rethrow_exception(error);
  return sums.with([](std::vector<Counted>& all) { return std::move(all); });
}

}  // namespace sluis::protect
