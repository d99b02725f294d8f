// The figures of a page as a table: what every chart says, in numbers, for who cannot see it or wants to copy it.
#pragma once

#include <string>
#include <string_view>

#include "report/lines.h"

namespace sluis::report {

/// A <table> in a <div> that can be scrolled; ids begin with `prefix`.
std::string tableOf(const Outcome& outcome, std::string_view prefix);

/// "7,2" or "34 %"; empty when the figure has no headline, or is of both respondents together: their answers are shown
/// beside each other, not as one.
std::string headlineText(Indicator indicator, const Line& line, Language language = Language::dutch);

}  // namespace sluis::report
