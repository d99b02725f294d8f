#include "publication/tables.h"

#include <array>

#include "report/describe.h"
#include "report/vocabulary.h"

namespace sluis::publication {

namespace {

using report::Dimension;

// A provider compares itself by these; by the others it asks sluis-figures.
constexpr std::array kOfAProvider = {Dimension::form, Dimension::start, Dimension::end};

class Asking {
 public:
  Asking(const protect::Published& published, const dataset::Definitions& definitions, unsigned threads)
      : domains_{published}, threads_(threads) {
    const auto& facts = published.snapshot->facts();
    report::Area area;
    for (const auto& provider : facts.providers) area.providers.push_back({provider.code, provider.name});
    area.municipalities = {facts.domain};
    const report::Span quarters = report::quartersAt(facts.made);
    area.first = quarters.first;
    area.last = quarters.last;
    vocabulary_ = report::vocabularyOf(definitions, area);
    const auto& table = published.table.parameters();
    circumstances_ = {.made = facts.made,
                      .ruleSet = facts.ruleSet,
                      .bound = table.bound,
                      .variance = table.variance,
                      .minimum = facts.minimumChildren,
                      .windowDays = facts.windowDays,
                      .mostDimensions = published.withheld.mostDimensions,
                      .domains = 1};
  }

  report::Outcome ask(report::Indicator indicator, const report::Viewer& viewer, Dimension by) const {
    report::Query query;
    query.indicator = indicator;
    query.viewer = viewer;
    query.by = by;
    auto outcome = protect::answer(domains_, query, report::rowsOf(query, vocabulary_), threads_);
    report::describe(outcome, vocabulary_, circumstances_);
    return outcome;
  }

 private:
  std::vector<protect::Published> domains_;
  unsigned threads_;
  report::Vocabulary vocabulary_;
  report::Circumstances circumstances_;
};

}  // namespace

std::vector<PublishedTable> standardTables(const protect::Published& published, const dataset::Definitions& definitions,
                                           unsigned threads) {
  const Asking asking(published, definitions, threads);
  const auto& facts = published.snapshot->facts();
  std::vector<PublishedTable> tables;
  for (const auto indicator : report::kIndicators) {
    for (const Dimension by : report::possibleDimensions(indicator, report::Role::municipality))
      if (by != Dimension::municipality)
        tables.push_back({std::nullopt, asking.ask(indicator, {report::Role::municipality, facts.domain}, by)});
    for (const auto& provider : facts.providers)
      for (const Dimension by : kOfAProvider)
        tables.push_back({provider.code, asking.ask(indicator, {report::Role::provider, provider.code}, by)});
  }
  return tables;
}

}  // namespace sluis::publication
