#include "report/page_table.h"

#include <algorithm>

#include <fmt/format.h>

#include "report/lines.h"
#include "report/numbers.h"
#include "report/phrases.h"
#include "report/safe_text.h"
#include "report/texts.h"

namespace sluis::report {

namespace {

/// A headline of one part repeats that part's column.
bool headlineAddsAColumn(Indicator indicator) {
  return headlineOf(indicator).parts.size() != 1;
}

/// " ± 0,2" behind a headline; empty where the noise is not said.
std::string margin(const Outcome& outcome, const Figure& figure) {
  const Indicator indicator = outcome.query.indicator;
  const double size = headlineMargin(indicator, figure, outcome.why.variance);
  if (size <= 0) return "";
  return fmt::format(" ±\u00a0{}", headlineOf(indicator).parts.empty()
                                       ? decimal(std::max(size, 0.1), 1, outcome.query.language)
                                       : decimal(std::max(100 * size, 1.0), 0, outcome.query.language));
}

std::string withMargin(const Outcome& outcome, const Line& line) {
  const Indicator indicator = outcome.query.indicator;
  const auto value = line.whole ? std::nullopt : headline(indicator, *line.figure);
  if (!value) return "";
  return (headlineOf(indicator).parts.empty() ? decimal(*value, 1, outcome.query.language)
                                              : percentage(*value, 1, outcome.query.language)) +
         margin(outcome, *line.figure);
}

std::string figureCells(const Outcome& outcome, const Line& line, std::size_t parts) {
  const Figure& figure = *line.figure;
  const bool extra = headlineAddsAColumn(outcome.query.indicator);
  if (!figure.shown)
    return fmt::format("<td class=\"none\" colspan=\"{}\">{}</td>", 1 + (extra ? 1 : 0) + parts,
                       escaped(phrases(outcome.query.language).notShown));
  std::string cells;
  if (extra) cells += fmt::format("<td>{}</td>", withMargin(outcome, line));
  cells += fmt::format("<td>{}</td>", grouped(figure.count, outcome.query.language));
  const auto& headlined = headlineOf(outcome.query.indicator).parts;
  for (std::size_t i = 0; i < parts; ++i) {
    if (i >= figure.parts.size()) {
      cells += "<td></td>";
      continue;
    }
    const bool only = !line.whole && headlined.size() == 1 && headlined.front() == figure.parts[i].key;
    cells += fmt::format("<td>{}{}</td>", percentage(figure.parts[i].share, 1, outcome.query.language),
                         only ? margin(outcome, figure) : "");
  }
  return cells;
}

std::string normCell(const Row& row) {
  std::string norms;
  for (const Norm& norm : row.norms) norms += (norms.empty() ? "" : "<br>") + escaped(norm.text);
  return norms;
}

}  // namespace

std::string headlineText(Indicator indicator, const Line& line, Language language) {
  const auto value = line.whole ? std::nullopt : headline(indicator, *line.figure);
  if (!value) return "";
  return headlineOf(indicator).parts.empty() ? decimal(*value, 1, language) : percentage(*value, 0, language);
}

std::string tableOf(const Outcome& outcome, std::string_view prefix) {
  const Indicator indicator = outcome.query.indicator;
  const Language language = outcome.query.language;
  const Phrases& say = phrases(language);
  const std::vector<Value> parts = partsIn(outcome);
  const bool who = namesWho(outcome);
  const bool norms = hasNorms(outcome) && normsOfAll(outcome).empty();
  std::string html = fmt::format(
      "<div class=\"wide\" role=\"region\" aria-labelledby=\"{0}-caption\" tabindex=\"0\">\n<table>\n"
      "<caption id=\"{0}-caption\">{1}</caption>\n<thead><tr><th scope=\"col\">{2}</th>",
      prefix, escaped(fmt::format(fmt::runtime(say.caption), outcome.title, lowerFirst(outcome.byLabel))),
      escaped(outcome.byLabel));
  if (who) html += fmt::format("<th scope=\"col\">{}</th>", say.who);
  if (headlineAddsAColumn(indicator))
    html += fmt::format("<th scope=\"col\" class=\"n\">{}</th>", escaped(headlineOf(indicator, language).label));
  html += fmt::format("<th scope=\"col\" class=\"n\">{}</th>", say.measuredHead);
  for (const Value& part : parts) html += fmt::format("<th scope=\"col\" class=\"n\">{}</th>", escaped(part.label));
  html += (norms ? fmt::format("<th scope=\"col\">{}</th>", say.norm) : "") + "</tr></thead>\n<tbody>\n";
  for (const Row& row : outcome.rows) {
    const std::vector<Line> lines = linesOf(row, language);
    for (std::size_t i = 0; i < lines.size(); ++i) {
      html += "<tr>";
      if (i == 0)
        html +=
            fmt::format("<th scope=\"row\"{}>{}</th>",
                        lines.size() > 1 ? fmt::format(" rowspan=\"{}\"", lines.size()) : "", escaped(row.value.label));
      if (who) html += fmt::format("<td class=\"t\">{}</td>", escaped(lines[i].who));
      html += figureCells(outcome, lines[i], parts.size());
      if (norms && i == 0)
        html += fmt::format("<td class=\"t\"{}>{}</td>",
                            lines.size() > 1 ? fmt::format(" rowspan=\"{}\"", lines.size()) : "", normCell(row));
      html += "</tr>\n";
    }
  }
  return html + "</tbody>\n</table>\n</div>\n";
}

}  // namespace sluis::report
