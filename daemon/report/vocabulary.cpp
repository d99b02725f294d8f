#include "report/vocabulary.h"

#include <algorithm>
#include <array>
#include <set>

#include <fmt/format.h>

#include "report/phrases.h"
#include "report/texts.h"

namespace sluis::report {

namespace {

struct Source {
  Dimension dimension;
  dataset::Field field;
};
constexpr std::array kSources = {
    Source{Dimension::form, dataset::Field::hulpvorm},
    Source{Dimension::referrer, dataset::Field::verwijzer},
    Source{Dimension::reason, dataset::Field::redenBeeindiging},
    Source{Dimension::profile, dataset::Field::profiel},
    Source{Dimension::productCategory, dataset::Field::productcategorie},
    Source{Dimension::perspective, dataset::Field::perspectief},
    Source{Dimension::severity, dataset::Field::zorgvraagzwaarte},
    Source{Dimension::complexity, dataset::Field::complexiteit},
};

const std::string& nameOf(const dataset::Code& code, Language language) {
  return language == Language::english && !code.english.empty() ? code.english : code.name;
}

/// Codes and names of a field over all versions, in order of code; of a field that is a number, each number.
std::vector<Value> valuesOf(const dataset::Definitions& definitions, const Source& source, Language language) {
  std::vector<Value> values;
  unsigned most = 0;
  unsigned least = 1;
  bool mayBeOpen = false;
  for (const dataset::Definition& definition : definitions.all()) {
    const dataset::FieldDefinition* field =
        definition.dataset() == "jeugdhulp" ? definition.find(source.field) : nullptr;
    if (field == nullptr) continue;
    mayBeOpen = mayBeOpen || !field->required;
    if (field->form == dataset::Form::number) {
      most = std::max(most, field->max);
      least = std::min(least, field->min);
    } else if (field->codes) {
      for (const dataset::Code& code : field->codes->codes())
        if (std::none_of(values.begin(), values.end(), [&](const Value& value) { return value.key == code.code; }))
          values.push_back({code.code, nameOf(code, language)});
    }
  }
  std::sort(values.begin(), values.end(), [](const Value& a, const Value& b) { return a.key < b.key; });
  for (unsigned number = least; number <= most; ++number)
    values.push_back({std::to_string(number), fmt::format("{} {}", labelOf(source.dimension, language), number)});
  if (mayBeOpen)
    values.push_back(
        {std::string(kUnknown), std::string(source.dimension == Dimension::reason ? phrases(language).unknownOrRunning
                                                                                  : phrases(language).unknown)});
  return values;
}

std::vector<Value> municipalities(const dataset::Definitions& definitions, const std::vector<std::string>& codes) {
  const dataset::CodeList* list = definitions.codeList("gemeenten");
  std::vector<Value> values;
  for (const std::string& code : codes) {
    const dataset::Code* known = list == nullptr ? nullptr : list->find(code);
    values.push_back({code, known == nullptr ? code : known->name});
  }
  return values;
}

}  // namespace

Span quartersAt(Instant made) {
  constexpr int kYouthAct = 2015;
  const std::chrono::year_month_day day(std::chrono::floor<std::chrono::days>(made));
  return {Quarter::of(kYouthAct, 1), Quarter::of(std::max(kYouthAct, static_cast<int>(day.year())), 4)};
}

std::string labelOf(Quarter quarter, Language language) {
  static constexpr std::array kEndings = {"st", "nd", "rd", "th"};
  return fmt::format(fmt::runtime(phrases(language).quarter), quarter.quarter(), quarter.year(),
                     kEndings.at(static_cast<std::size_t>(quarter.quarter() - 1)));
}

Vocabulary vocabularyOf(const dataset::Definitions& definitions, const Area& area, Language language) {
  const bool english = language == Language::english;
  Vocabulary vocabulary;
  for (const Source& source : kSources) vocabulary.values[source.dimension] = valuesOf(definitions, source, language);
  vocabulary.values[Dimension::provider] = area.providers;
  vocabulary.values[Dimension::municipality] = municipalities(definitions, area.municipalities);
  vocabulary.values[Dimension::informant] = {{"J", english ? "Youth" : "Jeugdige"},
                                             {"O", english ? "Parent or carer" : "Ouder of opvoeder"}};
  for (const Indicator measure : {Indicator::satisfaction, Indicator::goOn, Indicator::goals})
    vocabulary.values[Dimension::measure].push_back(
        {std::string(toString(measure)), std::string(titleOf(measure, language))});
  std::vector<Value> quarters;
  for (Quarter quarter = area.first; quarter <= area.last; ++quarter.number)
    quarters.push_back({toString(quarter), labelOf(quarter, language)});
  vocabulary.values[Dimension::start] = quarters;
  vocabulary.values[Dimension::end] = std::move(quarters);
  return vocabulary;
}

std::vector<Value> rowsOf(const Query& query, const Vocabulary& vocabulary) {
  const std::vector<Value>& all = vocabulary.of(query.by);
  if (query.by != Dimension::start && query.by != Dimension::end) return all;
  const QuarterRange& range = query.by == Dimension::start ? query.start : query.end;
  std::vector<Value> rows;
  for (const Value& value : all)
    if ((!range.from || value.key >= toString(*range.from)) && (!range.to || value.key <= toString(*range.to)))
      rows.push_back(value);
  return rows;
}

}  // namespace sluis::report
