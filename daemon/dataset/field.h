// The fields of a jeugdhulp record (JEUGDHULP §2) that model/trajectory.h has a place for. Which of them a version of
// the dataset has, how they are called, whether they are required and what they may hold is data: see definition.h.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace sluis::dataset {

enum class Field : std::uint8_t {
  bsn,
  psn,
  geboortedatum,
  geslacht,
  postcode,
  gemeentecode,
  verwijzer,
  hulpvorm,
  gestartMetCrisis,
  datumAanvang,
  datumEinde,
  redenBeeindiging,
  tevredenheid1,
  tevredenheid2,
  zonderHulpVerder1,
  zonderHulpVerder2,
  doelrealisatie1,
  doelrealisatie2,
  informant1,
  informant2,
  perspectief,
  productcategorie,
  profiel,
  zorgvraagzwaarte,
  complexiteit,
};
inline constexpr std::size_t kFieldCount = 25;

/// How a cell is written.
enum class Form : std::uint8_t {
  bsn,           ///< nine digits, or eight with the leading zero lost
  psn,           ///< 32 hex digits
  birthDate,     ///< JJJJMMDD, JJJJMM00, JJJJ0000 or a placeholder for unborn
  date,          ///< JJJJMMDD, a real day
  postcode,      ///< 1234AB or a municipality code
  municipality,  ///< GM0034 or 0034
  code,          ///< a code of two digits from a list
  letter,        ///< one of a few capital letters
  number,        ///< a whole number without leading zero, within a range
};

struct FieldKind {
  Field field;
  std::string_view name;  ///< as in the header of a delivery, lower case: "datum_aanvang"
  Form form;              ///< the form model/trajectory.h can hold
};

/// All fields, in the order of the enumeration.
const std::array<FieldKind, kFieldCount>& fieldKinds();
inline const FieldKind& kindOf(Field field) {
  return fieldKinds()[static_cast<std::size_t>(field)];
}
std::optional<Field> findField(std::string_view name);

/// How many digits every cell of that form has that is a number at all; 0 when cells are of any length or no digits.
/// (A number in `postcode` can only be a municipality's.)
unsigned digitsOf(Form form);

/// "code", "birth_date": as `form:` in a dataset's file.
std::string_view toString(Form form);

}  // namespace sluis::dataset
