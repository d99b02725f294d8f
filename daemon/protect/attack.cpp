#include "protect/attack.h"

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "protect/attack_siege.h"

namespace sluis::protect {

namespace {

/// If more of the rows of two dimensions would be withheld, three dimensions are not combined at all.
constexpr double kMostWithheld = 0.20;

struct Result {
  AttackReport report;
  std::vector<std::uint64_t> ids;
  std::uint64_t pairsFound = 0;
  std::uint64_t pairsJudged = 0;
};

Result lay(const snapshot::Snapshot& snapshot, const ptable::PerturbationTable& table, const AttackOptions& options,
           std::size_t dimensions) {
  Result result;
  const Axes axes(snapshot, options.previous);
  const unsigned threads = options.threads != 0 ? options.threads : std::max(1U, std::thread::hardware_concurrency());
  std::array<Tried, kStages> tried;
  for (const report::Indicator indicator : options.indicators) {
    if (options.progress) options.progress(fmt::format("attacking {}", report::toString(indicator)));
    Siege siege({snapshot, table, options, threads, dimensions}, axes, indicator);
    siege.run();
    for (const Stage stage : {Stage::before, Stage::after})
      tried[static_cast<std::size_t>(stage)] += siege.tried(stage);
    auto& of = result.report.of[static_cast<std::size_t>(indicator)];
    of = siege.shares();
    for (std::size_t i = 0; i < of.size(); ++i) {
      result.report.shares[i].shown += of[i].shown;
      result.report.shares[i].withheld += of[i].withheld;
    }
    const auto ids = siege.withheld();
    result.ids.insert(result.ids.end(), ids.begin(), ids.end());
    result.pairsFound += siege.pairsFound();
    result.pairsJudged += siege.pairsJudged();
    result.report.rounds = std::max(result.report.rounds, siege.rounds());
  }
  result.report.before = tried[0].attacks;
  result.report.after = tried[1].attacks;
  return result;
}

}  // namespace

std::string_view toString(Attack attack) {
  constexpr std::array<std::string_view, kAttacks.size()> kNames = {"differencing", "averaging", "group", "change",
                                                                    "subtraction"};
  return kNames.at(static_cast<std::size_t>(attack));
}

namespace {

const Finding& strongestOf(const std::array<Attacked, kAttacks.size()>& attacks) {
  return std::max_element(
             attacks.begin(), attacks.end(),
             [](const Attacked& a, const Attacked& b) { return a.strongest.confidence < b.strongest.confidence; })
      ->strongest;
}

}  // namespace

const Finding& AttackReport::strongestBefore() const {
  return strongestOf(before);
}
const Finding& AttackReport::strongestAfter() const {
  return strongestOf(after);
}

std::uint64_t AttackReport::aboveAfter() const {
  std::uint64_t above = 0;
  for (const Attacked& attacked : after) above += attacked.above;
  return above;
}

AttackReport attack(const snapshot::Snapshot& snapshot, const ptable::PerturbationTable& table,
                    const AttackOptions& options) {
  const auto began = std::chrono::steady_clock::now();
  Result result = lay(snapshot, table, options, 3);
  int dimensions = 3;
  if (result.report.shares[2].of() > kMostWithheld) {
    if (options.progress) options.progress("too much of two dimensions would be withheld: without three");
    const Result first = std::exchange(result, lay(snapshot, table, options, 2));
    result.report.before = first.report.before;
    result.pairsFound = first.pairsFound;
    result.pairsJudged = first.pairsJudged;
    dimensions = 2;
  }
  AttackReport report = std::move(result.report);
  std::sort(result.ids.begin(), result.ids.end());
  result.ids.erase(std::unique(result.ids.begin(), result.ids.end()), result.ids.end());
  report.withheld = {dimensions, std::move(result.ids)};
  report.snapshot = snapshot.facts().id;
  if (options.previous != nullptr) report.previous = options.previous->facts().id;
  report.limit = options.limit;
  if (result.pairsJudged < result.pairsFound)
    report.sampled = fmt::format(
        "of {} pairs of nested cells one unit of one child apart, the deeper of which is withheld in any case, {} were "
        "judged",
        result.pairsFound, result.pairsJudged);
  report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  return report;
}

}  // namespace sluis::protect
