#include "report/svg_series.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "report/lines.h"
#include "report/looks.h"
#include "report/numbers.h"
#include "report/phrases.h"
#include "report/safe_text.h"
#include "report/texts.h"

namespace sluis::report {

namespace {

constexpr int kWidth = 900;
constexpr int kLeft = 52;
constexpr int kRight = 12;
constexpr int kPlot = 220;
constexpr int kAxis = 44;  // below the plot: quarters and years
constexpr int kLegendLine = 22;
constexpr int kUsual = 12;                   // size of letters, when nothing is said
constexpr std::size_t kMostWithValues = 14;  // quarters, above which values would touch each other

struct Pen {
  std::string_view colour;
  std::string_view dashes;  // of the line
  char marker;              // c circle, s square, t triangle, d diamond
};
constexpr std::array<Pen, 6> kPens = {{{"#1f4e79", "none", 'c'},
                                       {"#b45f06", "8 3", 's'},
                                       {"#333333", "none", 'd'},
                                       {"#5f5f5f", "2 3", 't'},
                                       {"#5b7fa5", "2 3", 'c'},
                                       {"#b98a55", "2 3", 's'}}};

struct Track {
  std::string name;
  std::vector<std::optional<double>> values;  // one a quarter
};

std::string text(double x, double y, std::string_view anchor, std::string_view words, int size = 13) {
  return fmt::format(R"svg(<text x="{:.0f}" y="{:.0f}"{}{}>{}</text>)svg", x, y,
                     anchor == "middle" ? std::string() : fmt::format(R"svg( text-anchor="{}")svg", anchor),
                     size == kUsual ? std::string() : fmt::format(R"svg( font-size="{}")svg", size), escaped(words));
}

/// What is drawn as text has this ink; lines and fills say their own.
std::string inInk(const std::string& inside) {
  return fmt::format(
      R"svg(<g font-size="{}" text-anchor="middle" fill="#111111" stroke="#ffffff" stroke-width="3" paint-order="stroke">{}</g>)svg",
      kUsual, inside);
}

std::string markerAt(double x, double y, const Pen& pen) {
  switch (pen.marker) {
    case 's':
      return fmt::format(
          R"svg(<rect x="{:.1f}" y="{:.1f}" width="9" height="9" fill="#ffffff" stroke="{}" stroke-width="2"/>)svg",
          x - 4.5, y - 4.5, pen.colour);
    case 't':
      return fmt::format(R"svg(<path d="M{:.1f} {:.1f}l6 10h-12z" fill="#ffffff" stroke="{}" stroke-width="2"/>)svg", x,
                         y - 6, pen.colour);
    case 'd':
      return fmt::format(R"svg(<path d="M{:.1f} {:.1f}l6 6l-6 6l-6 -6z" fill="{}" stroke="none"/>)svg", x, y - 6,
                         pen.colour);
    default:
      return fmt::format(R"svg(<circle cx="{:.1f}" cy="{:.1f}" r="5" fill="{}" stroke="none"/>)svg", x, y, pen.colour);
  }
}

/// The quarters from left to right.
class Slots {
 public:
  explicit Slots(const Outcome& outcome) : outcome_(outcome) {
    count_ = std::max<std::size_t>(outcome.rows.size(), 1);
    slot_ = static_cast<double>(kWidth - kLeft - kRight) / static_cast<double>(count_);
  }
  double width() const { return slot_; }
  double left(std::size_t i) const { return kLeft + static_cast<double>(i) * slot_; }
  double middle(std::size_t i) const { return left(i) + slot_ / 2; }

  /// Quarters as numbers, the year below its quarters, and a line where an area changed.
  std::string axis(int top) const {
    const int bottom = top + kPlot;
    std::string out;
    for (std::size_t i = 0; i < outcome_.rows.size(); ++i) {
      const auto quarter = quarterFrom(outcome_.rows[i].value.key);
      if (!quarter) continue;
      out += text(middle(i), bottom + 17, "middle", fmt::format("{}", quarter->quarter()), 12);
      const bool first = i == 0 || quarter->quarter() == 1;
      if (!first) continue;
      const double wide = slot_ * static_cast<double>(std::min<std::size_t>(
                                      5 - static_cast<unsigned>(quarter->quarter()), outcome_.rows.size() - i));
      out +=
          fmt::format("<path d=\"M{:.1f} {}v{}\" stroke=\"#999999\" stroke-width=\"1\"/>", left(i), bottom, kAxis - 6);
      if (wide >= 34) out += text(left(i) + wide / 2, bottom + 36, "middle", std::to_string(quarter->year()));
    }
    return out + breaks(top, bottom);
  }

