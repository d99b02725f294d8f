#include "report/texts.h"

#include <array>

#include <fmt/format.h>

#include "report/vocabulary.h"

namespace sluis::report {

const std::string_view kNotShown = "niet getoond: te weinig kinderen of te veel van hetzelfde antwoord";
const std::string_view kNotAvailable =
    "Niet beschikbaar in dit detail. Zoveel kenmerken tegelijk zouden te veel over een kind kunnen zeggen. Kies minder "
    "filters, of een andere indeling.";

namespace {

struct Texts {
  std::string_view title;
  std::string_view definition;
  std::string_view base;
  std::string_view exclusions;
};

// In the order of Indicator. {0} is the number of days of the window.
constexpr std::array<Texts, kIndicators.size()> kTexts = {{
    {"Cliënttevredenheid",
     "Hoe nuttig vonden jeugdigen en ouders de hulp? Zij gaven een rapportcijfer van 1 tot en met 10.",
     "Het aantal metingen met een cijfer. Een traject heeft hoogstens twee metingen: een van de jeugdige en een van "
     "een "
     "ouder of opvoeder.",
     "Trajecten zonder cijfer tellen niet mee. Cijfers van jeugdigen en van ouders worden nooit samen gemiddeld."},
    {"Zonder hulp verder",
     "Kunnen jeugdigen en ouders na de hulp zelf verder? Zij gaven aan of zij het eens zijn met de zin: ‘Ik heb genoeg "
     "hulp gekregen om zelf verder te kunnen.’",
     "Het aantal metingen met een antwoord op deze vraag. Een traject heeft hoogstens twee metingen: een van de "
     "jeugdige "
     "en een van een ouder of opvoeder.",
     "Trajecten zonder antwoord op deze vraag tellen niet mee."},
    {"Doelrealisatie",
     "Zijn de doelen van de hulp gehaald? Jeugdigen en ouders kozen uit: behaald, deels behaald, gelijk gebleven of "
     "ongunstiger.",
     "Het aantal metingen met een antwoord op deze vraag. Een traject heeft hoogstens twee metingen: een van de "
     "jeugdige "
     "en een van een ouder of opvoeder.",
     "Trajecten zonder antwoord op deze vraag tellen niet mee."},
    {"Uitval",
     "Waarom eindigde de hulp? Uitval is het deel dat stopte omdat de cliënt of de aanbieder dat alleen besloot (de "
     "redenen 03 en 04).",
     "Het aantal beëindigde trajecten.", "Trajecten die nog lopen tellen niet mee."},
    {"Respons",
     "Van welk deel van de beëindigde trajecten is er ten minste één meting: een antwoord van de jeugdige of van een "
     "ouder of opvoeder?",
     "Het aantal beëindigde trajecten. Een keuze voor respondent of meting bepaalt welke metingen tellen, niet welke "
     "trajecten.",
     "Trajecten die nog lopen tellen niet mee."},
    {"Herhaald beroep",
     "Van welk deel van de beëindigde trajecten kreeg dezelfde jeugdige daarna opnieuw hulp, binnen {0} dagen na het "
     "einde? Dat telt bij elke aanbieder in de gemeente.",
     "Het aantal trajecten dat ten minste {0} dagen voor de stand van de cijfers eindigde.",
     "Trajecten die nog lopen, of die korter dan {0} dagen geleden eindigden, tellen niet mee."},
}};

constexpr std::array<std::string_view, kDimensions> kLabels = {
    "Hulpvorm",         "Verwijzer",          "Reden einde",        "Aanbieder",    "Profiel",
    "Productcategorie", "Perspectief",        "Zorgvraagzwaarte",   "Complexiteit", "Respondent",
    "Meting",           "Kwartaal van begin", "Kwartaal van einde", "Gemeente"};

const Texts& textsOf(Indicator indicator) {
  return kTexts.at(static_cast<std::size_t>(indicator));
}

}  // namespace

std::string_view titleOf(Indicator indicator) {
  return textsOf(indicator).title;
}

std::string_view labelOf(Dimension dimension) {
  return kLabels.at(static_cast<std::size_t>(dimension));
}

std::string labelOfFilter(std::string_view name) {
  if (name == "start-from") return "Begonnen vanaf";
  if (name == "start-to") return "Begonnen tot en met";
  if (name == "end-from") return "Geëindigd vanaf";
  if (name == "end-to") return "Geëindigd tot en met";
  const auto dimension = dimensionFrom(name);
  return std::string(dimension ? labelOf(*dimension) : name);
}

std::vector<Value> partsOf(Indicator indicator, const Vocabulary& vocabulary) {
  switch (indicator) {
    case Indicator::satisfaction:
      return {{"le4", "4 of lager"}, {"mid", "hoger dan 4, lager dan 8"}, {"ge8", "8 of hoger"}};
    case Indicator::goOn:
      return {{"1", "oneens"}, {"2", "deels oneens"}, {"3", "eens"}, {"4", "helemaal eens"}};
    case Indicator::goals:
      return {{"1", "behaald"}, {"2", "deels behaald"}, {"3", "gelijk"}, {"4", "ongunstiger"}};
    case Indicator::response:
      return {{"ja", "ten minste één meting"}, {"nee", "geen meting"}};
    case Indicator::renewed:
      return {{"ja", "opnieuw hulp"}, {"nee", "geen nieuwe hulp"}};
    case Indicator::dropOut:
      break;
  }
  std::vector<Value> reasons = vocabulary.of(Dimension::reason);
  for (Value& reason : reasons)
    if (reason.key == kUnknown) reason.label = "Onbekend";
  return reasons;
}

const Headline& headlineOf(Indicator indicator) {
  static const std::array<Headline, kIndicators.size()> kHeadlines = {{{"Gemiddeld cijfer", {}},
                                                                       {"Eens of helemaal eens", {"3", "4"}},
                                                                       {"Doelen behaald", {"1"}},
                                                                       {"Uitval (reden 03 en 04)", {"03", "04"}},
                                                                       {"Ten minste één meting", {"ja"}},
                                                                       {"Opnieuw hulp", {"ja"}}}};
  return kHeadlines.at(static_cast<std::size_t>(indicator));
}

std::string definitionOf(Indicator indicator, std::uint16_t windowDays) {
  return fmt::format(fmt::runtime(textsOf(indicator).definition), windowDays);
}

std::string baseOf(Indicator indicator, std::uint16_t windowDays) {
  return fmt::format(fmt::runtime(textsOf(indicator).base), windowDays);
}

std::string exclusionsOf(Indicator indicator, std::uint16_t windowDays) {
  return fmt::format(fmt::runtime(textsOf(indicator).exclusions), windowDays);
}

}  // namespace sluis::report
