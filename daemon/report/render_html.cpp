#include <algorithm>

#include <fmt/format.h>

#include "report/lines.h"
#include "report/numbers.h"
#include "report/page_table.h"
#include "report/phrases.h"
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

const Phrases& sayOf(const Outcome& outcome) {
  return phrases(outcome.query.language);
}

std::string header(const Outcome& outcome) {
  std::string html = fmt::format(
      "<header>\n<h1>{}</h1>\n<p class=\"for\">{}</p>\n", escaped(outcome.title),
      escaped(fmt::format(fmt::runtime(sayOf(outcome).heading), outcome.viewerName, lowerFirst(outcome.byLabel),
                          dayText(outcome.why.snapshotMade, outcome.query.language))));
  if (!outcome.filters.empty()) {
    html += fmt::format("<ul class=\"asked\" aria-label=\"{}\">", sayOf(outcome).filters);
    for (const Value& filter : outcome.filters) html += fmt::format("<li>{}</li>", escaped(filter.label));
    html += "</ul>\n";
  }
  if (!outcome.notice.empty()) html += fmt::format("<p class=\"notice\">{}</p>\n", escaped(outcome.notice));
  return html + "</header>\n";
}

std::string brief(const Outcome& outcome, std::string_view prefix) {
  std::vector<std::string> sentences = summaryOf(outcome);
  for (const Break& mark : outcome.breaks)
    sentences.push_back(fmt::format(fmt::runtime(sayOf(outcome).bewareBreak), mark.text, [&] {
      const auto quarter = quarterFrom(mark.quarter);
      return quarter ? labelOf(*quarter, outcome.query.language) : mark.quarter;
    }()));
  if (sentences.empty()) return "";
  std::string html =
      fmt::format("<section aria-labelledby=\"{0}-brief\">\n<h2 id=\"{0}-brief\">{1}</h2>\n<ul class=\"brief\">\n",
                  prefix, sayOf(outcome).inBrief);
  for (const std::string& sentence : sentences) html += fmt::format("<li>{}</li>\n", escaped(sentence));
  return html + "</ul>\n</section>\n";
}

std::string normsInWords(const std::vector<Norm>& norms, std::string_view phrase) {
  std::string words;
  for (const Norm& norm : norms) words += (words.empty() ? "" : "; ") + norm.text;
  return words.empty() ? ""
                       : fmt::format("<p class=\"norms\">{}</p>\n", fmt::format(fmt::runtime(phrase), escaped(words)));
}

std::string legend(const Outcome& outcome, std::string_view prefix) {
  const std::vector<Value> parts = partsIn(outcome);
  if (parts.empty()) return "";
  const Phrases& say = sayOf(outcome);
  std::string html = fmt::format("<ul class=\"legend\" aria-label=\"{}\">\n", say.legend);
  for (std::size_t i = 0; i < parts.size(); ++i)
    html += fmt::format("<li><svg width=\"22\" height=\"14\" aria-hidden=\"true\">{}</svg>{}</li>\n",
                        swatch(outcome.query.indicator, i, prefix), escaped(parts[i].label));
  if (hasMeans(outcome) && !isSeries(outcome))
    html += fmt::format(
        "<li><svg width=\"22\" height=\"14\" aria-hidden=\"true\"><path d=\"M0 7H22\" "
        "stroke=\"#999999\"/><circle cx=\"11\" cy=\"7\" r=\"5\" fill=\"#1f4e79\"/></svg>{}</li>\n",
        say.meanLegend);
  // In a series the lines have the norm, the columns have not.
  if (hasNorms(outcome) && !isSeries(outcome))
    html += fmt::format(
        "<li><svg width=\"22\" height=\"14\" aria-hidden=\"true\"><path d=\"M11 2V14\" "
        "stroke=\"#000000\" stroke-width=\"2\" stroke-dasharray=\"4 2\"/><path d=\"M5 0H17L11 7Z\" "
        "fill=\"#000000\"/></svg>{}</li>\n",
        lowerFirst(say.norm));
  html += "</ul>\n";
  if (!isSeries(outcome))
    html += fmt::format(
        "<p class=\"norms\">{}</p>\n",
        escaped(fmt::format(fmt::runtime(say.boldNumber),
                            lowerFirst(headlineOf(outcome.query.indicator, outcome.query.language).label))));
  return html + normsInWords(normsOfAll(outcome), say.normOfAll);
}

