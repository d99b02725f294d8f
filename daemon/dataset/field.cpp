#include "dataset/field.h"

namespace sluis::dataset {

namespace {

constexpr std::array<FieldKind, kFieldCount> kKinds = {{
    {Field::bsn, "bsn", Form::bsn},
    {Field::psn, "psn", Form::psn},
    {Field::geboortedatum, "geboortedatum", Form::birthDate},
    {Field::geslacht, "geslacht", Form::letter},
    {Field::postcode, "postcode", Form::postcode},
    {Field::gemeentecode, "gemeentecode", Form::municipality},
    {Field::verwijzer, "verwijzer", Form::code},
    {Field::hulpvorm, "hulpvorm", Form::code},
    {Field::gestartMetCrisis, "gestart_met_crisis", Form::letter},
    {Field::datumAanvang, "datum_aanvang", Form::date},
    {Field::datumEinde, "datum_einde", Form::date},
    {Field::redenBeeindiging, "reden_beeindiging", Form::code},
    {Field::tevredenheid1, "tevredenheid_1", Form::number},
    {Field::tevredenheid2, "tevredenheid_2", Form::number},
    {Field::zonderHulpVerder1, "zonder_hulp_verder_1", Form::number},
    {Field::zonderHulpVerder2, "zonder_hulp_verder_2", Form::number},
    {Field::doelrealisatie1, "doelrealisatie_1", Form::number},
    {Field::doelrealisatie2, "doelrealisatie_2", Form::number},
    {Field::informant1, "informant_1", Form::letter},
    {Field::informant2, "informant_2", Form::letter},
    {Field::perspectief, "perspectief", Form::code},
    {Field::productcategorie, "productcategorie", Form::code},
    {Field::profiel, "profiel", Form::number},
    {Field::zorgvraagzwaarte, "zorgvraagzwaarte", Form::number},
    {Field::complexiteit, "complexiteit", Form::number},
}};

constexpr bool inOrder() {
  for (std::size_t i = 0; i < kKinds.size(); ++i)
    if (static_cast<std::size_t>(kKinds[i].field) != i) return false;
  return true;
}
static_assert(inOrder(), "kindOf() indexes by the field");

}  // namespace

const std::array<FieldKind, kFieldCount>& fieldKinds() {
  return kKinds;
}

std::optional<Field> findField(std::string_view name) {
  for (const FieldKind& kind : kKinds)
    if (kind.name == name) return kind.field;
  return std::nullopt;
}

unsigned digitsOf(Form form) {
  switch (form) {
    case Form::bsn:
      return 9;
    case Form::birthDate:
    case Form::date:
      return 8;
    case Form::postcode:
    case Form::municipality:
      return 4;
    case Form::code:
      return 2;
    case Form::psn:
    case Form::letter:
    case Form::number:
      return 0;
  }
  return 0;
}

std::string_view toString(Form form) {
  switch (form) {
    case Form::bsn:
      return "bsn";
    case Form::psn:
      return "psn";
    case Form::birthDate:
      return "birth_date";
    case Form::date:
      return "date";
    case Form::postcode:
      return "postcode";
    case Form::municipality:
      return "municipality";
    case Form::code:
      return "code";
    case Form::letter:
      return "letter";
    case Form::number:
      return "number";
  }
  return "unknown";
}

}  // namespace sluis::dataset
