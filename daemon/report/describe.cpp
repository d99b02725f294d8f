#include "report/describe.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

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
  std::string municipality =
      filter == query.filters.end() ? "" : labelOrKey(vocabulary, Dimension::municipality, filter->second);
  switch (query.viewer.role) {
    case Role::municipality:
      return "Gemeente " + labelOrKey(vocabulary, Dimension::municipality, query.viewer.code);
    case Role::provider: {
      const std::string name = labelOrKey(vocabulary, Dimension::provider, query.viewer.code);
      return municipality.empty() ? name : fmt::format("{}, in gemeente {}", name, municipality);
    }
    case Role::officer:
      break;
  }
  const auto& all = vocabulary.of(Dimension::municipality);
  if (municipality.empty() && all.size() == 1) municipality = all.front().label;
  return municipality.empty() ? "Trusted Third Party" : fmt::format("Gemeente {} (TTP)", municipality);
}

std::vector<Value> filtersInWords(const Query& query, const Vocabulary& vocabulary) {
  std::vector<Value> filters;
  for (const auto& [name, value] : wordsOf(query).filters) {
    const auto quarter = quarterFrom(value);
    const auto dimension = dimensionFrom(name);
    const std::string label = dimension ? labelOrKey(vocabulary, *dimension, value)
                              : quarter ? labelOf(*quarter)
                                        : value;
    filters.push_back({name, fmt::format("{}: {}", labelOfFilter(name), label)});
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

std::string noiseText(const Circumstances& at, double variance) {
  const auto points = [&](int count) { return std::lround(200 * std::sqrt(variance) / count); };
  return fmt::format(
      "Bij elk aantal is expres een klein beetje ruis opgeteld: hoogstens {} erbij of eraf. Daardoor is niemand te "
      "herkennen, ook niet door overzichten met elkaar te vergelijken. Dezelfde vraag geeft altijd hetzelfde antwoord. "
      "Percentages en gemiddelden zijn berekend met de aantallen met ruis. Een periode is opgeteld uit vaste jaren, "
      "halfjaren en kwartalen, elk met eigen ruis. Bij 20 gemeten kan een percentage zo'n {} procentpunten afwijken, "
      "bij "
      "200 gemeten zo'n {}.",
      at.bound, points(20), std::max(1L, points(200)));
}

std::string thresholdText(const Circumstances& at) {
  return fmt::format(
      "Een rij wordt niet getoond bij minder dan {0} kinderen of minder dan {0} gemeten, als (bijna) iedereen "
      "hetzelfde "
      "antwoord gaf, als één kind te zwaar meetelt, of als de rij samen met andere overzichten te veel zou zeggen over "
      "een kind. Er staat niet bij welke reden het is. Er zijn hoogstens {1} kenmerken tegelijk mogelijk.",
      at.minimum, at.mostDimensions);
}

class Labels {
 public:
  Labels(Indicator indicator, const Vocabulary& vocabulary)
      : parts_(partsOf(indicator, vocabulary)), vocabulary_(vocabulary) {}

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
  outcome.title = titleOf(query.indicator);
  outcome.viewerName = viewerName(query, vocabulary);
  outcome.byLabel = labelOf(query.by);
  outcome.filters = filtersInWords(query, vocabulary);
  if (!outcome.available) outcome.notice = kNotAvailable;

  const Labels labels(query.indicator, vocabulary);
  for (Row& row : outcome.rows) {
    labels.fill(row.figure);
    labels.fill(row.respondents);
    if (row.municipality) labels.fill(*row.municipality);
    labels.fill(row.municipalityRespondents);
  }

  Why& why = outcome.why;
  why.definition = definitionOf(query.indicator, at.windowDays);
  why.base = baseOf(query.indicator, at.windowDays);
  why.exclusions = exclusionsOf(query.indicator, at.windowDays);
  why.filters.clear();
  for (const Value& filter : outcome.filters) why.filters.push_back(filter.label);
  why.snapshotMade = toRfc3339(at.made);
  why.ruleSet = at.ruleSet;
  // Each piece of a range and each municipality brings noise of its own.
  why.variance =
      at.variance * static_cast<double>(at.domains) *
      static_cast<double>(piecesIn(query, Dimension::start, vocabulary) * piecesIn(query, Dimension::end, vocabulary));
  why.noise = noiseText(at, why.variance);
  why.threshold = thresholdText(at);
}

}  // namespace sluis::report
