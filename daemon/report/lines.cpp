#include "report/lines.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "report/phrases.h"
#include "report/texts.h"

namespace sluis::report {

namespace {

bool isOf(const Headline& headline, std::string_view key) {
  return std::find(headline.parts.begin(), headline.parts.end(), key) != headline.parts.end();
}

}  // namespace

std::vector<Line> linesOf(const Row& row, Language language) {
  if (!row.figure.shown) return {{&row, "", false, false, &row.figure}};
  const Phrases& say = phrases(language);
  std::vector<Line> lines;
  std::string_view who;
  if (row.respondents.empty())
    who = row.municipality ? say.own : std::string_view();
  else
    who = row.municipality ? say.ownEverybody : say.everybody;
  lines.push_back({&row, std::string(who), false, !row.respondents.empty(), &row.figure});
  for (const Respondent& respondent : row.respondents)
    lines.push_back(
        {&row, row.municipality ? fmt::format(fmt::runtime(say.ownOf), respondent.who.label) : respondent.who.label,
         false, false, &respondent.figure});
  if (!row.municipality) return lines;
  const bool both = row.municipality->shown && !row.municipalityRespondents.empty();
  lines.push_back({&row, std::string(both ? say.municipalityAll : say.municipality), true, both, &*row.municipality});
  if (both)
    for (const Respondent& respondent : row.municipalityRespondents)
      lines.push_back(
          {&row, fmt::format(fmt::runtime(say.municipalityOf), respondent.who.label), true, false, &respondent.figure});
  return lines;
}

bool namesWho(const Outcome& outcome) {
  return std::any_of(outcome.rows.begin(), outcome.rows.end(),
                     [](const Row& row) { return !linesOf(row).front().who.empty(); });
}

bool hasMeans(const Outcome& outcome) {
  for (const Row& row : outcome.rows)
    for (const Line& line : linesOf(row))
      if (line.mean()) return true;
  return false;
}

std::vector<Value> partsIn(const Outcome& outcome) {
  std::vector<Value> parts;
  for (const Row& row : outcome.rows) {
    if (!row.figure.shown) continue;
    for (const Part& part : row.figure.parts) parts.push_back({part.key, part.label});
    break;
  }
  return parts;
}

bool isSeries(const Outcome& outcome) {
  return outcome.query.by == Dimension::start || outcome.query.by == Dimension::end;
}

bool hasNorms(const Outcome& outcome) {
  return std::any_of(outcome.rows.begin(), outcome.rows.end(),
                     [](const Row& row) { return row.figure.shown && !row.norms.empty(); });
}

std::vector<Norm> normsOfAll(const Outcome& outcome) {
  const std::vector<Norm>* first = nullptr;
  for (const Row& row : outcome.rows) {
    if (!row.figure.shown) continue;
    if (first == nullptr) first = &row.norms;
    const auto same = [](const Norm& a, const Norm& b) {
      return a.text == b.text && a.value == b.value && a.part == b.part;
    };
    if (!std::equal(first->begin(), first->end(), row.norms.begin(), row.norms.end(), same)) return {};
  }
  return first == nullptr ? std::vector<Norm>() : *first;
}

std::optional<double> headline(Indicator indicator, const Figure& figure) {
  if (!figure.shown) return std::nullopt;
  const Headline& wanted = headlineOf(indicator);
  if (wanted.parts.empty()) return figure.mean;
  double share = 0;
  for (const Part& part : figure.parts)
    if (isOf(wanted, part.key)) share += part.share;
  return share;
}

double headlineMargin(Indicator indicator, const Figure& figure, double variance) {
  if (!figure.shown || figure.count <= 0) return 0;
  const double deviation = std::sqrt(variance) / static_cast<double>(figure.count);
  const Headline& wanted = headlineOf(indicator);
  // Of a mean: the second draw, weighed by 4.5, and the noise on the count it is divided by (JEUGDHULP §9).
  if (wanted.parts.empty()) return figure.mean ? 2 * deviation * std::hypot(4.5, *figure.mean - 5.5) : 0;
  // Of a share: each part has noise of its own, and the share is of their sum.
  const double share = headline(indicator, figure).value_or(0);
  const auto inside = static_cast<double>(wanted.parts.size());
  const double outside = static_cast<double>(figure.parts.size()) - inside;
  return 2 * deviation * std::sqrt(inside * (1 - share) * (1 - share) + outside * share * share);
}

}  // namespace sluis::report
