// From true figures to published ones: the thresholds and the noise of JEUGDHULP §9. Every figure that leaves the room
// was made here (docs/disclosure.md). Private to this room and its tests.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "protect/tally.h"
#include "protect/withheld.h"
#include "ptable/ptable.h"
#include "report/outcome.h"

namespace sluis::protect {

/// What one domain brings to a figure.
struct Domain {
  const Tally* tally = nullptr;
  const ptable::PerturbationTable* table = nullptr;
  const Withheld* withheld = nullptr;
};

struct Rules {
  std::uint32_t minimum = 10;  ///< distinct children, and published count
  bool mean = false;           ///< marks of one respondent
  bool everybody = false;      ///< of all providers: no domain of several may be told by what is left of their sum
  bool apart = false;          ///< shown to a provider, who can subtract what it knows: the others must suffice alone
};

/// Enough children, no answer that all but two or fewer share, nobody with more than 2 units and over 10 % of them.
bool suffices(const Crowd& crowd, std::size_t parts, std::uint32_t minimum);

/// The row of these domains together, perturbed; or not shown.
report::Figure figureOf(std::span<const Domain> domains, Whose whose, std::size_t row,
                        const std::vector<std::string>& partKeys, const Rules& rules);

}  // namespace sluis::protect
