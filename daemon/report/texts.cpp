#include "report/texts.h"

#include <array>

#include <fmt/format.h>

#include "report/phrases.h"
#include "report/vocabulary.h"

namespace sluis::report {

namespace {

struct Texts {
  std::string_view title;
  std::string_view definition;
  std::string_view base;
  std::string_view exclusions;
};

// In the order of Indicator. {0} is the number of days of the window.
constexpr std::array<Texts, kIndicators.size()> kDutch = {{
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

constexpr std::array<Texts, kIndicators.size()> kEnglish = {{
    {"Client satisfaction", "How useful did youths and parents find the help? They gave a school mark from 1 to 10.",
     "The number of measurements with a mark. A trajectory has two measurements at most: one by the youth and one by a "
     "parent or carer.",
     "Trajectories without a mark are not counted. Marks of youths and of parents are never averaged together."},
    {"On without help",
     "Can youths and parents go on by themselves after the help? They said whether they agree with the sentence: ‘I "
     "had "
     "enough help to go on by myself.’",
     "The number of measurements with an answer to this question. A trajectory has two measurements at most: one by "
     "the youth and one by a parent or carer.",
     "Trajectories without an answer to this question are not counted."},
    {"Goals reached",
     "Were the goals of the help reached? Youths and parents chose from: reached, partly reached, the same or worse.",
     "The number of measurements with an answer to this question. A trajectory has two measurements at most: one by "
     "the youth and one by a parent or carer.",
     "Trajectories without an answer to this question are not counted."},
    {"Drop-out",
     "Why did the help end? Drop-out is the share that ended because the client or the provider decided so alone "
     "(reasons 03 and 04).",
     "The number of ended trajectories.", "Trajectories that are still running are not counted."},
    {"Response",
     "Of what share of the ended trajectories is there at least one measurement: an answer by the youth or by a parent "
     "or carer?",
     "The number of ended trajectories. Choosing a respondent or a measurement narrows which measurements count, not "
     "which trajectories.",
     "Trajectories that are still running are not counted."},
    {"Renewed help",
     "In what share of the ended trajectories did the same youth get help again, within {0} days after the end? Help "
     "by "
     "any provider in the municipality counts.",
     "The number of trajectories that ended at least {0} days before the date of the figures.",
     "Trajectories that are still running, or that ended less than {0} days ago, are not counted."},
}};

constexpr std::array<std::string_view, kDimensions> kDutchLabels = {
    "Hulpvorm",         "Verwijzer",          "Reden einde",        "Aanbieder",    "Profiel",
    "Productcategorie", "Perspectief",        "Zorgvraagzwaarte",   "Complexiteit", "Respondent",
    "Meting",           "Kwartaal van begin", "Kwartaal van einde", "Gemeente"};
constexpr std::array<std::string_view, kDimensions> kEnglishLabels = {
    "Form of help",     "Referrer",         "Reason for ending", "Provider",    "Profile",
    "Product category", "Perspective",      "Severity",          "Complexity",  "Respondent",
    "Measurement",      "Quarter of start", "Quarter of end",    "Municipality"};

bool isEnglish(Language language) {
  return language == Language::english;
}

const Texts& textsOf(Indicator indicator, Language language) {
  return (isEnglish(language) ? kEnglish : kDutch).at(static_cast<std::size_t>(indicator));
}

}  // namespace

std::string_view titleOf(Indicator indicator, Language language) {
  return textsOf(indicator, language).title;
}

std::string_view labelOf(Dimension dimension, Language language) {
  return (isEnglish(language) ? kEnglishLabels : kDutchLabels).at(static_cast<std::size_t>(dimension));
}

std::string labelOfFilter(std::string_view name, Language language) {
  const bool english = isEnglish(language);
  if (name == "start-from") return english ? "Started from" : "Begonnen vanaf";
  if (name == "start-to") return english ? "Started up to and including" : "Begonnen tot en met";
  if (name == "end-from") return english ? "Ended from" : "Geëindigd vanaf";
  if (name == "end-to") return english ? "Ended up to and including" : "Geëindigd tot en met";
  const auto dimension = dimensionFrom(name);
  return std::string(dimension ? labelOf(*dimension, language) : name);
}

std::vector<Value> partsOf(Indicator indicator, const Vocabulary& vocabulary, Language language) {
  const bool english = isEnglish(language);
  switch (indicator) {
    case Indicator::satisfaction:
      if (english) return {{"le4", "4 or lower"}, {"mid", "over 4, under 8"}, {"ge8", "8 or higher"}};
      return {{"le4", "4 of lager"}, {"mid", "hoger dan 4, lager dan 8"}, {"ge8", "8 of hoger"}};
    case Indicator::goOn:
      if (english) return {{"1", "disagree"}, {"2", "partly disagree"}, {"3", "agree"}, {"4", "fully agree"}};
      return {{"1", "oneens"}, {"2", "deels oneens"}, {"3", "eens"}, {"4", "helemaal eens"}};
    case Indicator::goals:
      if (english) return {{"1", "reached"}, {"2", "partly reached"}, {"3", "the same"}, {"4", "worse"}};
      return {{"1", "behaald"}, {"2", "deels behaald"}, {"3", "gelijk"}, {"4", "ongunstiger"}};
    case Indicator::response:
      if (english) return {{"ja", "at least one measurement"}, {"nee", "no measurement"}};
      return {{"ja", "ten minste één meting"}, {"nee", "geen meting"}};
    case Indicator::renewed:
      if (english) return {{"ja", "help again"}, {"nee", "no new help"}};
      return {{"ja", "opnieuw hulp"}, {"nee", "geen nieuwe hulp"}};
    case Indicator::dropOut:
      break;
  }
  std::vector<Value> reasons = vocabulary.of(Dimension::reason);
  for (Value& reason : reasons)
    if (reason.key == kUnknown) reason.label = phrases(language).unknown;
  return reasons;
}

const Headline& headlineOf(Indicator indicator, Language language) {
  static const std::array<Headline, kIndicators.size()> kDutchOnes = {{{"Gemiddeld cijfer", {}},
                                                                       {"Eens of helemaal eens", {"3", "4"}},
                                                                       {"Doelen behaald", {"1"}},
                                                                       {"Uitval (reden 03 en 04)", {"03", "04"}},
                                                                       {"Ten minste één meting", {"ja"}},
                                                                       {"Opnieuw hulp", {"ja"}}}};
  static const std::array<Headline, kIndicators.size()> kEnglishOnes = {{{"Mean mark", {}},
                                                                         {"Agree or fully agree", {"3", "4"}},
                                                                         {"Goals reached", {"1"}},
                                                                         {"Drop-out (reasons 03 and 04)", {"03", "04"}},
                                                                         {"At least one measurement", {"ja"}},
                                                                         {"Help again", {"ja"}}}};
  return (isEnglish(language) ? kEnglishOnes : kDutchOnes).at(static_cast<std::size_t>(indicator));
}

std::string definitionOf(Indicator indicator, std::uint16_t windowDays, Language language) {
  return fmt::format(fmt::runtime(textsOf(indicator, language).definition), windowDays);
}

std::string baseOf(Indicator indicator, std::uint16_t windowDays, Language language) {
  return fmt::format(fmt::runtime(textsOf(indicator, language).base), windowDays);
}

std::string exclusionsOf(Indicator indicator, std::uint16_t windowDays, Language language) {
  return fmt::format(fmt::runtime(textsOf(indicator, language).exclusions), windowDays);
}

}  // namespace sluis::report
