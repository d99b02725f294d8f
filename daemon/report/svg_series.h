// A series over quarters, drawn: the headline of each respondent as a line, and the parts as columns. Presentation
// attributes only, as in svg_bar.h.
#pragma once

#include <string>
#include <string_view>

#include "report/outcome.h"

namespace sluis::report {

struct Drawing {
  int width = 0;
  int height = 0;
  std::string inside;  ///< of an <svg viewBox="0 0 width height">
};

/// Lines by quarter, with norms as a dashed line, breaks as an upright one, and a gap where nothing is shown. Empty
/// (height 0) when no figure has a headline.
Drawing seriesLines(const Outcome& outcome);
/// A stacked column for each quarter's own figure.
Drawing seriesColumns(const Outcome& outcome, std::string_view prefix);

}  // namespace sluis::report
