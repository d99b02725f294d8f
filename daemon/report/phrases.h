// The fixed phrases of tables, charts and pages, in each language. What indicators and dimensions are called is
// texts.h.
//
// {} and {0} are filled in with fmt::runtime: each phrase says below what with. A test fills each of them in both
// languages.
#pragma once

#include <string_view>

#include "report/language.h"

namespace sluis::report {

struct Phrases {
  std::string_view notShown;       ///< why a row is not shown, all reasons at once
  std::string_view shortNotShown;  ///< "niet getoond"
  std::string_view notAvailable;
  std::string_view yes;

  // Whose figures (lines.cpp).
  std::string_view everybody;         ///< both respondents together
  std::string_view own;               ///< a provider's
  std::string_view ownEverybody;      ///< its, of both respondents
  std::string_view ownOf;             ///< {}: a respondent
  std::string_view municipality;      ///< its figure beside the provider's
  std::string_view municipalityAll;   ///< the same, of both respondents
  std::string_view municipalityOf;    ///< {}: a respondent
  std::string_view who;               ///< head of their column
  std::string_view viewMunicipality;  ///< {}: name
  std::string_view viewProviderIn;    ///< {0} provider, {1} municipality
  std::string_view viewOfficer;       ///< {}: name of the municipality

  // Heads and captions.
  std::string_view heading;  ///< {0} whose, {1} grouping, {2} day
  std::string_view madeOf;   ///< {0} day, {1} snapshot
  std::string_view filters;
  std::string_view filter;
  std::string_view measured;       ///< head: "gemeten"
  std::string_view measuredHead;   ///< "# gemeten"
  std::string_view countMeasured;  ///< {}: a number
  std::string_view norm;
  std::string_view norms;        ///< {}: in words
  std::string_view normsMarked;  ///< the same, with the mark of charts
  std::string_view normOfAll;    ///< {}: in words
  std::string_view normOfAllMarked;
  std::string_view normAt;      ///< {}: a value
  std::string_view boldNumber;  ///< {}: what it is
  std::string_view meanLegend;
  std::string_view legend;
  std::string_view caption;     ///< {0} title, {1} grouping
  std::string_view appliesTo;   ///< {0} why not shown, {1} rows
  std::string_view perQuarter;  ///< {}: what
  std::string_view spreadPerQuarter;
  std::string_view inTable;  ///< {}: what a chart shows
  std::string_view chart;
  std::string_view table;
  std::string_view inBrief;
  std::string_view beware;       ///< "Let op"
  std::string_view bewareBreak;  ///< {0} what happened, {1} quarter
  std::string_view svgFoot;      ///< {}: snapshot

  // The card.
  std::string_view whyTitle;
  std::string_view whatIsThis;
  std::string_view whatIsMeasured;
  std::string_view whatIsExcluded;
  std::string_view noFilters;
  std::string_view whyNoise;
  std::string_view whatIsMargin;
  std::string_view marginText;
  std::string_view whyNotShown;
  std::string_view madeTitle;
  std::string_view rules;
  std::string_view noiseText;      ///< {0} bound, {1} and {2} points at 20 and at 200
  std::string_view thresholdText;  ///< {0} children, {1} dimensions

  // The same, short: terminal and workbook.
  std::string_view shortWhat;
  std::string_view shortMeasured;
  std::string_view shortExcluded;
  std::string_view shortNoise;
  std::string_view shortThreshold;
  std::string_view snapshot;
  std::string_view asOf;

  // Terminal.
  std::string_view mark;  ///< head of the mean, six columns
  std::string_view goalHeads[4];
  std::string_view unknownHead;

  // Sheets.
  std::string_view figuresSheet;
  std::string_view cardSheet;
  std::string_view shown;
  std::string_view code;
  std::string_view mean;
  std::string_view countOf;  ///< {}: a part
  std::string_view shareOf;  ///< {}: a part
  std::string_view csvHead;
  std::string_view csvCountOf;

  // What stands out.
  std::string_view byYouth;
  std::string_view byParents;
  std::string_view and_;
  std::string_view andMore;         ///< {}: how many
  std::string_view notClearlyElse;  ///< {}: rows
  std::string_view noDifference;    ///< {0} what, {1} least, {2} most
  std::string_view extremes;        ///< {0} what, {1} row, {2} value, {3} alike, {4} row, {5} value, {6} alike
  std::string_view same;
  std::string_view higher;
  std::string_view lower;
  std::string_view change;  ///< {0} what, {1} verdict, {2} now, {3} quarter, {4} before, {5} only
  std::string_view onlyQuarters;
  std::string_view onlySome;  ///< {}: how many

  // Values.
  std::string_view unknown;
  std::string_view unknownOrRunning;
  std::string_view quarter;  ///< {0} quarter, {1} year
  std::string_view merged;   ///< {0} what, {1} into
  std::string_view divided;  ///< {0} what, {1} over
};

const Phrases& phrases(Language language);

}  // namespace sluis::report
