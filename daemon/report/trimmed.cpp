#include "report/trimmed.h"

#include <algorithm>

namespace sluis::report {

namespace {

constexpr std::ptrdiff_t kYear = 4;

bool isShown(const Row& row) {
  return row.figure.shown || (row.municipality && row.municipality->shown);
}

}  // namespace

Outcome trimmed(Outcome outcome) {
  const Query& query = outcome.query;
  if (query.by != Dimension::start && query.by != Dimension::end) return outcome;
  const QuarterRange& asked = query.by == Dimension::start ? query.start : query.end;
  std::vector<Row>& rows = outcome.rows;
  auto first = std::find_if(rows.begin(), rows.end(), isShown);
  auto last = std::find_if(rows.rbegin(), rows.rend(), isShown).base();
  if (first == rows.end()) {
    last = rows.end();
    first = last - std::min(kYear, std::ssize(rows));
  }
  if (!asked.to) rows.erase(last, rows.end());
  if (!asked.from) rows.erase(rows.begin(), first);
  std::erase_if(outcome.breaks, [&](const Break& mark) {
    return rows.empty() || mark.quarter < rows.front().value.key || mark.quarter > rows.back().value.key;
  });
  return outcome;
}

}  // namespace sluis::report
