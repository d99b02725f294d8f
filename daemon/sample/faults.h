// The faults that can be planted: for each rule of field, record and file level that holds in a version, records that
// break this rule and no other. Written from JEUGDHULP.md, without the code that judges: where the two disagree, one of
// them is wrong.
//
// A planted record belongs to a child of its own, so that nothing else in the sample changes its meaning. Rules that
// need the register or earlier deliveries (JH3nn, JH4nn) are not planted, nor are JH204 and JH205: these two are shapes
// of the whole (Setting::monotonous, Setting::closedTogether).
#pragma once

#include <functional>
#include <vector>

#include "sample/population.h"

namespace sluis::sample {

struct Fault {
  BrokenRule rule;
  std::size_t rows = 1;  ///< the records it takes; each of them breaks the rule
  std::function<void(Population&, std::vector<Record>&)> plant;
  std::uint32_t most = UINT32_MAX;  ///< times that it can be planted in one sample
};

/// Of the version, the period and the kind of identity at hand; never empty.
std::vector<Fault> faultsFor(const Population& population);

}  // namespace sluis::sample
