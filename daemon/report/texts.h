// The words of the figures, in Dutch and English: titles, labels, and what the "why" card says. Simple words (B1);
// nothing of the data.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "report/outcome.h"

namespace sluis::report {

/// "Cliënttevredenheid".
std::string_view titleOf(Indicator indicator, Language language = Language::dutch);
/// "Hulpvorm".
std::string_view labelOf(Dimension dimension, Language language = Language::dutch);
/// "Verwijzer", "Begonnen vanaf" for start-from and so on: of a filter's name; the name itself when there is none.
std::string labelOfFilter(std::string_view name, Language language = Language::dutch);

/// The parts of an indicator in the order of CONTRACT §5, with their names. The reasons of uitval are the vocabulary's.
std::vector<Value> partsOf(Indicator indicator, const Vocabulary& vocabulary, Language language = Language::dutch);

/// One figure that says most of an indicator: a mean, or the share of some parts together.
struct Headline {
  std::string_view label;               ///< "Behaald", "Gemiddeld cijfer"
  std::vector<std::string_view> parts;  ///< whose shares are added; empty = the mean
};
const Headline& headlineOf(Indicator indicator, Language language = Language::dutch);

std::string definitionOf(Indicator indicator, std::uint16_t windowDays, Language language = Language::dutch);
std::string baseOf(Indicator indicator, std::uint16_t windowDays, Language language = Language::dutch);
std::string exclusionsOf(Indicator indicator, std::uint16_t windowDays, Language language = Language::dutch);

}  // namespace sluis::report
