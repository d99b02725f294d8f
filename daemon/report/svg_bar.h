// The pieces that charts are drawn from, as SVG: patterns, a stacked bar, a scale with a mean on it.
//
// Presentation attributes only, no style and no script: they may stand in a page that forbids both. Whoever puts them
// together escapes nothing again.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "report/outcome.h"

namespace sluis::report {

/// Whether a drawing stands by itself and says everything, or lies in a page: figureStyles() then has the strokes and
/// letters, and what returns is drawn once.
enum class Dress { attributes, stylesheet };

/// <defs> with the fills "<prefix>-p0" … and "<prefix>-scale" that the bars use, and in a page the marks of norms.
std::string patternDefs(std::string_view prefix, Dress dress);

/// A rectangle of a part's look, for a legend; x and y from 0.
std::string swatch(Indicator indicator, std::size_t part, std::string_view prefix);

inline constexpr int kBarHeight = 28;
/// The inside of an <svg> of any width and kBarHeight high: the parts one after the other, their percentages where
/// there is room for them, and a marked line for each norm on a share.
std::string stackedBar(Indicator indicator, const Figure& figure, const std::vector<Norm>& norms,
                       std::string_view prefix, Dress dress);

inline constexpr int kScaleHeight = 18;
/// The inside of an <svg> of kScaleHeight: a line from 1 to 10 with the mean as a dot, its margin, and each norm on a
/// mean. Empty without a mean.
std::string meanScale(std::optional<double> mean, double margin, const std::vector<Norm>& norms,
                      std::string_view prefix, Dress dress);

/// "4 of lager 16 %, hoger dan 4, lager dan 8 35 %, …": a bar for who cannot see it, not escaped.
std::string barInWords(const Figure& figure, Language language = Language::dutch);

}  // namespace sluis::report
