// Attacks on synthetic snapshots of 300, 3,000 and 300,000 children (or those given): how sure an intruder gets before
// and after withholding, what is withheld, and how long it takes. `attack CHILDREN… [--rows N] [--change PERCENT]`:
// with --change also against an earlier snapshot, of which so many percent of the children changed.
#include <sys/resource.h>

#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "protect/attack.h"
#include "support/synthetic_table.h"
#include "support/temp_dir.h"

namespace {

using namespace sluis;
using protect::AttackReport;

void print(const char* when, const std::array<protect::Attacked, protect::kAttacks.size()>& attacks) {
  for (const protect::Attack attack : protect::kAttacks) {
    const auto& one = attacks[static_cast<std::size_t>(attack)];
    fmt::print("  {:6} {:13} {:>10} tried {:>7} above  strongest {:.3f}  {} {}\n", when, toString(attack), one.tried,
               one.above, one.strongest.confidence, one.strongest.cell, one.strongest.claim);
  }
}

void print(const AttackReport& report) {
  print("before", report.before);
  print("after", report.after);
  for (const auto& witness : report.strongestAfter().witnesses) fmt::print("           {}\n", witness);
  for (std::size_t n = 1; n <= 3; ++n)
    fmt::print("  {} dimensions: {} rows shown, {} withheld ({:.2f} %)\n", n, report.shares[n].shown,
               report.shares[n].withheld, 100 * report.shares[n].of());
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  fmt::print("  {} dimensions at once, {} cells withheld, {} rounds, {:.1f} s, {} MB at most\n",
             report.withheld.mostDimensions, report.withheld.cells.size(), report.rounds, report.seconds,
             usage.ru_maxrss / 1024);
  if (!report.sampled.empty()) fmt::print("  {}\n", report.sampled);
  std::fflush(stdout);
}

std::shared_ptr<const snapshot::Snapshot> written(const test::TempDir& dir, const std::string& name,
                                                  const snapshot::Table& table) {
  snapshot::write(dir / name, table);
  return snapshot::Snapshot::open(dir / name);
}

/// The same a quarter earlier: the last children had not come yet, and some of the others had not answered.
snapshot::Table earlier(snapshot::Table table, double percent) {
  test::synthetic::Random random(7);
  const auto gone = static_cast<std::uint32_t>(static_cast<double>(table.facts.children) * percent / 200);
  const auto first = static_cast<std::uint32_t>(table.facts.children) - gone;
  std::size_t rows = 0;
  while (rows < table.child.size() && table.child[rows] < first) ++rows;
  const auto cut = [&](auto& column) { column.resize(rows); };
  cut(table.child), cut(table.key), cut(table.keyYouth), cut(table.keyParent), cut(table.provider), cut(table.form);
  cut(table.referrer), cut(table.reason), cut(table.profile), cut(table.productCategory), cut(table.perspective);
  cut(table.severity), cut(table.complexity), cut(table.start), cut(table.end), cut(table.satisfaction);
  cut(table.goOn), cut(table.goals), cut(table.flags);
  table.facts.rows = rows;
  table.facts.children = first;
  for (std::size_t row = 0; row < rows; ++row)
    if (random.below(20000) < static_cast<std::uint32_t>(percent * 100)) {
      table.satisfaction[row] = table.goOn[row] = table.goals[row] = 0;
      table.keyYouth[row] = table.keyParent[row] = 0;
    }
  return table;
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::uint64_t> sizes;
  std::uint64_t rows = 0;
  double change = 0;
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--rows") == 0 && i + 1 < argc)
      rows = std::stoull(argv[++i]);
    else if (std::strcmp(argv[i], "--change") == 0 && i + 1 < argc)
      change = std::stod(argv[++i]);
    else
      sizes.push_back(std::stoull(argv[i]));
  }
  if (rows != 0) sizes = {0};
  if (sizes.empty()) sizes = {300, 3000, 300000};
  const auto table = ptable::PerturbationTable::make({});
  for (const std::uint64_t children : sizes) {
    const test::TempDir dir;
    test::Synthetic wanted;
    wanted.children = children;
    wanted.rows = children == 0 ? rows : 0;
    snapshot::Table made = test::syntheticTable(wanted);
    const auto now = written(dir, "now", made);
    fmt::print("{} children, {} trajectories\n", now->facts().children, now->facts().rows);
    protect::AttackOptions options;
    std::shared_ptr<const snapshot::Snapshot> old;
    protect::Withheld oldWithheld;
    if (change > 0) {
      old = written(dir, "old", earlier(std::move(made), change));
      oldWithheld = protect::attack(*old, table).withheld;
      options.previous = old.get();
      options.previousWithheld = &oldWithheld;
    }
    made = {};
    print(protect::attack(*now, table, options));
  }
}
