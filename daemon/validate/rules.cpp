#include "validate/rules.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/error.h"
#include "validate/thresholds.h"

namespace sluis::validate {

namespace {

using enum Level;
using enum Severity;

constexpr Rule kRules[] = {
    {"JH001", field, fout, "bsn", "Vul het BSN in; is er geen, gebruik dan de afgesproken plaatshouder.",
     "Fill in the BSN; without one, use the agreed placeholder."},
    {"JH002", field, fout, "bsn", "Schrijf het BSN als negen cijfers, zonder andere tekens.",
     "Write the BSN as nine digits and nothing else."},
    {"JH003", field, fout, "psn", "Vul het pre-pseudoniem in.", "Fill in the pre-pseudonym."},
    {"JH004", field, fout, "psn", "Schrijf het pre-pseudoniem als 32 hexadecimale cijfers.",
     "Write the pre-pseudonym as 32 hexadecimal digits."},
    {"JH005", field, fout, "geboortedatum", "Vul de geboortedatum in.", "Fill in the date of birth."},
    {"JH006", field, fout, "geboortedatum",
     "Schrijf de geboortedatum als JJJJMMDD, met een bestaande datum; onbekende dag of maand is 00.",
     "Write the date of birth as YYYYMMDD, a real date; an unknown day or month is 00."},
    {"JH007", field, fout, "geslacht", "Vul het geslacht in.", "Fill in the sex."},
    {"JH008", field, fout, "geslacht", "Gebruik voor geslacht M, V of O.", "Use M, V or O for the sex."},
    {"JH009", field, fout, "postcode", "Vul de postcode in, of de gemeentecode als de postcode onbekend is.",
     "Fill in the postcode, or the municipality's code when it is unknown."},
    {"JH010", field, fout, "gemeentecode", "Vul de code in van de gemeente die de hulp heeft ingekocht.",
     "Fill in the code of the municipality that commissioned the help."},
    {"JH011", field, fout, "gemeentecode", "Gebruik een bestaande gemeentecode, geschreven als GM0034 of 0034.",
     "Use an existing municipality code, written as GM0034 or 0034."},
    {"JH012", field, fout, "verwijzer", "Vul de verwijzer in.", "Fill in the referrer."},
    {"JH013", field, fout, "verwijzer", "Gebruik voor verwijzer een code van twee cijfers uit de lijst.",
     "Use a two-digit code of the list for the referrer."},
    {"JH014", field, fout, "hulpvorm", "Vul de hulpvorm in.", "Fill in the form of help."},
    {"JH015", field, fout, "hulpvorm", "Gebruik voor hulpvorm een code van twee cijfers uit de lijst.",
     "Use a two-digit code of the list for the form of help."},
    {"JH016", field, fout, "gestart_met_crisis", "Vul in of de hulp met een crisis is gestart.",
     "Fill in whether the help started with a crisis."},
    {"JH017", field, fout, "gestart_met_crisis", "Gebruik voor gestart_met_crisis J of N.",
     "Use J or N for gestart_met_crisis."},
    {"JH018", field, fout, "datum_aanvang", "Vul de datum van aanvang in.", "Fill in the start date."},
    {"JH019", field, fout, "datum_aanvang", "Schrijf de datum van aanvang als JJJJMMDD, met een bestaande datum.",
     "Write the start date as YYYYMMDD, a real date."},
    {"JH020", field, fout, "datum_einde",
     "Schrijf de einddatum als JJJJMMDD, met een bestaande datum, of laat hem leeg.",
     "Write the end date as YYYYMMDD, a real date, or leave it empty."},
    {"JH021", field, fout, "reden_beeindiging",
     "Gebruik voor reden_beeindiging een code van twee cijfers uit de lijst.",
     "Use a two-digit code of the list for the reason for ending."},
    {"JH022", field, fout, "tevredenheid_1",
     "Gebruik voor tevredenheid_1 een heel cijfer van 1 tot en met 10, of niets.",
     "Use a whole mark from 1 to 10 for tevredenheid_1, or nothing."},
    {"JH023", field, fout, "tevredenheid_2",
     "Gebruik voor tevredenheid_2 een heel cijfer van 1 tot en met 10, of niets.",
     "Use a whole mark from 1 to 10 for tevredenheid_2, or nothing."},
    {"JH024", field, fout, "zonder_hulp_verder_1",
     "Gebruik voor zonder_hulp_verder_1 een code van 1 tot en met 4, of niets.",
     "Use a code from 1 to 4 for zonder_hulp_verder_1, or nothing."},
    {"JH025", field, fout, "zonder_hulp_verder_2",
     "Gebruik voor zonder_hulp_verder_2 een code van 1 tot en met 4, of niets.",
     "Use a code from 1 to 4 for zonder_hulp_verder_2, or nothing."},
    {"JH026", field, fout, "doelrealisatie_1", "Gebruik voor doelrealisatie_1 een code van 1 tot en met 4, of niets.",
     "Use a code from 1 to 4 for doelrealisatie_1, or nothing."},
    {"JH027", field, fout, "doelrealisatie_2", "Gebruik voor doelrealisatie_2 een code van 1 tot en met 4, of niets.",
     "Use a code from 1 to 4 for doelrealisatie_2, or nothing."},
    {"JH028", field, fout, "informant_1", "Gebruik voor informant_1 J (jeugdige) of O (ouder/opvoeder), of niets.",
     "Use J (youth) or O (parent) for informant_1, or nothing."},
    {"JH029", field, fout, "informant_2", "Gebruik voor informant_2 J (jeugdige) of O (ouder/opvoeder), of niets.",
     "Use J (youth) or O (parent) for informant_2, or nothing."},
    {"JH030", field, fout, "perspectief", "Gebruik voor perspectief een code van twee cijfers uit de lijst, of niets.",
     "Use a two-digit code of the list for perspectief, or nothing."},
    {"JH031", field, fout, "productcategorie",
     "Gebruik voor productcategorie een code van twee cijfers uit de iJw-lijst JZ020, of niets.",
     "Use a two-digit code of iJw list JZ020 for productcategorie, or nothing."},
    {"JH032", field, fout, "profiel", "Gebruik voor profiel een getal van 1 tot en met 11, of niets.",
     "Use a number from 1 to 11 for profiel, or nothing."},
    {"JH033", field, fout, "zorgvraagzwaarte", "Gebruik voor zorgvraagzwaarte een getal van 1 tot en met 4, of niets.",
     "Use a number from 1 to 4 for zorgvraagzwaarte, or nothing."},
    {"JH034", field, fout, "complexiteit", "Gebruik voor complexiteit een getal van 1 tot en met 3, of niets.",
     "Use a number from 1 to 3 for complexiteit, or nothing."},

    {"JH101", field, fout, "bsn", "Controleer het BSN: het voldoet niet aan de elfproef.",
     "Check the BSN: it fails the eleven-test."},
    {"JH102", record, fout, "",
     "Gebruik de plaatshouder voor een ongeboren kind bij BSN en geboortedatum allebei, of bij geen van beide.",
     "Use the placeholders for an unborn child in both BSN and date of birth, or in neither."},
    {"JH103", record, fout, "", "Controleer de geboortedatum: die ligt na de datum van aanvang.",
     "Check the date of birth: it lies after the start date."},
    {"JH104", record, fout, "",
     "Controleer de geboortedatum en de datum van aanvang: de jeugdige was te oud voor jeugdhulp.",
     "Check the dates of birth and start: the client was too old for youth care."},
    {"JH105", record, fout, "", "Controleer de datums: de einddatum ligt voor de datum van aanvang.",
     "Check the dates: the end lies before the start."},
    {"JH106", record, fout, "",
     "Lever alleen hulp aan die in de verslagperiode liep: begonnen voor het einde ervan, niet beëindigd voor het "
     "begin of in de toekomst.",
     "Deliver only help of the reporting period: started before its end, not ended before its start or in the future."},
    {"JH107", record, fout, "", "Vul de einddatum en de reden van beëindiging allebei in, of geen van beide.",
     "Fill in both the end date and the reason for ending, or neither."},
    {"JH108", record, fout, "verwijzer",
     "Vul de werkelijke verwijzer in: deze code mag niet bij deze datum van aanvang.",
     "Fill in the real referrer: this code may not be used with this start date."},
    {"JH109", record, signaal, "", "Controleer de datums: een verblijf van een dag of korter is ongebruikelijk.",
     "Check the dates: a stay of one day or less is unusual."},
    {"JH110", record, fout, "",
     "Vul bij elke meting met een score de informant in, en laat de informant weg als er geen score is.",
     "Give the informant with every measurement that has a score, and none without."},
    {"JH111", record, fout, "", "Geef bij twee metingen twee verschillende informanten op.",
     "Give two different informants for two measurements."},
    {"JH112", record, signaal, "", "Kijk of er voor deze beëindigde hulp een meting is en lever die mee.",
     "See whether there is a measurement for this ended help, and deliver it."},
    {"JH113", record, signaal, "", "Controleer de einddatum: er is een meting maar de hulp loopt nog.",
     "Check the end date: there is a measurement but the help has not ended."},
    {"JH114", record, fout, "perspectief",
     "Kies een ander perspectief: deze code bestaat in deze verslagperiode niet meer.",
     "Choose another perspective: this code no longer exists in this reporting period."},
    {"JH115", record, signaal, "productcategorie",
     "Gebruik een actuele productcategorie: deze code is in deze verslagperiode vervallen.",
     "Use a current product category: this code has lapsed in this reporting period."},
    {"JH116", record, fout, "postcode",
     "Schrijf de postcode als 1234AB; gebruik alleen als die onbekend is een gemeentecode die bij aanvang bestond.",
     "Write the postcode as 1234AB; only when unknown, use a municipality code that existed at the start."},
    {"JH117", record, signaal, "", "Controleer of dit verlengde jeugdhulp is: de jeugdige was bij aanvang 18 of ouder.",
     "Check whether this is extended youth care: the client was 18 or over at the start."},
    {"JH118", record, fout, "gemeentecode", "Gebruik een gemeentecode die op de datum van aanvang bestond.",
     "Use a municipality code that existed on the start date."},
    {"JH119", field, fout, "psn",
     "Lever een jeugdige zonder BSN in een bestand met de kolom bsn aan: een pre-pseudoniem van 32 gelijke cijfers is "
     "geen kind.",
     "Deliver a child without a BSN in a file with the column bsn: a pre-pseudonym of 32 equal digits is no child."},
    {"JH120", record, signaal, "",
     "Vul het BSN en de geboortedatum in zodra het kind geboren is: deze hulp duurt al langer dan een zwangerschap.",
     "Fill in the BSN and date of birth once the child is born: this help has lasted longer than a pregnancy."},

    {"JH201", file, fout, "",
     "Voeg de records met hetzelfde BSN, dezelfde datum van aanvang en hulpvorm samen tot één.",
     "Merge the records with the same BSN, start date and form of help into one."},
    {"JH202", file, fout, "",
     "Pas de datums aan: twee trajecten van deze jeugdige met dezelfde hulpvorm overlappen elkaar.",
     "Adjust the dates: two trajectories of this child with the same form of help overlap."},
    {"JH203", file, fout, "",
     "Controleer dit BSN: het staat in het bestand met verschillende geboortedatums of geslachten.",
     "Check this BSN: the file has it with different dates of birth or sexes."},
    {"JH204", file, signaal, "",
     "Controleer de scores in het hele bestand: bij een indicator is in alle metingen dezelfde score ingevuld.",
     "Check the scores of the whole file: all measurements of an indicator have the same score."},
    {"JH205", file, signaal, "",
     "Controleer de einddatums in het hele bestand: een groot deel van de hulp eindigt op een en dezelfde dag.",
     "Check the end dates of the whole file: a large part of the help ends on one and the same day."},
    {"JH207", file, signaal, "",
     "Controleer of dit een tweeling is: een ander record zonder BSN heeft dezelfde gegevens.",
     "Check whether these are twins: another record without BSN has the same data."},

    {"JH301", history, signaal, "",
     "Controleer of het bestand volledig is: het aantal records wijkt sterk af van de vorige vergelijkbare periode.",
     "Check that the file is complete: its number of records differs much from the previous comparable period."},
    {"JH303", history, signaal, "",
     "Lever dit traject aan of sluit het af: het liep in de vorige aanlevering (de rij is die van toen) en ontbreekt "
     "nu zonder einddatum.",
     "Deliver or end this trajectory: it ran in the previous delivery (whose row this is) and is missing without an "
     "end."},

    {"JH401", contract, fout, "gemeentecode",
     "Controleer de gemeentecode: voor deze gemeente is geen overeenkomst van kracht.",
     "Check the municipality code: no agreement for this municipality is in force."},
};

constexpr std::array<FieldRules, dataset::kFieldCount> kFieldRules = {{
    {"JH001", "JH002"}, {"JH003", "JH004"}, {"JH005", "JH006"}, {"JH007", "JH008"}, {"JH009", ""},
    {"JH010", "JH011"}, {"JH012", "JH013"}, {"JH014", "JH015"}, {"JH016", "JH017"}, {"JH018", "JH019"},
    {"", "JH020"},      {"", "JH021"},      {"", "JH022"},      {"", "JH023"},      {"", "JH024"},
    {"", "JH025"},      {"", "JH026"},      {"", "JH027"},      {"", "JH028"},      {"", "JH029"},
    {"", "JH030"},      {"", "JH031"},      {"", "JH032"},      {"", "JH033"},      {"", "JH034"},
}};

}  // namespace

std::string_view toString(Level level) {
  switch (level) {
    case field:
      return "field";
    case record:
      return "record";
    case file:
      return "file";
    case history:
      return "history";
    case contract:
      return "contract";
  }
  return "unknown";
}

std::span<const Rule> rules() {
  return kRules;
}

const Rule* findRule(std::string_view code) {
  const auto* at = std::lower_bound(std::begin(kRules), std::end(kRules), code,
                                    [](const Rule& rule, std::string_view wanted) { return rule.code < wanted; });
  return at != std::end(kRules) && at->code == code ? at : nullptr;
}

const FieldRules& fieldRules(dataset::Field field) {
  return kFieldRules[static_cast<std::size_t>(field)];
}

void requireKnownRules(const dataset::Definitions& definitions) {
  std::string mistakes;
  const auto wrong = [&](const dataset::Definition& definition, const std::string& what, std::string_view rule = {}) {
    const std::string place = definition.placeOf(rule);
    mistakes += fmt::format("{}{}{}dataset {} {}: {}", mistakes.empty() ? "" : "\n", place, place.empty() ? "" : ": ",
                            definition.dataset(), definition.version(), what);
  };
  for (const dataset::Definition& definition : definitions.all()) {
    for (const auto& [code, thresholds] : definition.rules()) {
      const Rule* rule = findRule(code);
      if (rule == nullptr || code < "JH101") {
        wrong(definition, fmt::format("rule {} cannot be judged", code), code);
        continue;
      }
      for (const std::string& mistake : mistakesIn(code, thresholds)) wrong(definition, mistake, code);
    }
    for (const dataset::FieldDefinition& field : definition.fields())
      if (field.required && fieldRules(field.field).required.empty())
        wrong(definition, fmt::format("{} cannot be required", field.name));
  }
  if (!mistakes.empty()) throw Error(ErrorKind::config, mistakes);
}

}  // namespace sluis::validate
