#include "validate/law.h"

#include <algorithm>

namespace sluis::validate {

namespace {

const dataset::CodeList* codesOf(const dataset::Definition& definition, dataset::Field field) {
  const dataset::FieldDefinition* found = definition.find(field);
  return found == nullptr ? nullptr : found->codes.get();
}

}  // namespace

Law::Law(const dataset::Definition& definition, const Period& period, Day received, const Coverage& coverage)
    : definition_(definition),
      forms_(codesOf(definition, hulpvorm), 100),
      reasons_(codesOf(definition, redenBeeindiging), 100) {
  for (const auto& [code, thresholds] : definition.rules())
    if (findRule(code) != nullptr) on_.set(ruleIndex(code));
  if (!coverage.hasRegister()) on_.reset(ruleIndex("JH401"));
  circumstances_.periodFirst = dayNumber(period.first());
  circumstances_.periodLast = dayNumber(period.last());
  circumstances_.received = dayNumber(received);
  circumstances_.municipalities = KnownCodes(codesOf(definition, gemeentecode), 10000);
  circumstances_.referrers = KnownCodes(codesOf(definition, verwijzer), 100);
  circumstances_.perspectives = KnownCodes(codesOf(definition, perspectief), 100);
  circumstances_.productCategories = KnownCodes(codesOf(definition, productcategorie), 100);
  circumstances_.coverage = coverage;
  for (KnownCodes* codes : {&forms_, &reasons_})
    codes->keepThoseOf(circumstances_.periodFirst, circumstances_.periodLast);
  setThresholds();
}

void Law::setThresholds() {
  if (definition_.hasRule("JH104")) circumstances_.tooOld = definition_.threshold("JH104", "age");
  if (definition_.hasRule("JH109")) {
    circumstances_.firstStay = static_cast<unsigned>(definition_.threshold("JH109", "first_form"));
    circumstances_.lastStay = static_cast<unsigned>(definition_.threshold("JH109", "last_form"));
    circumstances_.shortStay = definition_.threshold("JH109", "days");
  }
  if (definition_.hasRule("JH117")) {
    circumstances_.adultFrom = definition_.threshold("JH117", "from_age");
    circumstances_.adultTo = definition_.threshold("JH117", "to_age");
  }
  if (definition_.hasRule("JH120")) circumstances_.longestUnborn = definition_.threshold("JH120", "days");
}

Result<void, Refusal> Law::bind(std::span<const std::string> columns) {
  const auto bound = bindColumns(definition_, columns);
  if (!bound) return failure(bound.error());
  columnCount_ = static_cast<std::uint32_t>(columns.size());
  for (const BoundColumn& column : *bound) columns_.push_back(columnFor(column));
  return {};
}

const KnownCodes* Law::codesOfField(dataset::Field field) const {
  switch (field) {
    case verwijzer:
      return &circumstances_.referrers;
    case hulpvorm:
      return &forms_;
    case redenBeeindiging:
      return &reasons_;
    case perspectief:
      return &circumstances_.perspectives;
    case productcategorie:
      return &circumstances_.productCategories;
    default:
      return nullptr;
  }
}

Column Law::columnFor(const BoundColumn& bound) const {
  const dataset::FieldDefinition& field = *bound.field;
  const FieldRules& own = fieldRules(field.field);
  Column column{.at = bound.column,
                .field = field.field,
                .required = field.required,
                .min = field.min,
                .max = field.max,
                .values = {},
                .codes = {}};
  if (field.required) column.requiredRule = ruleIndex(own.required);
  if (!own.content.empty()) column.contentRule = ruleIndex(own.content);
  for (const char letter : field.letters)
    column.values[static_cast<unsigned char>(letter)] = static_cast<unsigned char>(letter);
  // A number of one digit; more are for the other way.
  for (unsigned digit = std::max(field.min, 1U); digit <= std::min(field.max, 9U); ++digit)
    column.values['0' + digit] = static_cast<std::uint8_t>(digit);
  for (unsigned code = 0; code < column.codes.size(); ++code)
    column.codes[code] = codesOfField(field.field) != nullptr && codesOfField(field.field)->has(code);
  return column;
}

}  // namespace sluis::validate
