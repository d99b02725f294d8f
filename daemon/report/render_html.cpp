#include <algorithm>

#include <fmt/format.h>

#include "report/lines.h"
#include "report/numbers.h"
#include "report/page_table.h"
#include "report/render.h"
#include "report/safe_text.h"
#include "report/summary.h"
#include "report/svg_bar.h"
#include "report/svg_series.h"
#include "report/texts.h"
#include "report/trimmed.h"
#include "report/vocabulary.h"

namespace sluis::report {

namespace {

std::string header(const Outcome& outcome) {
  std::string html = fmt::format("<header>\n<h1>{}</h1>\n<p class=\"for\">{} · per {} · stand van {}</p>\n",
                                 escaped(outcome.title), escaped(outcome.viewerName),
                                 escaped(lowerFirst(outcome.byLabel)), escaped(dutchDay(outcome.why.snapshotMade)));
  if (!outcome.filters.empty()) {
    html += "<ul class=\"asked\" aria-label=\"Filters\">";
    for (const Value& filter : outcome.filters) html += fmt::format("<li>{}</li>", escaped(filter.label));
    html += "</ul>\n";
  }
  if (!outcome.notice.empty()) html += fmt::format("<p class=\"notice\">{}</p>\n", escaped(outcome.notice));
  return html + "</header>\n";
}

std::string brief(const Outcome& outcome, std::string_view prefix) {
  std::vector<std::string> sentences = summaryOf(outcome);
  for (const Break& mark : outcome.breaks)
    sentences.push_back(
        fmt::format("Let op: {}. Cijfers van voor en na het {} gaan niet over hetzelfde gebied.", mark.text, [&] {
          const auto quarter = quarterFrom(mark.quarter);
          return quarter ? labelOf(*quarter) : mark.quarter;
        }()));
  if (sentences.empty()) return "";
  std::string html = fmt::format(
      "<section aria-labelledby=\"{0}-brief\">\n<h2 id=\"{0}-brief\">In het kort</h2>\n<ul class=\"brief\">\n", prefix);
  for (const std::string& sentence : sentences) html += fmt::format("<li>{}</li>\n", escaped(sentence));
  return html + "</ul>\n</section>\n";
}

std::string normsInWords(const std::vector<Norm>& norms, std::string_view before) {
  std::string words;
  for (const Norm& norm : norms) words += (words.empty() ? "" : "; ") + norm.text;
  return words.empty() ? "" : fmt::format("<p class=\"norms\">{}{}</p>\n", before, escaped(words));
}

std::string legend(const Outcome& outcome, std::string_view prefix) {
  const std::vector<Value> parts = partsIn(outcome);
  if (parts.empty()) return "";
  std::string html = "<ul class=\"legend\" aria-label=\"Legenda\">\n";
  for (std::size_t i = 0; i < parts.size(); ++i)
    html += fmt::format("<li><svg width=\"22\" height=\"14\" aria-hidden=\"true\">{}</svg>{}</li>\n",
                        swatch(outcome.query.indicator, i, prefix), escaped(parts[i].label));
  if (hasMeans(outcome) && !isSeries(outcome))
    html +=
        "<li><svg width=\"22\" height=\"14\" aria-hidden=\"true\"><path d=\"M0 7H22\" "
        "stroke=\"#999999\"/><circle cx=\"11\" cy=\"7\" r=\"5\" fill=\"#1f4e79\"/></svg>gemiddeld cijfer, op een "
        "schaal "
        "van 1 tot 10</li>\n";
  // In a series the lines have the norm, the columns have not.
  if (hasNorms(outcome) && !isSeries(outcome))
    html +=
        "<li><svg width=\"22\" height=\"14\" aria-hidden=\"true\"><path d=\"M11 2V14\" "
        "stroke=\"#000000\" stroke-width=\"2\" stroke-dasharray=\"4 2\"/><path d=\"M5 0H17L11 7Z\" "
        "fill=\"#000000\"/></svg>norm</li>\n";
  html += "</ul>\n";
  if (!isSeries(outcome))
    html += fmt::format("<p class=\"norms\">Het vette getal: {}.</p>\n",
                        escaped(lowerFirst(headlineOf(outcome.query.indicator).label)));
  return html + normsInWords(normsOfAll(outcome), "Norm voor alle rijen: ");
}

std::string lineHtml(const Outcome& outcome, const Line& line, std::string_view prefix) {
  const Figure& figure = *line.figure;
  const Indicator indicator = outcome.query.indicator;
  std::string html =
      fmt::format("<div class=\"line{}{}\">", line.who.empty() ? " alone" : "", line.municipality ? " beside" : "");
  if (!line.who.empty()) html += fmt::format("<span class=\"who\">{}</span>", escaped(line.who));
  if (!figure.shown)
    return html + fmt::format("<span class=\"none\">{}</span></div>\n",
                              line.who.empty() ? escaped(kNotShown) : std::string("niet getoond"));
  html += fmt::format("<span class=\"bars\"><svg width=\"100%\" height=\"{}\" role=\"img\" aria-label=\"{}\">{}</svg>",
                      kBarHeight, escaped(barInWords(figure)), stackedBar(indicator, figure, line.row->norms, prefix));
  const std::string scale =
      meanScale(line.mean(), headlineMargin(indicator, figure, outcome.why.variance), line.row->norms);
  if (!scale.empty())
    html += fmt::format("<svg width=\"100%\" height=\"{}\" role=\"img\" aria-label=\"gemiddeld {}\">{}</svg>",
                        kScaleHeight, dutch(*line.mean(), 1), scale);
  html += "</span>";
  if (const std::string main = headlineText(indicator, line); !main.empty())
    html += fmt::format("<span class=\"main\">{}</span>", main);
  return html + fmt::format("<span class=\"count\">{} gemeten</span></div>\n", dutchCount(figure.count));
}

std::string rowsChart(const Outcome& outcome, std::string_view prefix) {
  std::string html = "<ol class=\"rows\">\n";
  std::string hidden;
  std::size_t shown = 0;
  for (const Row& row : outcome.rows) {
    if (!row.figure.shown) {
      hidden += (hidden.empty() ? "" : "; ") + row.value.label;
      continue;
    }
    ++shown;
    html += fmt::format("<li>\n<h3>{}</h3>\n", escaped(row.value.label));
    for (const Line& line : linesOf(row)) html += lineHtml(outcome, line, prefix);
    if (normsOfAll(outcome).empty()) html += normsInWords(row.norms, "Norm: ");
    html += "</li>\n";
  }
  html = shown == 0 ? "" : html + "</ol>\n";
  if (!hidden.empty()) {
    std::string reason(kNotShown);
    reason[0] = 'N';
    html += fmt::format("<p>{}. Dit geldt voor: {}.</p>\n", escaped(reason), escaped(hidden));
  }
  return html;
}

std::string drawn(const Drawing& drawing, std::string_view label) {
  if (drawing.height == 0) return "";
  return fmt::format(
      "<div class=\"wide\" role=\"region\" aria-label=\"{0}\" tabindex=\"0\"><svg viewBox=\"0 0 {1} {2}\" role=\"img\" "
      "aria-label=\"{0}; de getallen staan in de tabel\">{3}</svg></div>\n",
      escaped(label), drawing.width, drawing.height, drawing.inside);
}

std::string seriesChart(const Outcome& outcome, std::string_view prefix) {
  const std::string label(headlineOf(outcome.query.indicator).label);
  std::string html = fmt::format("<h3>{} per kwartaal</h3>\n", escaped(label));
  html += drawn(seriesLines(outcome), label + " per kwartaal");
  if (!outcome.breaks.empty()) {
    html += "<p>";
    for (std::size_t i = 0; i < outcome.breaks.size(); ++i)
      html +=
          fmt::format("{}{}: {}", i == 0 ? "" : "; ", static_cast<char>('A' + i % 26), escaped(outcome.breaks[i].text));
    html += ".</p>\n";
  }
  html += "<h3>Verdeling per kwartaal</h3>\n" + legend(outcome, prefix);
  html += drawn(seriesColumns(outcome, prefix), "Verdeling per kwartaal");
  return html + fmt::format("<p>–: {}.</p>\n", escaped(kNotShown));
}

std::string why(const Outcome& outcome, std::string_view prefix) {
  std::string html = fmt::format(
      "<section class=\"why\" aria-labelledby=\"{0}-why\">\n<h2 id=\"{0}-why\">Waarom deze cijfers zo "
      "zijn</h2>\n<dl>\n",
      prefix);
  const auto add = [&](std::string_view name, const std::string& text) {
    if (!text.empty()) html += fmt::format("<dt>{}</dt><dd>{}</dd>\n", escaped(name), escaped(text));
  };
  const Why& card = outcome.why;
  std::string filters;
  for (const std::string& filter : card.filters) filters += (filters.empty() ? "" : "; ") + filter;
  add("Wat is dit?", card.definition);
  add("Wat is ‘# gemeten’?", card.base);
  add("Wat telt niet mee?", card.exclusions);
  add("Filters", filters.empty() ? "Geen: alles telt mee." : filters);
  add("Waarom is er ruis?", card.noise);
  if (card.variance > 0)
    add("Wat zegt het getal achter ±?",
        "Zoveel verandert de ruis het cijfer meestal hoogstens. Een verschil dat kleiner is, zegt niets. Ook zonder "
        "ruis speelt toeval een rol, vooral bij weinig gemeten.");
  add("Waarom is een rij niet getoond?", card.threshold);
  add("Stand van de cijfers", fmt::format("{} ({})", dutchDay(card.snapshotMade), outcome.snapshot));
  add("Regels", card.ruleSet);
  return html + "</dl>\n</section>\n";
}

}  // namespace

std::string renderFragment(const Outcome& all, std::string_view prefix) {
  const Outcome outcome = trimmed(all);
  std::string html = fmt::format(
      "<div class=\"figures\">\n<svg class=\"patterns\" width=\"0\" height=\"0\" "
      "aria-hidden=\"true\">{}</svg>\n",
      patternDefs(prefix));
  html += header(outcome);
  if (outcome.available) {
    html += brief(outcome, prefix);
    html += fmt::format("<section aria-labelledby=\"{0}-chart\">\n<h2 id=\"{0}-chart\">Grafiek</h2>\n", prefix);
    html += isSeries(outcome) ? seriesChart(outcome, prefix) : legend(outcome, prefix) + rowsChart(outcome, prefix);
    html +=
        fmt::format("</section>\n<section aria-labelledby=\"{0}-table\">\n<h2 id=\"{0}-table\">Tabel</h2>\n", prefix);
    html += tableOf(outcome, prefix) + "</section>\n";
  }
  return html + why(outcome, prefix) + "</div>\n";
}

std::string renderHtml(const Outcome& outcome) {
  return fmt::format(
      "<!DOCTYPE html>\n<html lang=\"nl\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" "
      "content=\"width=device-width, initial-scale=1\">\n<meta http-equiv=\"Content-Security-Policy\" "
      "content=\"default-src 'none'; style-src 'unsafe-inline'\">\n<title>{} · {}</title>\n<style>\n{}</style>\n"
      "</head>\n<body>\n<main>\n{}</main>\n</body>\n</html>\n",
      escaped(outcome.title), escaped(outcome.viewerName), figureStyles(), renderFragment(outcome));
}

}  // namespace sluis::report
