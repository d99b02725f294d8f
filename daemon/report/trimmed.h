// A series as people are shown it: without the quarters before its first figure and after its last.
//
// The quarters that are listed are those of the calendar (vocabulary.h), so that they say nothing of the records; most
// of the years are of no use on a page. What is left out follows from what is shown, and so says nothing new. Forms
// that a program reads have every row.
#pragma once

#include "report/outcome.h"

namespace sluis::report {

/// Rows at an end that was asked for stay; where nothing is shown at all, the last year does. What is not a series
/// stays as it is.
Outcome trimmed(Outcome outcome);

}  // namespace sluis::report
