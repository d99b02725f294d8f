// An outcome as lines, in the order in which every table and chart shows them: of a row its own figure, that of each
// respondent, and the municipality's beside them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "report/outcome.h"

namespace sluis::report {

struct Line {
  const Row* row = nullptr;
  std::string who;            ///< "Jeugdige", "Gemeente: allen" …; empty when the row has one line only
  bool municipality = false;  ///< the municipality's, beside the provider's own
  bool whole = false;         ///< of both respondents together: has no mean
  const Figure* figure = nullptr;

  /// Of one respondent, or of a query about one; never of both together (JEUGDHULP §7).
  std::optional<double> mean() const { return whole || !figure->shown ? std::nullopt : figure->mean; }
};

/// The lines of a row that is shown; of one that is not, a single line with the figure that is not shown. They point
/// into the row.
std::vector<Line> linesOf(const Row& row, Language language = Language::dutch);

/// Whether any line of the outcome says whose it is.
bool namesWho(const Outcome& outcome);
/// Whether any figure has a mean.
bool hasMeans(const Outcome& outcome);
/// Keys and labels of the parts, from the first figure that is shown; empty when none is.
std::vector<Value> partsIn(const Outcome& outcome);
bool isSeries(const Outcome& outcome);
/// Whether any row that is shown has a norm; and the norms, where all of those rows have the same.
bool hasNorms(const Outcome& outcome);
std::vector<Norm> normsOfAll(const Outcome& outcome);

/// The figure's headline (texts.h): its mean, or a share of 0 to 1; nullopt when it has none.
std::optional<double> headline(Indicator indicator, const Figure& figure);
/// Twice the standard deviation that the noise gives the headline or one part's share: what a difference must exceed
/// to mean anything. 0 when the noise is not said.
double headlineMargin(Indicator indicator, const Figure& figure, double variance);

}  // namespace sluis::report
