// Attacking our own snapshot before anybody else does: what an intruder who knows the method, the perturbation table
// and all published figures, but no keys, can find out (docs/attacks.md), and what must be withheld so that it is not
// much.
//
// Where nested cells differ by 1 to 9 children the deeper one is withheld; then five attacks are tried, what gave too
// much away is withheld, and they are tried again, until nothing is surer than the limit. True figures stay inside: the
// report holds what was published, and how sure the intruder is.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "protect/withheld.h"
#include "ptable/ptable.h"
#include "report/dimension.h"
#include "snapshot/snapshot.h"

namespace sluis::protect {

enum class Attack : std::uint8_t {
  differencing,  ///< (a) two queries whose sets differ by one child: its answer
  averaging,     ///< (b) all queries that partition a cell: its count, or that of what is hidden in it
  group,         ///< (c) everybody in a row gave the same answer
  change,        ///< (d) the same query on two snapshots: what a few children changed
  subtraction,   ///< (e) a provider takes away its own true numbers
};
inline constexpr std::array kAttacks = {Attack::differencing, Attack::averaging, Attack::group, Attack::change,
                                        Attack::subtraction};
/// "differencing", "averaging", "group", "change", "subtraction".
std::string_view toString(Attack attack);

/// The strongest that an attack found.
struct Finding {
  double confidence = 0;               ///< 0 = nothing at all
  double linear = 0;                   ///< the same by the best linear estimate alone (averaging only)
  std::string cell;                    ///< "tevredenheid hulpvorm=02 verwijzer=01, deel le4"
  std::string claim;                   ///< "7 eenheden"
  std::vector<std::string> witnesses;  ///< the queries, with what they publish
};

struct Attacked {
  std::uint64_t tried = 0;  ///< counts, or pairs of cells
  std::uint64_t above = 0;  ///< of those, found with more than the limit
  Finding strongest;
};

/// How many rows with that many dimensions pass the thresholds, and how many of them are withheld all the same.
struct Share {
  std::uint64_t shown = 0;
  std::uint64_t withheld = 0;
  double of() const { return shown == 0 ? 0 : static_cast<double>(withheld) / static_cast<double>(shown); }
};

struct AttackReport {
  Withheld withheld;
  std::string snapshot;
  std::string previous;  ///< empty: there was none, and attack (d) was not tried
  double limit = 0;
  std::array<Attacked, kAttacks.size()> before;  ///< by Attack: had nothing but the thresholds been in force
  std::array<Attacked, kAttacks.size()> after;
  std::array<Share, 4> shares;                                      ///< by number of dimensions, 1 to 3
  std::array<std::array<Share, 4>, report::kIndicators.size()> of;  ///< the same for each indicator
  int rounds = 0;
  std::string sampled;  ///< English: what was not looked at in full
  double seconds = 0;

  const Finding& strongestBefore() const;
  const Finding& strongestAfter() const;
  /// Finds that are still surer than the limit: 0, or there was nothing left to withhold.
  std::uint64_t aboveAfter() const;
};

struct AttackOptions {
  double limit = 0.75;
  unsigned threads = 0;  ///< 0: as many as there are cores
  /// After so many rounds of taking away what gave something away, what was found is withheld itself.
  int patientRounds = 8;
  std::vector<report::Indicator> indicators{report::kIndicators.begin(), report::kIndicators.end()};
  /// The snapshot published before this one, and what was withheld with it.
  const snapshot::Snapshot* previous = nullptr;
  const Withheld* previousWithheld = nullptr;
  const ptable::PerturbationTable* previousTable = nullptr;  ///< null: the same
  std::function<void(std::string_view)> progress;            ///< a line now and then
};

/// Looks at the whole lattice. Error (disk) when a snapshot is damaged.
AttackReport attack(const snapshot::Snapshot& snapshot, const ptable::PerturbationTable& table,
                    const AttackOptions& options = {});

}  // namespace sluis::protect
