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

namespace sluis::report {

namespace {

constexpr int kWidth = 960;
constexpr int kMargin = 20;
constexpr std::string_view kPrefix = "sluis";

/// A drawing that grows downward.
class Sheet {
 public:
  explicit Sheet(const Outcome& outcome)
      : outcome_(outcome), language_(outcome.query.language), say_(phrases(language_)) {}

  void text(int x, std::string_view words, int size, bool bold = false, std::string_view anchor = "start") {
    inside_ += fmt::format(R"svg(<text x="{}" y="{}" font-size="{}" text-anchor="{}"{} fill="#111111">{}</text>)svg", x,
                           y_, size, anchor, bold ? R"svg( font-weight="700")svg" : "", escaped(words));
    inside_ += '\n';
  }
  void down(int by) { y_ += by; }

  void heading() {
    down(kMargin + 12);
    text(kMargin, outcome_.title, 24, true);
    down(24);
    text(kMargin,
         fmt::format(fmt::runtime(say_.heading), outcome_.viewerName, lowerFirst(outcome_.byLabel),
                     dayText(outcome_.why.snapshotMade, language_)),
         15);
    for (const Value& filter : outcome_.filters) {
      down(20);
      text(kMargin, filter.label, 14);
    }
    if (!outcome_.notice.empty()) {
      down(28);
      paragraph(outcome_.notice);
    }
  }

  void legend() {
    const auto parts = partsIn(outcome_);
    int x = kMargin;
    down(26);
    for (std::size_t i = 0; i < parts.size(); ++i) {
      const int wide = 44 + 7 * static_cast<int>(widthOf(parts[i].label));
      if (x + wide > kWidth - kMargin && x > kMargin) {
        x = kMargin;
        down(20);
      }
      inside_ += fmt::format(R"svg(<g transform="translate({} {})">{}</g>)svg", x, y_ - 11,
                             swatch(outcome_.query.indicator, i, kPrefix));
      text(x + 28, parts[i].label, 13);
      x += wide;
    }
    if (isSeries(outcome_)) return;
    down(22);
    text(kMargin,
         fmt::format(fmt::runtime(say_.boldNumber), lowerFirst(headlineOf(outcome_.query.indicator, language_).label)),
         13);
    const std::string norms = inWords(normsOfAll(outcome_));
    if (norms.empty()) return;
    down(20);
    text(kMargin, fmt::format(fmt::runtime(say_.normOfAllMarked), norms), 13);
  }

  void row(const Row& row) {
    down(30);
    text(kMargin, row.value.label, 15, true);
    for (const Line& line : linesOf(row, language_)) {
      down(8);
      figure(line);
    }
    if (row.norms.empty() || !normsOfAll(outcome_).empty()) return;
    down(18);
    text(kMargin, fmt::format(fmt::runtime(say_.normsMarked), inWords(row.norms)), 13);
  }

  void drawing(const Drawing& drawing) {
    if (drawing.height == 0) return;
    down(14);
    inside_ += fmt::format(R"svg(<svg x="{}" y="{}" width="{}" height="{}">{}</svg>)svg", kMargin, y_, drawing.width,
                           drawing.height, drawing.inside);
    inside_ += '\n';
    down(drawing.height);
  }

  void paragraph(const std::string& words) {
    std::string line;
    std::size_t at = 0;
    const std::string all = clean(words);
    while (at < all.size()) {
      const std::size_t space = std::min(all.find(' ', at), all.size());
      if (widthOf(line) + space - at > 125) {
        text(kMargin, line, 13);
        down(18);
        line.clear();
      }
      line += (line.empty() ? "" : " ") + all.substr(at, space - at);
      at = space + 1;
    }
    text(kMargin, line, 13);
  }

  std::string finish() {
    down(kMargin);
    std::string description;
    for (const std::string& sentence : summaryOf(outcome_)) description += (description.empty() ? "" : " ") + sentence;
    for (const Row& row : outcome_.rows)
      for (const Line& line : linesOf(row, language_))
        if (line.figure->shown)
          description += fmt::format(" {}{}: {}; {}.", row.value.label, line.who.empty() ? "" : ", " + line.who,
                                     barInWords(*line.figure, language_), measured(*line.figure));
    return fmt::format(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {1}\" width=\"{0}\" height=\"{1}\" role=\"img\" "
        "aria-labelledby=\"sluis-title sluis-desc\" font-family=\"sans-serif\">\n<title id=\"sluis-title\">{2} · "
        "{3}</title>\n<desc id=\"sluis-desc\">{4}</desc>\n{5}\n<rect width=\"{0}\" height=\"{1}\" "
        "fill=\"#ffffff\"/>\n{6}</svg>\n",
        kWidth, y_, escaped(outcome_.title), escaped(outcome_.viewerName), escaped(description),
        patternDefs(kPrefix, Dress::attributes), inside_);
  }

 private:
  static std::string inWords(const std::vector<Norm>& norms) {
    std::string words;
    for (const Norm& norm : norms) words += (words.empty() ? "" : "; ") + norm.text;
    return words;
  }

  static constexpr int kBars = 230;
  static constexpr int kBarsWide = 520;

  void figure(const Line& line) {
    const Figure& figure = *line.figure;
    const Indicator indicator = outcome_.query.indicator;
    down(16);
    text(kMargin, line.who, 13);
    if (!figure.shown) {
      text(line.who.empty() ? kMargin : kBars, line.who.empty() ? say_.notShown : say_.shortNotShown, 13);
      return;
    }
    text(kBars + kBarsWide + 70, headlineText(indicator, line, language_), 17, true, "end");
    text(kBars + kBarsWide + 85, measured(figure), 13);
    inside_ += fmt::format(R"svg(<svg x="{}" y="{}" width="{}" height="{}">{}</svg>)svg", kBars, y_ - 19, kBarsWide,
                           kBarHeight, stackedBar(indicator, figure, line.row->norms, kPrefix, Dress::attributes));
    down(8);
    const std::string scale = meanScale(line.mean(), headlineMargin(indicator, figure, outcome_.why.variance),
                                        line.row->norms, kPrefix, Dress::attributes);
    if (scale.empty()) return;
    inside_ += fmt::format(R"svg(<svg x="{}" y="{}" width="{}" height="{}">{}</svg>)svg", kBars, y_, kBarsWide,
                           kScaleHeight, scale);
    down(kScaleHeight);
  }

  std::string measured(const Figure& figure) const {
    return fmt::format(fmt::runtime(say_.countMeasured), grouped(figure.count, language_));
  }

  const Outcome& outcome_;
  Language language_;
  const Phrases& say_;
  int y_ = 0;
  std::string inside_;
};

}  // namespace

std::string renderSvg(const Outcome& all) {
  const Outcome outcome = trimmed(all);
  Sheet sheet(outcome);
  sheet.heading();
  if (outcome.available && isSeries(outcome)) {
    sheet.drawing(seriesLines(outcome));
    for (std::size_t i = 0; i < outcome.breaks.size(); ++i) {
      sheet.down(18);
      sheet.paragraph(fmt::format("{}: {}", static_cast<char>('A' + i % 26), outcome.breaks[i].text));
    }
    sheet.legend();
    sheet.drawing(seriesColumns(outcome, kPrefix));
  } else if (outcome.available) {
    sheet.legend();
    for (const Row& row : outcome.rows) sheet.row(row);
  }
  sheet.down(30);
  sheet.paragraph(fmt::format(fmt::runtime(phrases(outcome.query.language).svgFoot), outcome.snapshot));
  return sheet.finish();
}

}  // namespace sluis::report
