#include "report/dimension.h"

#include <utility>

namespace sluis::report {

namespace {

// In the order of the enumerations.
constexpr std::array<std::string_view, kIndicators.size()> kIndicatorNames = {
    "tevredenheid", "zonder-hulp-verder", "doelrealisatie", "uitval", "respons", "herhaald-beroep"};

constexpr std::array<std::string_view, kDimensions> kDimensionNames = {
    "hulpvorm",    "verwijzer",        "reden-einde",  "aanbieder",  "profiel", "productcategorie",
    "perspectief", "zorgvraagzwaarte", "complexiteit", "respondent", "meting",  "start",
    "end",         "gemeente"};

constexpr std::array kOtherNames = {
    std::pair<std::string_view, Dimension>{"start-kwartaal", Dimension::start},
    std::pair<std::string_view, Dimension>{"start-quarter", Dimension::start},
    std::pair<std::string_view, Dimension>{"eind", Dimension::end},
    std::pair<std::string_view, Dimension>{"eind-kwartaal", Dimension::end},
    std::pair<std::string_view, Dimension>{"end-kwartaal", Dimension::end},
    std::pair<std::string_view, Dimension>{"end-quarter", Dimension::end},
};

}  // namespace

std::string_view toString(Indicator indicator) {
  return kIndicatorNames.at(static_cast<std::size_t>(indicator));
}

std::optional<Indicator> indicatorFrom(std::string_view word) {
  for (const Indicator indicator : kIndicators)
    if (toString(indicator) == word) return indicator;
  return std::nullopt;
}

bool countsMeasurements(Indicator indicator) {
  return indicator == Indicator::satisfaction || indicator == Indicator::goOn || indicator == Indicator::goals;
}

std::string_view toString(Dimension dimension) {
  return kDimensionNames.at(static_cast<std::size_t>(dimension));
}

std::optional<Dimension> dimensionFrom(std::string_view word) {
  for (std::size_t i = 0; i < kDimensions; ++i)
    if (kDimensionNames[i] == word) return static_cast<Dimension>(i);
  for (const auto& [name, dimension] : kOtherNames)
    if (name == word) return dimension;
  return std::nullopt;
}

}  // namespace sluis::report
