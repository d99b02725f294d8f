#include "report/summary.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "report/lines.h"
#include "report/numbers.h"
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

std::string_view voiceOf(std::string_view respondent) {
  return respondent == "J" ? "Volgens jeugdigen" : "Volgens ouders en opvoeders";
}

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
      add(all, voiceOf(respondent.who.key), row, respondent.figure, outcome);
    if (row.respondents.empty())
      add(all, chosen == outcome.query.filters.end() ? std::string_view() : voiceOf(chosen->second), row, row.figure,
          outcome);
  }
  return all;
}

std::string said(Indicator indicator, double value) {
  return headlineOf(indicator).parts.empty() ? dutch(value, 1) : dutchShare(value, 0);
}

bool differ(const Point& a, const Point& b) {
  return std::abs(a.value - b.value) > std::hypot(a.margin, b.margin);
}

/// "Volgens jeugdigen: " or nothing, and what is compared.
std::string opening(const Series& series, Indicator indicator) {
  const std::string label = lowerFirst(headlineOf(indicator).label);
  return series.who.empty() ? std::string(headlineOf(indicator).label) : fmt::format("{}, {}", series.who, label);
}

constexpr std::size_t kMostNamed = 3;

/// The rows that `end` does not clearly differ from, by name.
std::string alike(const Series& series, const Point& end) {
  std::vector<const Point*> near;
  for (const Point& point : series.points)
    if (point.row != end.row && !differ(point, end)) near.push_back(&point);
  if (near.empty()) return "";
  std::string names;
  for (std::size_t i = 0; i < std::min(near.size(), kMostNamed); ++i)
    names += fmt::format("{}{}", i == 0 ? "" : ", ", near[i]->row->value.label);
  if (near.size() > kMostNamed) names += fmt::format(" en nog {}", near.size() - kMostNamed);
  return fmt::format(" (niet duidelijk anders: {})", names);
}

std::string extremes(const Series& series, Indicator indicator) {
  const auto [low, high] = std::minmax_element(series.points.begin(), series.points.end(),
                                               [](const Point& a, const Point& b) { return a.value < b.value; });
  if (!differ(*low, *high))
    return fmt::format("{}: geen duidelijk verschil tussen de rijen ({} tot {}).", opening(series, indicator),
                       said(indicator, low->value), said(indicator, high->value));
  return fmt::format("{}: het hoogst bij {}, {}{}; het laagst bij {}, {}{}.", opening(series, indicator),
                     high->row->value.label, said(indicator, high->value), alike(series, *high), low->row->value.label,
                     said(indicator, low->value), alike(series, *low));
}

/// The points of the four quarters up to `last` together.
Point yearUpTo(const Series& series, int last) {
  Point year;
  double variance = 0;
  for (const Point& point : series.points) {
    const auto quarter = quarterFrom(point.row->value.key);
    if (!quarter || quarter->number > last || quarter->number <= last - 4) continue;
    const auto weight = static_cast<double>(point.count);
    year.value += point.value * weight;
    variance += point.margin * point.margin * weight * weight;
    year.count += point.count;
  }
  if (year.count > 0) {
    year.value /= static_cast<double>(year.count);
    year.margin = std::sqrt(variance) / static_cast<double>(year.count);
  }
  return year;
}

std::string change(const Series& series, Indicator indicator) {
  const auto last = quarterFrom(series.points.back().row->value.key);
  if (!last) return "";
  const Point now = yearUpTo(series, last->number);
  const Point before = yearUpTo(series, last->number - 4);
  if (now.count == 0 || before.count == 0) return "";
  const std::string numbers =
      fmt::format("{} over het jaar tot en met het {}, {} over het jaar ervoor", said(indicator, now.value),
                  series.points.back().row->value.label, said(indicator, before.value));
  const char* verdict = !differ(now, before)       ? "geen duidelijk verschil"
                        : now.value > before.value ? "hoger dan een jaar eerder"
                                                   : "lager dan een jaar eerder";
  return fmt::format("{}: {} ({}).", opening(series, indicator), verdict, numbers);
}

}  // namespace

std::vector<std::string> summaryOf(const Outcome& outcome) {
  std::vector<std::string> sentences;
  for (const Series& series : seriesOf(outcome)) {
    std::string sentence;
    if (isSeries(outcome))
      sentence = change(series, outcome.query.indicator);
    else if (series.points.size() > 1)
      sentence = extremes(series, outcome.query.indicator);
    if (!sentence.empty()) sentences.push_back(std::move(sentence));
  }
  return sentences;
}

}  // namespace sluis::report
