#include "report/summary.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "report/lines.h"
#include "report/numbers.h"
#include "report/phrases.h"
#include "report/texts.h"

namespace sluis::report {

namespace {

struct Point {
  const Row* row = nullptr;
  double value = 0;
  double margin = 0;
  std::int64_t count = 0;
};

/// Whose figures are compared with each other: the provider's or municipality's own, for each respondent apart.
struct Series {
  std::string who;  // "volgens jeugdigen"; empty = everybody
  std::vector<Point> points;
};

std::string_view voiceOf(std::string_view respondent, Language language) {
  return respondent == "J" ? phrases(language).byYouth : phrases(language).byParents;
}

/// What sentences are made with.
struct Speech {
  Indicator indicator;
  Language language;
  const Phrases& say;
};

void add(std::vector<Series>& all, std::string_view who, const Row& row, const Figure& figure, const Outcome& outcome) {
  const auto value = headline(outcome.query.indicator, figure);
  if (!value) return;
  auto found = std::find_if(all.begin(), all.end(), [&](const Series& series) { return series.who == who; });
  if (found == all.end()) found = all.insert(all.end(), Series{std::string(who), {}});
  found->points.push_back(
      {&row, *value, headlineMargin(outcome.query.indicator, figure, outcome.why.variance), figure.count});
}

std::vector<Series> seriesOf(const Outcome& outcome) {
  std::vector<Series> all;
  const auto chosen = outcome.query.filters.find(Dimension::informant);
  for (const Row& row : outcome.rows) {
    for (const Respondent& respondent : row.respondents)
      add(all, voiceOf(respondent.who.key, outcome.query.language), row, respondent.figure, outcome);
    if (row.respondents.empty())
      add(all,
          chosen == outcome.query.filters.end() ? std::string_view() : voiceOf(chosen->second, outcome.query.language),
          row, row.figure, outcome);
  }
  return all;
}

std::string said(const Speech& speech, double value) {
  return headlineOf(speech.indicator).parts.empty() ? decimal(value, 1, speech.language)
                                                    : percentage(value, 0, speech.language);
}

bool differ(const Point& a, const Point& b) {
  return std::abs(a.value - b.value) > std::hypot(a.margin, b.margin);
}

/// "Gemiddeld cijfer volgens jeugdigen".
std::string opening(const Series& series, const Speech& speech) {
  const std::string_view label = headlineOf(speech.indicator, speech.language).label;
  return series.who.empty() ? std::string(label) : fmt::format("{} {}", label, series.who);
}

constexpr std::size_t kMostNamed = 3;

/// The rows that `end` does not clearly differ from, by name.
std::string alike(const Series& series, const Point& end, const Speech& speech) {
  std::vector<const Point*> near;
  for (const Point& point : series.points)
    if (point.row != end.row && !differ(point, end)) near.push_back(&point);
  if (near.empty()) return "";
  std::string names;
  for (std::size_t i = 0; i < std::min(near.size(), kMostNamed); ++i)
    names += fmt::format("{}{}",
                         i == 0                 ? ""
                         : i + 1 == near.size() ? speech.say.and_
                                                : ", ",
                         near[i]->row->value.label);
  if (near.size() > kMostNamed) names += fmt::format(fmt::runtime(speech.say.andMore), near.size() - kMostNamed);
  return fmt::format(fmt::runtime(speech.say.notClearlyElse), names);
}

std::string extremes(const Series& series, const Speech& speech) {
  const auto [low, high] = std::minmax_element(series.points.begin(), series.points.end(),
                                               [](const Point& a, const Point& b) { return a.value < b.value; });
  if (!differ(*low, *high))
    return fmt::format(fmt::runtime(speech.say.noDifference), opening(series, speech), said(speech, low->value),
                       said(speech, high->value));
  return fmt::format(fmt::runtime(speech.say.extremes), opening(series, speech), high->row->value.label,
                     said(speech, high->value), alike(series, *high, speech), low->row->value.label,
                     said(speech, low->value), alike(series, *low, speech));
}

/// Several quarters as one point.
class Together {
 public:
  void add(const Point& point) {
    const auto weight = static_cast<double>(point.count);
    sum_ += point.value * weight;
    variance_ += point.margin * point.margin * weight * weight;
    point_.count += point.count;
  }
  Point point() const {
    Point made = point_;
    made.value = sum_ / static_cast<double>(point_.count);
    made.margin = std::sqrt(variance_) / static_cast<double>(point_.count);
    return made;
  }

 private:
  Point point_;
  double sum_ = 0;
  double variance_ = 0;
};

const Point* pointAt(const Series& series, int quarter) {
  for (const Point& point : series.points)
    if (const auto at = quarterFrom(point.row->value.key); at && at->number == quarter) return &point;
  return nullptr;
}

/// The last four quarters beside the four before; of both only those that are shown in the other year too.
std::string change(const Series& series, const Speech& speech) {
  const auto last = quarterFrom(series.points.back().row->value.key);
  if (!last) return "";
  Together now;
  Together before;
  int pairs = 0;
  for (int back = 0; back < 4; ++back) {
    const Point* a = pointAt(series, last->number - back);
    const Point* b = pointAt(series, last->number - back - 4);
    if (a == nullptr || b == nullptr) continue;
    now.add(*a);
    before.add(*b);
    ++pairs;
  }
  if (pairs == 0) return "";
  const bool clear = differ(now.point(), before.point());
  const std::string_view verdict = !clear                                     ? speech.say.same
                                   : now.point().value > before.point().value ? speech.say.higher
                                                                              : speech.say.lower;
  std::string only;
  if (pairs == 1) only = speech.say.onlyQuarters;
  if (pairs > 1 && pairs < 4) only = fmt::format(fmt::runtime(speech.say.onlySome), pairs);
  return fmt::format(fmt::runtime(speech.say.change), opening(series, speech), verdict, said(speech, now.point().value),
                     series.points.back().row->value.label, said(speech, before.point().value), only);
}

}  // namespace

std::vector<std::string> summaryOf(const Outcome& outcome) {
  const Speech speech{outcome.query.indicator, outcome.query.language, phrases(outcome.query.language)};
  std::vector<std::string> sentences;
  for (const Series& series : seriesOf(outcome)) {
    std::string sentence;
    if (isSeries(outcome))
      sentence = change(series, speech);
    else if (series.points.size() > 1)
      sentence = extremes(series, speech);
    if (!sentence.empty()) sentences.push_back(std::move(sentence));
  }
  return sentences;
}

}  // namespace sluis::report
