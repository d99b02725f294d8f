// The answer to a query as it may leave sluis-figures: nothing in it is a true figure. What renders, prints or sends
// figures sees this type and no other (a test holds the includes against that).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "report/query.h"

namespace sluis::report {

struct Part {
  std::string key;  ///< "le4", "01", "ja" … (CONTRACT §5)
  std::string label;
  std::int64_t count = 0;
  double share = 0;  ///< of the sum of the parts, 0 to 1; 0 when that sum is 0
};

/// One published figure, or the fact that there is none. Why it is withheld is not said: too few children, too much of
/// one answer and one child too often look the same.
struct Figure {
  bool shown = false;
  std::int64_t count = 0;      ///< "# gemeten"
  std::vector<Part> parts;     ///< all parts of the indicator, in fixed order
  std::optional<double> mean;  ///< one decimal; only satisfaction, and only of one respondent (JEUGDHULP §7)
};

struct Respondent {
  Value who;  ///< J or O
  Figure figure;
};

struct Norm {
  std::string text;  ///< "gemiddeld 7,5 of hoger", as configured
  double value = 0;  ///< a mean, or a share of 0 to 1
  std::string part;  ///< the part it is a share of; empty = the mean
};

struct Row {
  Value value;  ///< of the dimension grouped by
  Figure figure;
  /// Indicators that count measurements, unless a respondent was chosen: both, never averaged together.
  std::vector<Respondent> respondents;
  /// For a provider: the municipality's figure (or that of its municipalities together) beside its own.
  std::optional<Figure> municipality;
  std::vector<Respondent> municipalityRespondents;
  std::vector<Norm> norms;
};

/// A municipality merged or split here: figures before and after are not of the same area.
struct Break {
  std::string quarter;  ///< the first of the new area: "2022Q1"
  std::string text;     ///< "Weesp (GM0457) ging op in Amsterdam (GM0363)"
};

/// What stands under each figure: what it is, how it came about.
struct Why {
  std::string definition;
  std::string base;
  std::string exclusions;
  std::vector<std::string> filters;  ///< in words, one each; empty = all
  std::string snapshotMade;          ///< RFC 3339
  std::string ruleSet;               ///< "jeugdhulp 5.1" and the product's version
  std::string noise;                 ///< that noise was added, how much, and why
  std::string threshold;             ///< when a figure is not shown
  double variance = 0;               ///< of the noise on one count, for margins; 0 = not said
};

struct Outcome {
  Query query;
  std::string snapshot;   ///< its id; several, with commas, where several domains were asked
  bool available = true;  ///< false: not in this detail; then there are no rows
  std::string notice;     ///< why not available, or what to know; may be empty
  std::string title;      ///< "Cliënttevredenheid"
  std::string viewerName;
  std::string byLabel;         ///< "Hulpvorm"
  std::vector<Value> filters;  ///< in words: key = the filter's name, label = "Verwijzer: huisarts"
  std::vector<Row> rows;       ///< every code of the dimension
  std::vector<Break> breaks;
  Why why;
};

}  // namespace sluis::report
