#include "figures/norms.h"

#include "figures/areas.h"

namespace sluis::figures {

namespace {

using report::Dimension;
using report::Quarter;

Quarter lastAsked(const report::Query& query, Instant made) {
  const report::QuarterRange& range = query.end.isGiven() ? query.end : query.start;
  return range.to.value_or(quarterOf(std::chrono::floor<std::chrono::days>(made)));
}

bool isInForce(const config::Norm& norm, Quarter quarter) {
  const auto from = report::quarterFrom(norm.from);
  const auto until = report::quarterFrom(norm.until);
  return (!from || *from <= quarter) && (!until || quarter <= *until);
}

/// The one form of help a row is about; empty when it is about several.
std::string formOf(const report::Query& query, const report::Row& row) {
  if (query.by == Dimension::form) return row.value.key;
  const auto filter = query.filters.find(Dimension::form);
  return filter == query.filters.end() ? "" : filter->second;
}

}  // namespace

void addNorms(report::Outcome& outcome, const std::vector<config::Norm>& norms, Instant made) {
  const report::Query& query = outcome.query;
  const bool english = query.language == report::Language::english;
  const bool series = query.by == Dimension::start || query.by == Dimension::end;
  for (report::Row& row : outcome.rows) {
    const auto own = series ? report::quarterFrom(row.value.key) : std::nullopt;
    const Quarter quarter = own.value_or(lastAsked(query, made));
    for (const config::Norm& norm : norms) {
      if (norm.indicator != report::toString(query.indicator) || !isInForce(norm, quarter)) continue;
      if (!norm.form.empty() && norm.form != formOf(query, row)) continue;
      row.norms.push_back({english && !norm.english.empty() ? norm.english : norm.text, norm.value, norm.part});
    }
  }
}

}  // namespace sluis::figures