std::string lineHtml(const Outcome& outcome, const Line& line, std::string_view prefix) {
  const Figure& figure = *line.figure;
  const Indicator indicator = outcome.query.indicator;
  const Language language = outcome.query.language;
  const Phrases& say = sayOf(outcome);
  std::string html =
      fmt::format("<div class=\"line{}{}\">", line.who.empty() ? " alone" : "", line.municipality ? " beside" : "");
  if (!line.who.empty()) html += fmt::format("<span class=\"who\">{}</span>", escaped(line.who));
  if (!figure.shown)
    return html + fmt::format("<span class=\"none\">{}</span></div>\n",
                              escaped(line.who.empty() ? say.notShown : say.shortNotShown));
  // The table has every number: a bar is for the eye.
  html += fmt::format("<span class=\"bars\" aria-hidden=\"true\"><svg height=\"{}\">{}</svg>", kBarHeight,
                      stackedBar(indicator, figure, line.row->norms, prefix, Dress::stylesheet));
  const std::string scale = meanScale(line.mean(), headlineMargin(indicator, figure, outcome.why.variance),
                                      line.row->norms, prefix, Dress::stylesheet);
  if (!scale.empty()) html += fmt::format("<svg height=\"{}\">{}</svg>", kScaleHeight, scale);
  html += "</span>";
  if (const std::string main = headlineText(indicator, line, language); !main.empty())
    html += fmt::format("<span class=\"main\">{}</span>", main);
  return html + fmt::format("<span class=\"count\">{}</span></div>\n",
                            fmt::format(fmt::runtime(say.countMeasured), grouped(figure.count, language)));
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
    for (const Line& line : linesOf(row, outcome.query.language)) html += lineHtml(outcome, line, prefix);
    if (normsOfAll(outcome).empty()) html += normsInWords(row.norms, sayOf(outcome).norms);
    html += "</li>\n";
  }
  html = shown == 0 ? "" : html + "</ol>\n";
  if (!hidden.empty()) {
    std::string reason(sayOf(outcome).notShown);
    reason[0] = 'N';
    html += fmt::format("<p>{}</p>\n", escaped(fmt::format(fmt::runtime(sayOf(outcome).appliesTo), reason, hidden)));
  }
  return html;
}

std::string drawn(const Drawing& drawing, std::string_view label, const Phrases& say) {
  if (drawing.height == 0) return "";
  return fmt::format(
      "<div class=\"wide\" role=\"region\" aria-label=\"{0}\" tabindex=\"0\"><svg viewBox=\"0 0 {1} {2}\" role=\"img\" "
      "aria-label=\"{4}\">{3}</svg></div>\n",
      escaped(label), drawing.width, drawing.height, drawing.inside,
      escaped(fmt::format(fmt::runtime(say.inTable), label)));
}

std::string seriesChart(const Outcome& outcome, std::string_view prefix) {
  const Phrases& say = sayOf(outcome);
  const std::string label =
      fmt::format(fmt::runtime(say.perQuarter), headlineOf(outcome.query.indicator, outcome.query.language).label);
  std::string html = fmt::format("<h3>{}</h3>\n", escaped(label));
  html += drawn(seriesLines(outcome), label, say);
  if (!outcome.breaks.empty()) {
    html += "<p>";
    for (std::size_t i = 0; i < outcome.breaks.size(); ++i)
      html +=
          fmt::format("{}{}: {}", i == 0 ? "" : "; ", static_cast<char>('A' + i % 26), escaped(outcome.breaks[i].text));
    html += ".</p>\n";
  }
  html += fmt::format("<h3>{}</h3>\n", say.spreadPerQuarter) + legend(outcome, prefix);
  html += drawn(seriesColumns(outcome, prefix), say.spreadPerQuarter, say);
  return html + fmt::format("<p>–: {}.</p>\n", escaped(say.notShown));
}

