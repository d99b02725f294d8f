// What figures can be filtered and grouped by (JEUGDHULP §8), and which indicators there are (§7): names, nothing else.
//
// The words are those of `sluis report` (CONTRACT §5). A dimension's values are the vocabulary's business.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace sluis::report {

enum class Indicator : std::uint8_t {
  satisfaction,  ///< tevredenheid: measurements with a mark
  goOn,          ///< zonder-hulp-verder: measurements with a score
  goals,         ///< doelrealisatie: measurements with a score
  dropOut,       ///< uitval: ended trajectories
  response,      ///< respons: ended trajectories
  renewed,       ///< herhaald-beroep: trajectories that ended at least the window ago
};
inline constexpr std::array kIndicators = {Indicator::satisfaction, Indicator::goOn,     Indicator::goals,
                                           Indicator::dropOut,      Indicator::response, Indicator::renewed};

/// "tevredenheid", as on the command line.
std::string_view toString(Indicator indicator);
std::optional<Indicator> indicatorFrom(std::string_view word);
/// Whether its units are measurements (one respondent each) and not trajectories.
bool countsMeasurements(Indicator indicator);

enum class Dimension : std::uint8_t {
  form,             ///< hulpvorm
  referrer,         ///< verwijzer
  reason,           ///< reden-einde
  provider,         ///< aanbieder
  profile,          ///< profiel
  productCategory,  ///< productcategorie
  perspective,      ///< perspectief
  severity,         ///< zorgvraagzwaarte
  complexity,       ///< complexiteit
  informant,        ///< respondent: J or O. For `response` it narrows whose measurement counts, not the base
  measure,       ///< meting: only for `response`, which score counts: tevredenheid, zonder-hulp-verder, doelrealisatie
  start,         ///< the quarter of the first day; as a filter start-from and start-to, as a grouping "start"
  end,           ///< the quarter of the last day; as a filter end-from and end-to, as a grouping "end"
  municipality,  ///< gemeente: the domain. Chooses among snapshots; never a dimension within one
};
inline constexpr std::size_t kDimensions = 14;

/// "hulpvorm", as after --by and in --filter NAME=; start and end are "start" and "end".
std::string_view toString(Dimension dimension);
/// Also takes "start-kwartaal", "start-quarter" and so on for the two quarters.
std::optional<Dimension> dimensionFrom(std::string_view word);

}  // namespace sluis::report
