#include "report/describe.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "report/phrases.h"
#include "report/texts.h"
#include "report/vocabulary.h"

namespace sluis::report {

namespace {

std::string labelOrKey(const Vocabulary& vocabulary, Dimension dimension, const std::string& key) {
  const Value* value = vocabulary.find(dimension, key);
  return value == nullptr ? key : value->label;
}

std::string viewerName(const Query& query, const Vocabulary& vocabulary) {
  const auto filter = query.filters.find(Dimension::municipality);
  const Phrases& say = phrases(query.language);
  std::string municipality =
      filter == query.filters.end() ? "" : labelOrKey(vocabulary, Dimension::municipality, filter->second);
  switch (query.viewer.role) {
    case Role::municipality:
      return fmt::format(fmt::runtime(say.viewMunicipality),
                         labelOrKey(vocabulary, Dimension::municipality, query.viewer.code));
    case Role::provider: {
      const std::string name = labelOrKey(vocabulary, Dimension::provider, query.viewer.code);
      return municipality.empty() ? name : fmt::format(fmt::runtime(say.viewProviderIn), name, municipality);
    }
    case Role::officer:
      break;
  }
  const auto& all = vocabulary.of(Dimension::municipality);
  if (municipality.empty() && all.size() == 1) municipality = all.front().label;
  return municipality.empty() ? "Trusted Third Party" : fmt::format(fmt::runtime(say.viewOfficer), municipality);
}

std::vector<Value> filtersInWords(const Query& query, const Vocabulary& vocabulary) {
  std::vector<Value> filters;
  for (const auto& [name, value] : wordsOf(query).filters) {
    const auto quarter = quarterFrom(value);
    const auto dimension = dimensionFrom(name);
    const std::string label = dimension ? labelOrKey(vocabulary, *dimension, value)
                              : quarter ? labelOf(*quarter, query.language)
                                        : value;
    filters.push_back({name, fmt::format("{}: {}", labelOfFilter(name, query.language), label)});
  }
  return filters;
}

/// Of how many fixed pieces a range is the sum; 1 when it is not asked for, or when each row is one quarter of it.
std::size_t piecesIn(const Query& query, Dimension dimension, const Vocabulary& vocabulary) {
  const QuarterRange& range = dimension == Dimension::start ? query.start : query.end;
  const auto& quarters = vocabulary.of(dimension);
  if (query.by == dimension || !range.isGiven() || quarters.empty()) return 1;
  const auto first = quarterFrom(quarters.front().key);
  const auto last = quarterFrom(quarters.back().key);
  if (!first || !last) return 1;
  return std::max<std::size_t>(
      1, piecesOf(range.from.value_or(Quarter::of(first->year(), 1)), range.to.value_or(Quarter::of(last->year(), 4)))
             .size());
}

std::string noiseText(const Circumstances& at, double variance, Language language) {
  const auto points = [&](int count) { return std::lround(200 * std::sqrt(variance) / count); };
  return fmt::format(fmt::runtime(phrases(language).noiseText), at.bound, points(20), std::max(1L, points(200)));
}

class Labels {
 public:
  Labels(const Query& query, const Vocabulary& vocabulary)
      : parts_(partsOf(query.indicator, vocabulary, query.language)), vocabulary_(vocabulary) {}

  void fill(Figure& figure) const {
    for (Part& part : figure.parts)
      for (const Value& known : parts_)
        if (known.key == part.key) part.label = known.label;
  }
  void fill(std::vector<Respondent>& respondents) const {
    for (Respondent& respondent : respondents) {
      respondent.who.label = labelOrKey(vocabulary_, Dimension::informant, respondent.who.key);
      fill(respondent.figure);
    }
  }

 private:
  std::vector<Value> parts_;
  const Vocabulary& vocabulary_;
};

}  // namespace

void describe(Outcome& outcome, const Vocabulary& vocabulary, const Circumstances& at) {
  const Query& query = outcome.query;
  outcome.title = titleOf(query.indicator, query.language);
  outcome.viewerName = viewerName(query, vocabulary);
  outcome.byLabel = labelOf(query.by, query.language);
  outcome.filters = filtersInWords(query, vocabulary);
  if (!outcome.available) outcome.notice = phrases(query.language).notAvailable;

  const Labels labels(query, vocabulary);
  for (Row& row : outcome.rows) {
    labels.fill(row.figure);
    labels.fill(row.respondents);
    if (row.municipality) labels.fill(*row.municipality);
    labels.fill(row.municipalityRespondents);
  }

  Why& why = outcome.why;
  why.definition = definitionOf(query.indicator, at.windowDays, query.language);
  why.base = baseOf(query.indicator, at.windowDays, query.language);
  why.exclusions = exclusionsOf(query.indicator, at.windowDays, query.language);
  why.filters.clear();
  for (const Value& filter : outcome.filters) why.filters.push_back(filter.label);
  why.snapshotMade = toRfc3339(at.made);
  why.ruleSet = at.ruleSet;
  // Each piece of a range and each municipality brings noise of its own.
  why.variance =
      at.variance * static_cast<double>(at.domains) *
      static_cast<double>(piecesIn(query, Dimension::start, vocabulary) * piecesIn(query, Dimension::end, vocabulary));
  why.noise = noiseText(at, why.variance, query.language);
  why.threshold = fmt::format(fmt::runtime(phrases(query.language).thresholdText), at.minimum, at.mostDimensions);
}

}  // namespace sluis::report
