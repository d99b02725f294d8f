#include "report/svg_bar.h"

#include <algorithm>

#include <fmt/format.h>

#include "report/looks.h"
#include "report/numbers.h"
#include "report/safe_text.h"

namespace sluis::report {

namespace {

constexpr double kLeastForText = 0.075;  // a part's share below which its percentage does not fit on a phone

/// What a look is drawn with on its ground.
std::string strokesOf(std::size_t look) {
  const std::string_view ink = looks()[look].ink;
  switch (look) {
    case 1:
      return fmt::format(R"svg(<circle cx="2" cy="2" r="1" fill="{0}"/><circle cx="6" cy="6" r="1" fill="{0}"/>)svg",
                         ink);
    case 3:
      return fmt::format(R"svg(<path d="M-2 2L2 -2M0 8L8 0M6 10L10 6" stroke="{}" stroke-width="1.2"/>)svg", ink);
    case 4:
      return fmt::format(R"svg(<path d="M0 0L8 8M0 8L8 0" stroke="{}" stroke-width="1.2"/>)svg", ink);
    case 5:
      return fmt::format(R"svg(<path d="M0 4H8" stroke="{}" stroke-width="0.8"/>)svg", ink);
    default:
      return "";
  }
}

/// Where on the bar a share of that part ends: parts lie one after the other, the last one is measured from the right.
double placeOf(const Norm& norm, const Figure& figure) {
  double before = 0;
  for (std::size_t i = 0; i < figure.parts.size(); ++i) {
    if (figure.parts[i].key == norm.part)
      return std::clamp(i + 1 == figure.parts.size() ? 1 - norm.value : before + norm.value, 0.0, 1.0);
    before += figure.parts[i].share;
  }
  return -1;
}

constexpr int kMarkWidth = 14;

/// White beside black, so that it stands out on every ground; `x`: its middle.
std::string markPaths(int x, int height) {
  return fmt::format(
      R"svg(<path d="M{0} 4V{1}" stroke="#ffffff" stroke-width="5"/><path d="M{0} 4V{1}" stroke="#000000" stroke-width="2" stroke-dasharray="4 2"/><path d="M{2} 0H{3}L{0} 7Z" fill="#000000" stroke="#ffffff"/>)svg",
      x, height, x - 6, x + 6);
}

/// A marked line at `place` (0 to 1). In a page, which has many, it is a fill that is drawn once.
std::string mark(double place, int height, std::string_view prefix, Dress dress) {
  if (dress == Dress::stylesheet)
    return fmt::format(
        R"svg(<rect x="{:.1f}%" width="{}" height="{}" transform="translate(-{})" fill="url(#{}-mark{})"/>)svg",
        100 * place, kMarkWidth, height, kMarkWidth / 2, prefix, height);
  return fmt::format(R"svg(<svg x="{:.1f}%" y="0" width="1" height="{}" overflow="visible">{}</svg>)svg", 100 * place,
                     height, markPaths(0, height));
}

std::string markDef(std::string_view prefix, int height) {
  return fmt::format(R"svg(<pattern id="{}-mark{}" width="1" height="1">{}</pattern>)svg", prefix, height,
                     markPaths(kMarkWidth / 2, height));
}

/// A scale from 1 to 10 as a fill: a ninth of it, again and again.
std::string scaleDef(std::string_view prefix) {
  return fmt::format(
      R"svg(<pattern id="{}-scale" width="0.11111" height="1"><rect y="9" width="1" height="6" fill="#999999"/><path d="M0 12H10000" stroke="#999999"/></pattern>)svg",
      prefix);
}

}  // namespace

std::string patternDefs(std::string_view prefix, Dress dress) {
  std::string defs = "<defs>";
  for (std::size_t look = 0; look < kLooks; ++look)
    defs += fmt::format(
        R"svg(<pattern id="{}-{}" width="8" height="8" patternUnits="userSpaceOnUse"><rect width="8" height="8" fill="{}"/>{}</pattern>)svg",
        prefix, looks()[look].name, looks()[look].colour, strokesOf(look));
  if (dress == Dress::stylesheet) defs += markDef(prefix, kBarHeight) + markDef(prefix, kScaleHeight);
  return defs + scaleDef(prefix) + "</defs>";
}

std::string swatch(Indicator indicator, std::size_t part, std::string_view prefix) {
  return fmt::format(R"svg(<rect x="0.5" y="0.5" width="21" height="13" fill="url(#{}-{})" stroke="#444444"/>)svg",
                     prefix, looks()[lookOf(indicator, part)].name);
}

std::string stackedBar(Indicator indicator, const Figure& figure, const std::vector<Norm>& norms,
                       std::string_view prefix, Dress dress) {
  std::string inside;
  std::string texts;
  double at = 0;
  for (std::size_t i = 0; i < figure.parts.size(); ++i) {
    const double share = figure.parts[i].share;
    if (share > 0)
      inside += fmt::format(R"svg(<rect x="{:.1f}%" y="4" width="{:.1f}%" height="{}" fill="url(#{}-{})"/>)svg",
                            100 * at, 100 * share, kBarHeight - 5, prefix, looks()[lookOf(indicator, i)].name);
    if (share >= kLeastForText)
      texts += fmt::format(R"svg(<text x="{:.1f}%" y="{}">{}%</text>)svg", 100 * (at + share / 2), kBarHeight - 8,
                           decimal(100 * share, 0, Language::dutch));
    at += share;
  }
  // In a page its stylesheet says it once for all bars.
  const bool plain = dress == Dress::stylesheet;
  inside = fmt::format("<g{}>{}</g>", plain ? "" : R"svg( stroke="#444444")svg", inside);
  if (!texts.empty())
    inside += fmt::format(
        "<g{}>{}</g>",
        plain
            ? ""
            : R"svg( text-anchor="middle" font-size="12" fill="#111111" stroke="#ffffff" stroke-width="3" paint-order="stroke")svg",
        texts);
  for (const Norm& norm : norms)
    if (const double place = norm.part.empty() ? -1 : placeOf(norm, figure); place >= 0)
      inside += mark(place, kBarHeight, prefix, dress);
  return inside;
}

std::string meanScale(std::optional<double> mean, double margin, const std::vector<Norm>& norms,
                      std::string_view prefix, Dress dress) {
  if (!mean) return "";
  const auto place = [](double mark) { return std::clamp((mark - 1) / 9, 0.0, 1.0); };
  std::string inside =
      fmt::format(R"svg(<rect width="100%" height="{}" fill="url(#{}-scale)"/>)svg", kScaleHeight, prefix);
  if (margin > 0)
    inside += fmt::format(R"svg(<rect x="{:.1f}%" y="10" width="{:.1f}%" height="4" fill="#1f4e79"/>)svg",
                          100 * place(*mean - margin), 100 * (place(*mean + margin) - place(*mean - margin)));
  inside +=
      fmt::format(R"svg(<circle cx="{:.1f}%" cy="12" r="5" fill="#1f4e79" stroke="#ffffff"/>)svg", 100 * place(*mean));
  for (const Norm& norm : norms)
    if (norm.part.empty()) inside += mark(place(norm.value), kScaleHeight, prefix, dress);
  return inside;
}

std::string barInWords(const Figure& figure, Language language) {
  std::string words;
  for (const Part& part : figure.parts)
    words += fmt::format("{}{} {}", words.empty() ? "" : ", ", part.label, percentage(part.share, 0, language));
  return words;
}

}  // namespace sluis::report
