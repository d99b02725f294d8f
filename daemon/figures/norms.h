// The norms agreed locally, put beside the figures that they are about (JEUGDHULP §7).
#pragma once

#include <vector>

#include "base/time.h"
#include "config/config.h"
#include "report/outcome.h"

namespace sluis::figures {

/// To each row those of its indicator and form of help that were in force: in the row's own quarter where the answer is
/// a series; else in the last quarter that was asked for, or, when no range was given, the one of `made`.
void addNorms(report::Outcome& outcome, const std::vector<config::Norm>& norms, Instant made);

}  // namespace sluis::figures
