#include "validate/rules_text.h"

#include <fmt/format.h>

#include "validate/rules.h"

namespace sluis::validate {

namespace {

// What a line of the table has no room for.
constexpr std::string_view kNotes =
    "\nEen veld dat niet te lezen is heeft zijn eigen fout. De andere regels die ernaar kijken zwijgen alleen als hun "
    "uitkomst ervan\nafhangt.\n\n"
    "JH203: een onbekend geslacht (O) en een onbekende dag of maand (00) spreken niets tegen. Twee records met M en O, "
    "of "
    "met\n20140512 en 20140500, geven dus niets.\n\n"
    "JH205: met minder einddatums dan de drempel `least` zegt een aandeel niets en wordt het niet bekeken. Dat aantal "
    "is "
    "een keuze\nvan Sluis, te wijzigen in het bestand van de dataset.\n\n"
    "*A field that cannot be read has an error of its own; other rules that look at it keep silent only when it "
    "decides "
    "their\noutcome. JH203: an unknown sex (O), day or month (00) contradicts nothing. JH205: with fewer end dates "
    "than "
    "`least`, a\nchoice of ours, a share says nothing.*\n";

// Where a rule holds: those of the fields in every version that has the field (and, if so, requires it).
bool holdsIn(const Rule& rule, const dataset::Definition& definition) {
  if (definition.hasRule(rule.code)) return true;
  for (const dataset::FieldDefinition& field : definition.fields()) {
    const FieldRules& own = fieldRules(field.field);
    if (rule.code == own.content || (rule.code == own.required && field.required)) return true;
  }
  return false;
}

std::string versionsOf(const Rule& rule, const dataset::Definitions& definitions, std::string_view quote) {
  std::string versions;
  for (const dataset::Definition& definition : definitions.all())
    if (holdsIn(rule, definition))
      versions += fmt::format("{}{}{} {}{}", versions.empty() ? "" : ", ", quote, definition.dataset(),
                              definition.version(), quote);
  return versions;
}

// The thresholds of the latest version in which it holds.
std::string thresholdsOf(const Rule& rule, const dataset::Definitions& definitions, std::string_view quote,
                         std::string_view is, std::string_view comma) {
  std::string text;
  for (const dataset::Definition& definition : definitions.all()) {
    const auto found = definition.rules().find(rule.code);
    if (found == definition.rules().end()) continue;
    text.clear();
    for (const auto& [name, value] : found->second)
      text += fmt::format("{}{}{}{}{}{}", text.empty() ? "" : comma, quote, name, quote, is, value);
  }
  return text;
}

}  // namespace

std::string rulesAsText(const dataset::Definitions& definitions) {
  std::string text;
  for (const Rule& rule : rules())
    text += fmt::format("{}  {:8}  {:7}  {:20}  {}  [{}]\n", rule.code, toString(rule.level), toString(rule.severity),
                        rule.field.empty() ? "-" : rule.field, rule.dutch, versionsOf(rule, definitions, ""));
  return text;
}

std::string rulesAsMarkdown(const dataset::Definitions& definitions) {
  std::string text =
      "# Controleregels\n\n"
      "Elke regel die een aanlevering moet doorstaan. Een `fout` maakt het record fout, een `signaal` vraagt om een "
      "tweede\n"
      "blik. Deze bladzijde is gemaakt met `sluis rules --markdown`; wijzig haar niet met de hand.\n\n"
      "*Every rule a delivery must pass. A `fout` makes the record wrong, a `signaal` asks for a second look.*\n\n"
      "| code | niveau | ernst | veld | wat te doen | what to do | drempels | geldt in "
      "|\n|---|---|---|---|---|---|---|---|\n";
  for (const Rule& rule : rules())
    text += fmt::format(
        "| {} | {} | {} | {} | {} | {} | {} | {} |\n", rule.code, toString(rule.level), toString(rule.severity),
        rule.field.empty() ? std::string("–") : fmt::format("`{}`", rule.field), rule.dutch, rule.english,
        thresholdsOf(rule, definitions, "", " ", ", "), versionsOf(rule, definitions, ""));
  return text += kNotes;
}

std::string rulesAsJson(const dataset::Definitions& definitions) {
  // The texts are our own and hold neither quotes nor backslashes; a test holds that.
  std::string text = "[\n";
  for (const Rule& rule : rules())
    text += fmt::format(
        R"(  {{"code":"{}","level":"{}","severity":"{}","field":{},"versions":[{}],"thresholds":{{{}}},"nl":"{}","en":"{}"}}{})",
        rule.code, toString(rule.level), toString(rule.severity),
        rule.field.empty() ? std::string("null") : fmt::format("\"{}\"", rule.field),
        versionsOf(rule, definitions, "\""), thresholdsOf(rule, definitions, "\"", ":", ","), rule.dutch, rule.english,
        &rule == &rules().back() ? "\n" : ",\n");
  return text + "]\n";
}

}  // namespace sluis::validate
