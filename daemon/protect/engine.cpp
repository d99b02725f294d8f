#include "protect/engine.h"

#include <algorithm>
#include <stdexcept>

#include "protect/count.h"
#include "protect/protection.h"

namespace sluis::protect {

namespace {

using report::Dimension;
using report::Indicator;
using report::Role;

/// One kind of figure for each row of an answer: everybody's, everybody's as a provider may see them, or its own.
class Figures {
 public:
  enum class Kind { everybody, besideOwn, own };

  Figures(const std::vector<Published>& published, const std::vector<Counted>& counted, const report::Query& query,
          Kind kind, bool respondents)
      : partKeys_(partKeys(query.indicator)),
        hasRespondents_(respondents),
        isOfOneRespondent_(query.by == Dimension::informant || query.filters.count(Dimension::informant) != 0),
        isMarked_(query.indicator == Indicator::satisfaction) {
    rules_.minimum = 0;
    rules_.everybody = kind == Kind::everybody;
    rules_.apart = kind == Kind::besideOwn;
    for (std::size_t i = 0; i < published.size(); ++i) {
      const Tally& tally = kind == Kind::own ? *counted[i].own : counted[i].all;
      domains_.push_back({&tally, &published[i].table, &published[i].withheld});
      rules_.minimum = std::max(rules_.minimum, published[i].snapshot->facts().minimumChildren);
    }
  }

  report::Figure of(std::size_t row) const { return figure(Whose::all, row, isOfOneRespondent_); }

  /// Of a row that is shown: what is not shows nothing (CONTRACT §5).
  std::vector<report::Respondent> respondents(std::size_t row, const report::Figure& figureOfRow) const {
    if (!hasRespondents_ || !figureOfRow.shown) return {};
    return {{{"J", {}}, figure(Whose::youth, row, true)}, {{"O", {}}, figure(Whose::parent, row, true)}};
  }

 private:
  report::Figure figure(Whose whose, std::size_t row, bool ofOneRespondent) const {
    Rules rules = rules_;
    rules.mean = isMarked_ && ofOneRespondent;
    return figureOf(domains_, whose, row, partKeys_, rules);
  }

  std::vector<std::string> partKeys_;
  bool hasRespondents_;
  bool isOfOneRespondent_;
  bool isMarked_;
  std::vector<Domain> domains_;
  Rules rules_;
};

std::string snapshotsOf(const std::vector<Published>& domains) {
  std::string ids;
  for (const Published& domain : domains) ids += (ids.empty() ? "" : ",") + domain.snapshot->facts().id;
  return ids;
}

/// How many dimensions may be combined; no cell has more coordinates than kMost.
int mostDimensions(const std::vector<Published>& domains) {
  int most = static_cast<int>(Cell::kMost);
  for (const Published& domain : domains) most = std::min(most, domain.withheld.mostDimensions);
  return most;
}

}  // namespace

Published Published::open(const std::filesystem::path& snapshotFile, const std::string& domain) {
  auto snapshot = snapshot::Snapshot::open(snapshotFile, domain);
  auto table = ptable::PerturbationTable::parse(snapshot->facts().table);
  auto withheldFile = snapshotFile;
  withheldFile.replace_extension(".withheld");
  auto withheld = readWithheld(withheldFile, snapshot->facts().digest);
  return {std::move(snapshot), std::move(table), std::move(withheld)};
}

report::Outcome answer(const std::vector<Published>& domains, const report::Query& query,
                       const std::vector<report::Value>& rows, unsigned threads) {
  const bool isProvider = query.viewer.role == Role::provider;
  if (isProvider && (query.by == Dimension::provider || query.filters.count(Dimension::provider) != 0))
    throw std::logic_error("a provider's query that was not checked");

  report::Outcome outcome;
  outcome.query = query;
  outcome.snapshot = snapshotsOf(domains);
  const int most = mostDimensions(domains);
  const int dimensions = query.dimensions();
  outcome.available = dimensions <= most;
  if (!outcome.available) return outcome;
  for (const report::Value& value : rows) outcome.rows.emplace_back().value = value;
  if (domains.empty()) return outcome;

  // The municipality's figure has a dimension less than the provider's own beside it.
  const int common = dimensions - (isProvider ? 1 : 0);
  const bool bothRespondents = report::countsMeasurements(query.indicator) && query.by != Dimension::informant &&
                               query.filters.count(Dimension::informant) == 0;
  Counting counting{query, rows, bothRespondents && common < most};
  counting.query.viewer = {};
  if (isProvider) counting.viewer = query.viewer.code;
  std::vector<const snapshot::Snapshot*> snapshots;
  for (const Published& domain : domains) snapshots.push_back(domain.snapshot.get());
  const auto counted = count(snapshots, counting, threads);

  using Kind = Figures::Kind;
  const Figures figures(domains, counted, query, isProvider ? Kind::own : Kind::everybody,
                        bothRespondents && dimensions < most);
  for (std::size_t row = 0; row < rows.size(); ++row) {
    outcome.rows[row].figure = figures.of(row);
    outcome.rows[row].respondents = figures.respondents(row, outcome.rows[row].figure);
  }
  if (!isProvider) return outcome;
  const Figures beside(domains, counted, query, Kind::besideOwn, counting.respondents);
  for (std::size_t row = 0; row < rows.size(); ++row) {
    outcome.rows[row].municipality = beside.of(row);
    outcome.rows[row].municipalityRespondents = beside.respondents(row, *outcome.rows[row].municipality);
  }
  return outcome;
}

std::vector<std::string> partKeys(Indicator indicator) {
  switch (indicator) {
    case Indicator::satisfaction:
      return {"le4", "mid", "ge8"};
    case Indicator::goOn:
    case Indicator::goals:
      return {"1", "2", "3", "4"};
    case Indicator::dropOut:
      return {"01", "02", "03", "04", "05", "onbekend"};
    case Indicator::response:
    case Indicator::renewed:
      return {"ja", "nee"};
  }
  throw std::logic_error("an indicator without parts");
}

}  // namespace sluis::protect