 private:
  std::string breaks(int top, int bottom) const {
    std::string out;
    for (std::size_t mark = 0; mark < outcome_.breaks.size(); ++mark)
      for (std::size_t i = 0; i < outcome_.rows.size(); ++i)
        if (outcome_.rows[i].value.key == outcome_.breaks[mark].quarter) {
          out +=
              fmt::format("<path d=\"M{:.1f} {}V{}\" stroke=\"#7f2a00\" stroke-width=\"2\" stroke-dasharray=\"6 4\"/>",
                          left(i), top, bottom);
          out += text(left(i) + 4, top + 12, "start", std::string(1, static_cast<char>('A' + mark % 26)));
        }
    return out;
  }

  const Outcome& outcome_;
  std::size_t count_ = 1;
  double slot_ = 0;
};

std::vector<Track> tracksOf(const Outcome& outcome) {
  std::vector<Track> tracks;
  for (std::size_t i = 0; i < outcome.rows.size(); ++i)
    for (const Line& line : linesOf(outcome.rows[i], outcome.query.language)) {
      // Both respondents together stand in the columns; here each has its own line.
      if (line.whole) continue;
      const auto value = headline(outcome.query.indicator, *line.figure);
      if (!value) continue;
      auto track =
          std::find_if(tracks.begin(), tracks.end(), [&](const Track& known) { return known.name == line.who; });
      if (track == tracks.end())
        track = tracks.insert(tracks.end(), Track{line.who, std::vector<std::optional<double>>(outcome.rows.size())});
      track->values[i] = value;
    }
  std::sort(tracks.begin(), tracks.end(), [](const Track& a, const Track& b) { return a.name < b.name; });
  return tracks;
}

/// The values an axis shows.
struct Scale {
  double least = 0;
  double most = 1;
  double step = 0.1;
  bool mean = false;
  Language language = Language::dutch;

