// What there is to ask for, from the dataset's own words: every value of every dimension with its name.
// (A code of which the list has no English name keeps its Dutch one.)
//
// Holds nothing of the records: values are those of the definitions, providers and municipalities those that anybody
// who may ask knows of, quarters those of the calendar. That a value has a record must not show in its being listed. A
// code list's codes are all listed, also those that are not valid any more: the records of earlier years have them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "dataset/definition.h"
#include "report/query.h"

namespace sluis::report {

/// What a snapshot adds to the definitions.
struct Area {
  std::vector<Value> providers;             ///< code and name
  std::vector<std::string> municipalities;  ///< codes, as they may be chosen with the filter gemeente
  Quarter first;                            ///< that may be named, both inside: of quartersAt()
  Quarter last;
};

struct Span {
  Quarter first;
  Quarter last;
};
/// The quarters that are listed, and may be named, of a snapshot of then: from the law that gave municipalities the
/// help for youth, to the end of its year. Not those of the records: the first and the last are often one child's.
Span quartersAt(Instant made);

/// The key of what a record leaves open.
inline constexpr std::string_view kUnknown = "onbekend";

/// Of all versions of the dataset jeugdhulp together. Dimensions that a record may leave open end with "onbekend".
Vocabulary vocabularyOf(const dataset::Definitions& definitions, const Area& area, Language language = Language::dutch);

/// The rows of the answer to a query: every value of the dimension it groups by; of quarters, those inside its range.
std::vector<Value> rowsOf(const Query& query, const Vocabulary& vocabulary);

/// "1e kwartaal 2026", "1st quarter of 2026".
std::string labelOf(Quarter quarter, Language language = Language::dutch);

}  // namespace sluis::report
