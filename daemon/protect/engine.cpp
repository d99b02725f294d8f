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

/// One kind of figure for each row of an answer: of all, of a provider's own, or of all as a provider may see it.
class Figures {
 public:
  Figures(const std::vector<Published>& domains, const Counting& counting, bool apart, unsigned threads)
      : partKeys_(partKeys(counting.query.indicator)), hasRespondents_(counting.respondents) {
    std::vector<const snapshot::Snapshot*> snapshots;
    for (const Published& domain : domains) snapshots.push_back(domain.snapshot.get());
    tallies_ = count(snapshots, counting, threads);
    rules_.minimum = 0;
    for (std::size_t i = 0; i < domains.size(); ++i) {
      domains_.push_back({&tallies_[i], &domains[i].table, &domains[i].withheld});
      rules_.minimum = std::max(rules_.minimum, domains[i].snapshot->facts().minimumChildren);
    }
    rules_.apart = apart;
    isOfOneRespondent_ =
        counting.query.by == Dimension::informant || counting.query.filters.count(Dimension::informant) != 0;
    isMarked_ = counting.query.indicator == Indicator::satisfaction;
  }

  report::Figure of(std::size_t row) const { return figure(Whose::all, row, isOfOneRespondent_); }

  std::vector<report::Respondent> respondents(std::size_t row) const {
    if (!hasRespondents_) return {};
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
  bool isOfOneRespondent_ = false;
  bool isMarked_ = false;
  std::vector<Tally> tallies_;
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

  const bool bothRespondents = report::countsMeasurements(query.indicator) && query.by != Dimension::informant &&
                               query.filters.count(Dimension::informant) == 0;
  const auto fill = [&](const report::Query& asked, bool beside, const auto& into) {
    Counting counting{asked, rows, bothRespondents && asked.dimensions() < most, {}};
    if (beside) counting.viewer = query.viewer.code;
    const Figures figures(domains, counting, beside, threads);
    for (std::size_t row = 0; row < rows.size(); ++row) {
      report::Figure figure = figures.of(row);
      // A row that is not shown shows nothing (CONTRACT §5).
      auto respondents = figure.shown ? figures.respondents(row) : std::vector<report::Respondent>{};
      into(outcome.rows[row], std::move(figure), std::move(respondents));
    }
  };
  const auto asOwn = [](report::Row& row, report::Figure figure, std::vector<report::Respondent> respondents) {
    row.figure = std::move(figure);
    row.respondents = std::move(respondents);
  };
  report::Query asked = query;
  asked.viewer = {};
  if (!isProvider) {
    fill(asked, false, asOwn);
    return outcome;
  }
  fill(asked, true, [](report::Row& row, report::Figure figure, std::vector<report::Respondent> respondents) {
    row.municipality = std::move(figure);
    row.municipalityRespondents = std::move(respondents);
  });
  asked.filters[Dimension::provider] = query.viewer.code;
  fill(asked, false, asOwn);
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
