// Puts an outcome's figures into words: title, labels, filters, and the card that says why the figures are what they
// are. The engine answers in keys; everything that is read by people comes from here.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/time.h"
#include "report/outcome.h"

namespace sluis::report {

/// What is true of the snapshots an outcome was made from.
struct Circumstances {
  Instant made{};              ///< the oldest of them
  std::string ruleSet;         ///< "jeugdhulp 5.1; sluis 0.1.0"
  int bound = 5;               ///< of the noise on one count
  double variance = 3;         ///< of it
  std::uint32_t minimum = 10;  ///< children, and published count, of a row that is shown
  std::uint16_t windowDays = 365;
  int mostDimensions = 3;  ///< that may be combined
  unsigned domains = 1;    ///< municipalities whose outcomes were added
};

/// Fills in title, viewerName, byLabel, filters, why, the labels of parts and respondents, and, where the outcome is
/// not available, the notice. Figures, rows, norms and breaks stay as they are.
void describe(Outcome& outcome, const Vocabulary& vocabulary, const Circumstances& circumstances);

}  // namespace sluis::report