std::string why(const Outcome& outcome, std::string_view prefix) {
  std::string html =
      fmt::format("<section class=\"why\" aria-labelledby=\"{0}-why\">\n<h2 id=\"{0}-why\">{1}</h2>\n<dl>\n", prefix,
                  sayOf(outcome).whyTitle);
  const Phrases& say = sayOf(outcome);
  const auto add = [&](std::string_view name, const std::string& text) {
    if (!text.empty()) html += fmt::format("<dt>{}</dt><dd>{}</dd>\n", escaped(name), escaped(text));
  };
  const Why& card = outcome.why;
  std::string filters;
  for (const std::string& filter : card.filters) filters += (filters.empty() ? "" : "; ") + filter;
  add(say.whatIsThis, card.definition);
  add(say.whatIsMeasured, card.base);
  add(say.whatIsExcluded, card.exclusions);
  add(say.filters, filters.empty() ? std::string(say.noFilters) : filters);
  add(say.whyNoise, card.noise);
  if (card.variance > 0) add(say.whatIsMargin, std::string(say.marginText));
  add(say.whyNotShown, card.threshold);
  add(say.madeTitle, fmt::format("{} ({})", dayText(card.snapshotMade, outcome.query.language), outcome.snapshot));
  add(say.rules, card.ruleSet);
  return html + "</dl>\n</section>\n";
}

std::string patterns(std::string_view prefix) {
  return fmt::format(
      "<svg class=\"patterns\" width=\"0\" height=\"0\" "
      "aria-hidden=\"true\">{}</svg>\n",
      patternDefs(prefix, Dress::stylesheet));
}

std::string body(const Outcome& outcome, std::string_view prefix) {
  std::string html;
  if (outcome.available) {
    html += brief(outcome, prefix);
    html += fmt::format("<section aria-labelledby=\"{0}-chart\">\n<h2 id=\"{0}-chart\">{1}</h2>\n", prefix,
                        sayOf(outcome).chart);
    html += isSeries(outcome) ? seriesChart(outcome, prefix) : legend(outcome, prefix) + rowsChart(outcome, prefix);
    html += fmt::format("</section>\n<section aria-labelledby=\"{0}-table\">\n<h2 id=\"{0}-table\">{1}</h2>\n", prefix,
                        sayOf(outcome).table);
    html += tableOf(outcome, prefix) + "</section>\n";
  }
  return html + why(outcome, prefix);
}

}  // namespace

std::string renderHeading(const Outcome& outcome) {
  return fmt::format("<div class=\"figures\">\n{}</div>\n", header(outcome));
}

std::string renderBody(const Outcome& outcome, std::string_view prefix) {
  return fmt::format("<div class=\"figures\">\n{}</div>\n", patterns(prefix) + body(trimmed(outcome), prefix));
}

std::string renderFragment(const Outcome& outcome, std::string_view prefix) {
  return fmt::format("<div class=\"figures\">\n{}</div>\n",
                     patterns(prefix) + header(outcome) + body(trimmed(outcome), prefix));
}

std::string renderHtml(const Outcome& outcome) {
  return fmt::format(
      "<!DOCTYPE html>\n<html lang=\"{4}\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" "
      "content=\"width=device-width, initial-scale=1\">\n<meta http-equiv=\"Content-Security-Policy\" "
      "content=\"default-src 'none'; style-src 'unsafe-inline'\">\n<title>{0} · {1}</title>\n<style>\n{2}</style>\n"
      "</head>\n<body>\n<main>\n{3}</main>\n</body>\n</html>\n",
      escaped(outcome.title), escaped(outcome.viewerName), figureStyles(), renderFragment(outcome),
      toString(outcome.query.language));
}

}  // namespace sluis::report
