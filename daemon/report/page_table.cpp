#include "report/page_table.h"

#include <algorithm>

#include <fmt/format.h>

#include "report/lines.h"
#include "report/numbers.h"
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
  return fmt::format(" ±\u00a0{}", headlineOf(indicator).parts.empty() ? dutch(std::max(size, 0.1), 1)
                                                                       : dutch(std::max(100 * size, 1.0), 0));
}

std::string withMargin(const Outcome& outcome, const Line& line) {
  const Indicator indicator = outcome.query.indicator;
  const auto value = line.whole ? std::nullopt : headline(indicator, *line.figure);
  if (!value) return "";
  return (headlineOf(indicator).parts.empty() ? dutch(*value, 1) : dutchShare(*value, 1)) +
         margin(outcome, *line.figure);
}

std::string figureCells(const Outcome& outcome, const Line& line, std::size_t parts) {
  const Figure& figure = *line.figure;
  const bool extra = headlineAddsAColumn(outcome.query.indicator);
  if (!figure.shown)
    return fmt::format("<td class=\"none\" colspan=\"{}\">{}</td>", 1 + (extra ? 1 : 0) + parts, escaped(kNotShown));
  std::string cells;
  if (extra) cells += fmt::format("<td class=\"n\">{}</td>", withMargin(outcome, line));
  cells += fmt::format("<td class=\"n\">{}</td>", dutchCount(figure.count));
  const auto& headlined = headlineOf(outcome.query.indicator).parts;
  for (std::size_t i = 0; i < parts; ++i) {
    if (i >= figure.parts.size()) {
      cells += "<td></td>";
      continue;
    }
    const bool only = !line.whole && headlined.size() == 1 && headlined.front() == figure.parts[i].key;
    cells += fmt::format("<td class=\"n\">{}{}</td>", dutchShare(figure.parts[i].share, 1),
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

std::string headlineText(Indicator indicator, const Line& line) {
  const auto value = line.whole ? std::nullopt : headline(indicator, *line.figure);
  if (!value) return "";
  return headlineOf(indicator).parts.empty() ? dutch(*value, 1) : dutchShare(*value, 0);
}

std::string tableOf(const Outcome& outcome, std::string_view prefix) {
  const Indicator indicator = outcome.query.indicator;
  const std::vector<Value> parts = partsIn(outcome);
  const bool who = namesWho(outcome);
  const bool norms = hasNorms(outcome) && normsOfAll(outcome).empty();
  std::string html = fmt::format(
      "<div class=\"wide\" role=\"region\" aria-labelledby=\"{0}-table\" tabindex=\"0\">\n<table>\n<caption>{1} per "
      "{2}; "
      "aandelen in procenten</caption>\n<thead><tr><th scope=\"col\">{3}</th>",
      prefix, escaped(outcome.title), escaped(lowerFirst(outcome.byLabel)), escaped(outcome.byLabel));
  if (who) html += "<th scope=\"col\">Wie</th>";
  if (headlineAddsAColumn(indicator))
    html += fmt::format("<th scope=\"col\" class=\"n\">{}</th>", escaped(headlineOf(indicator).label));
  html += "<th scope=\"col\" class=\"n\"># gemeten</th>";
  for (const Value& part : parts) html += fmt::format("<th scope=\"col\" class=\"n\">{}</th>", escaped(part.label));
  html += std::string(norms ? "<th scope=\"col\">Norm</th>" : "") + "</tr></thead>\n<tbody>\n";
  for (const Row& row : outcome.rows) {
    const std::vector<Line> lines = linesOf(row);
    for (std::size_t i = 0; i < lines.size(); ++i) {
      html += "<tr>";
      if (i == 0)
        html +=
            fmt::format("<th scope=\"row\"{}>{}</th>",
                        lines.size() > 1 ? fmt::format(" rowspan=\"{}\"", lines.size()) : "", escaped(row.value.label));
      if (who) html += fmt::format("<td>{}</td>", escaped(lines[i].who));
      html += figureCells(outcome, lines[i], parts.size());
      if (norms && i == 0)
        html += fmt::format("<td{}>{}</td>", lines.size() > 1 ? fmt::format(" rowspan=\"{}\"", lines.size()) : "",
                            normCell(row));
      html += "</tr>\n";
    }
  }
  return html + "</tbody>\n</table>\n</div>\n";
}

}  // namespace sluis::report