  double y(double value, int top) const {
    return top + kPlot * (1 - (std::clamp(value, least, most) - least) / (most - least));
  }
  std::string label(double value) const { return decimal(mean ? value : 100 * value, 0, language) + (mean ? "" : "%"); }
  std::string precise(double value) const {
    return mean ? decimal(value, 1, language) : decimal(100 * value, 0, language) + "%";
  }
};

bool concerns(const Norm& norm, Indicator indicator) {
  const auto& parts = headlineOf(indicator).parts;
  return parts.empty() ? norm.part.empty() : parts.size() == 1 && parts.front() == norm.part;
}

Scale scaleOf(const Outcome& outcome, const std::vector<Track>& tracks) {
  const Indicator indicator = outcome.query.indicator;
  double least = 1e9;
  double most = -1e9;
  const auto include = [&](double value) {
    least = std::min(least, value);
    most = std::max(most, value);
  };
  for (const Track& track : tracks)
    for (const auto& value : track.values)
      if (value) include(*value);
  for (const Row& row : outcome.rows)
    for (const Norm& norm : row.norms)
      if (concerns(norm, indicator)) include(norm.value);
  Scale scale;
  scale.language = outcome.query.language;
  scale.mean = headlineOf(indicator).parts.empty();
  if (scale.mean) {
    scale.least = std::max(1.0, std::floor(least - 0.5));
    scale.most = std::min(10.0, std::ceil(most + 0.5));
    scale.step = 1;
  } else {
    scale.most = std::min(1.0, std::ceil(most * 10 + 0.2) / 10);
    scale.step = scale.most > 0.5 ? 0.2 : 0.1;
  }
  return scale;
}

std::string grid(const Scale& scale, int top) {
  std::string out;
  for (double value = scale.least; value <= scale.most + 1e-9; value += scale.step)
    out += fmt::format("<path d=\"M{} {:.1f}H{}\" stroke=\"#dddddd\" stroke-width=\"1\"/>", kLeft, scale.y(value, top),
                       kWidth - kRight) +
           text(kLeft - 6, scale.y(value, top) + 4, "end", scale.label(value), 12);
  return out;
}

std::string normLines(const Outcome& outcome, const Slots& slots, const Scale& scale, int top) {
  std::string out;
  for (std::size_t i = 0; i < outcome.rows.size(); ++i)
    for (const Norm& norm : outcome.rows[i].norms)
      if (concerns(norm, outcome.query.indicator)) {
        const double y = scale.y(norm.value, top);
        out += fmt::format(
            "<path d=\"M{:.1f} {:.1f}h{:.1f}\" stroke=\"#000000\" stroke-width=\"2\" stroke-dasharray=\"4 2\"/>",
            slots.left(i), y, slots.width());
      }
  return out;
}

/// "norm 7,5", or "norm" where it differs from quarter to quarter; empty without any.
std::string normLabel(const Outcome& outcome, const Scale& scale) {
  std::string label;
  for (const Row& row : outcome.rows)
    for (const Norm& norm : row.norms)
      if (concerns(norm, outcome.query.indicator)) {
        const std::string one = fmt::format(fmt::runtime(phrases(scale.language).normAt), scale.precise(norm.value));
        if (!label.empty() && label != one) return "norm";
        label = one;
      }
  return label;
}

std::string lineOf(const Track& track, const Pen& pen, const Slots& slots, const Scale& scale, int top) {
  std::string path;
  std::string markers;
  bool down = false;
  for (std::size_t i = 0; i < track.values.size(); ++i) {
    if (!track.values[i]) {
      down = false;
      continue;
    }
    const double y = scale.y(*track.values[i], top);
    path += fmt::format("{}{:.1f} {:.1f}", down ? "L" : "M", slots.middle(i), y);
    markers += markerAt(slots.middle(i), y, pen);
    down = true;
  }
  return fmt::format(R"svg(<path d="{}" fill="none" stroke="{}" stroke-width="2" stroke-dasharray="{}"/>)svg", path,
                     pen.colour, pen.dashes) +
         markers;
}

/// The highest value of a quarter above its point, the lowest below.
std::string valuesOf(const std::vector<Track>& tracks, const Slots& slots, const Scale& scale, int top) {
  const std::size_t quarters = tracks.front().values.size();
  std::string out;
  for (std::size_t i = 0; i < quarters; ++i) {
    std::vector<double> values;
    for (const Track& track : tracks)
      if (track.values[i]) values.push_back(*track.values[i]);
    if (values.empty() || (quarters > kMostWithValues && i + 1 != quarters)) continue;
    const auto [low, high] = std::minmax_element(values.begin(), values.end());
    out += text(slots.middle(i), scale.y(*high, top) - 10, "middle", scale.precise(*high), 12);
    if (values.size() > 1) out += text(slots.middle(i), scale.y(*low, top) + 20, "middle", scale.precise(*low), 12);
  }
  return out;
}

}  // namespace

Drawing seriesLines(const Outcome& outcome) {
  const std::vector<Track> tracks = tracksOf(outcome);
  if (tracks.empty()) return {};
  const Slots slots(outcome);
  const Scale scale = scaleOf(outcome, tracks);
  const std::string norm = normLabel(outcome, scale);
  const bool named = tracks.size() > 1 || !tracks.front().name.empty() || !norm.empty();
  const int top = 12 + (named ? kLegendLine : 0);
  std::string inside = grid(scale, top) + normLines(outcome, slots, scale, top) + slots.axis(top);
  double x = kLeft + 6;
  for (std::size_t i = 0; i < tracks.size(); ++i) {
    const Pen& pen = kPens.at(i % kPens.size());
    inside += lineOf(tracks[i], pen, slots, scale, top);
    if (tracks[i].name.empty()) continue;
    inside += markerAt(x, 12, pen) + text(x + 12, 16, "start", tracks[i].name);
    x += 40 + 7.5 * static_cast<double>(widthOf(tracks[i].name));
  }
  if (!norm.empty())
    inside += fmt::format(
                  "<path d=\"M{0:.1f} 12h24\" stroke=\"#000000\" stroke-width=\"2\" "
                  "stroke-dasharray=\"4 2\"/>",
                  x) +
              text(x + 30, 16, "start", norm);
  inside += valuesOf(tracks, slots, scale, top);
  return {kWidth, top + kPlot + kAxis, inInk(inside)};
}

Drawing seriesColumns(const Outcome& outcome, std::string_view prefix) {
  const Slots slots(outcome);
  const int top = 8;
  Scale scale;
  scale.step = 0.25;
  std::string inside = grid(scale, top);
  const double wide = std::min(slots.width() * 0.8, 60.0);
  std::string columns;
  std::string texts;
  for (std::size_t i = 0; i < outcome.rows.size(); ++i) {
    const Figure& figure = outcome.rows[i].figure;
    if (!figure.shown) {
      inside += text(slots.middle(i), top + kPlot - 6, "middle", "–");
      continue;
    }
    double until = 0;
    for (std::size_t part = 0; part < figure.parts.size(); ++part) {
      const double from = until;
      until += figure.parts[part].share;
      const double y = scale.y(until, top);
      columns += fmt::format(R"svg(<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" fill="url(#{}-{})"/>)svg",
                             slots.middle(i) - wide / 2, y, wide, std::max(0.0, scale.y(from, top) - y), prefix,
                             looks()[lookOf(outcome.query.indicator, part)].name);
      if (until - from >= 0.07 && wide >= 30)
        texts += text(slots.middle(i), (y + scale.y(from, top)) / 2 + 4, "middle",
                      decimal(100 * figure.parts[part].share, 0, Language::dutch) + "%", 12);
    }
  }
  return {kWidth, top + kPlot + kAxis,
          inInk(inside + slots.axis(top) +
                fmt::format(R"svg(<g stroke="#444444" stroke-width="1">{}</g>)svg", columns) + texts)};
}

}  // namespace sluis::report
