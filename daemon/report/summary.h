// What stands out in an outcome, in a few Dutch sentences: the highest and the lowest, what changed over a year. Said
// only where a difference is larger than the noise can make.
#pragma once

#include <string>
#include <vector>

#include "report/outcome.h"

namespace sluis::report {

/// At most a few sentences; empty when nothing is shown.
std::vector<std::string> summaryOf(const Outcome& outcome);

}  // namespace sluis::report
