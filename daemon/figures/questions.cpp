#include "figures/questions.h"

#include <algorithm>
#include <map>
#include <thread>

#include <fmt/format.h>

#include "base/error.h"
#include "figures/norms.h"
#include "report/describe.h"
#include "report/vocabulary.h"

namespace sluis::figures {

namespace {

using report::Dimension;
using report::Role;

const snapshot::Facts& factsOf(const InService& snapshot) {
  return snapshot->front().snapshot->facts();
}

audit::Event viewOf(const report::Query& query, const Choice& choice, const Asker& asker) {
  const report::Words words = report::wordsOf(query);
  std::string domains;
  std::string ids;
  for (const InService& snapshot : choice.snapshots) {
    domains += (domains.empty() ? "" : ",") + factsOf(snapshot).domain;
    ids += (ids.empty() ? "" : ",") + factsOf(snapshot).id;
  }
  std::string filters;
  for (const auto& [name, value] : words.filters)
    filters += fmt::format("{}{}={}", filters.empty() ? "" : " ", name, value);
  audit::Event event{.what = "report.viewed",
                     .at = SystemClock().now(),
                     .subject = domains,
                     .system = "sluis-figures",
                     .responsible = query.viewer.role == Role::officer ? "TTP" : query.viewer.code,
                     .details = {{"indicator", words.indicator},
                                 {"as", report::toString(query.viewer)},
                                 {"filters", filters},
                                 {"by", words.by},
                                 {"snapshot", ids}}};
  enter(asker, event);
  return event;
}

std::vector<protect::Published> together(const std::vector<InService>& snapshots) {
  std::vector<protect::Published> all;
  for (const InService& each : snapshots) all.push_back(each->front());
  return all;
}

std::vector<report::Break> breaksOf(const report::Query& query, const Areas& areas, const Choice& choice,
                                    const report::Area& area) {
  // A provider's municipalities together are no area of which anybody knows the borders.
  std::string municipality = query.viewer.role == Role::municipality ? query.viewer.code : "";
  if (const auto filter = query.filters.find(Dimension::municipality); filter != query.filters.end())
    municipality = filter->second;
  if (municipality.empty() && choice.snapshots.size() == 1) municipality = factsOf(choice.snapshots[0]).domain;
  if (municipality.empty()) return {};
  return areas.breaksOf(municipality, area.first, area.last, query.language);
}

}  // namespace

report::Area areaOf(const Choice& choice) {
  report::Area area;
  std::map<std::string, std::string> providers;
  Instant made = Instant::min();
  for (const InService& snapshot : choice.snapshots) {
    const snapshot::Facts& facts = factsOf(snapshot);
    for (const auto& provider : facts.providers) providers.emplace(provider.code, provider.name);
    made = std::max(made, facts.made);
  }
  for (auto& [code, name] : providers) area.providers.push_back({code, name});
  area.municipalities = choice.municipalities;
  const report::Span quarters = report::quartersAt(made);
  area.first = quarters.first;
  area.last = quarters.last;
  return area;
}

report::Circumstances circumstancesOf(const Choice& choice) {
  report::Circumstances all;
  all.domains = static_cast<unsigned>(choice.snapshots.size());
  all.made = Instant::max();
  all.mostDimensions = std::numeric_limits<int>::max();
  for (const InService& each : choice.snapshots) {
    const protect::Published& published = each->front();
    const snapshot::Facts& facts = factsOf(each);
    if (facts.made < all.made) {
      all.made = facts.made;
      all.ruleSet = facts.ruleSet;
      all.windowDays = facts.windowDays;
    }
    all.minimum = std::max(all.minimum, facts.minimumChildren);
    all.bound = std::max(all.bound, published.table.parameters().bound);
    all.variance = std::max(all.variance, published.table.parameters().variance);
    all.mostDimensions = std::min(all.mostDimensions, published.withheld.mostDimensions);
  }
  return all;
}

std::shared_ptr<const Knowledge> Knowledge::load(const config::Config& config) {
  const unsigned cores = std::max(1U, std::thread::hardware_concurrency());
  return std::make_shared<const Knowledge>(
      Knowledge{dataset::Definitions::load(config.datasets, config.codelists), config.figures.norms,
                config.figures.threads > 0 ? static_cast<unsigned>(config.figures.threads) : cores,
                config.figures.confidence, config.portal.account});
}

report::Outcome Questions::answer(const Knowledge& knowledge, const report::Words& words, const Asker& asker) const {
  const auto query = report::queryFrom(words);
  if (!query) throw Error(ErrorKind::usage, query.error().message);
  requireMayLookAs(asker, query->viewer);
  const Areas areas = knowledge.areas();
  const Choice choice = choose(*query, areas, snapshots_);
  const report::Area area = areaOf(choice);
  const report::Vocabulary vocabulary = report::vocabularyOf(knowledge.definitions, area, query->language);
  if (const auto wrong = report::check(*query, vocabulary)) throw Error(ErrorKind::usage, wrong->message);
  const std::vector<report::Value> rows = report::rowsOf(*query, vocabulary);

  log_.append(viewOf(*query, choice, asker));

  const bool isOne = choice.snapshots.size() == 1;
  report::Outcome outcome =
      protect::answer(isOne ? *choice.snapshots[0] : together(choice.snapshots), *query, rows, knowledge.threads);
  outcome.breaks = breaksOf(*query, areas, choice, area);
  const report::Circumstances circumstances = circumstancesOf(choice);
  addNorms(outcome, knowledge.norms, circumstances.made);
  report::describe(outcome, vocabulary, circumstances);
  return outcome;
}

}  // namespace sluis::figures
