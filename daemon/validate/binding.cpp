#include "validate/binding.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace sluis::validate {

namespace {

constexpr std::size_t kNamed = 10;

std::string listed(const std::vector<std::string>& items) {
  if (items.size() <= kNamed) return fmt::format("{}", fmt::join(items, ", "));
  return fmt::format("{} en nog {}", fmt::join(items.begin(), items.begin() + kNamed, ", "), items.size() - kNamed);
}

bool isChoice(const dataset::Definition& definition, dataset::Field field) {
  return std::find(definition.oneOf().begin(), definition.oneOf().end(), field) != definition.oneOf().end();
}

}  // namespace

Result<std::vector<BoundColumn>, Refusal> bindColumns(const dataset::Definition& definition,
                                                      std::span<const std::string> columns) {
  std::vector<BoundColumn> bound;
  std::array<bool, dataset::kFieldCount> seen{};
  std::vector<std::string> unknown;
  std::vector<std::string> twice;
  for (std::uint32_t column = 0; column < columns.size(); ++column) {
    const dataset::FieldDefinition* field = definition.findColumn(columns[column]);
    if (field == nullptr) {
      unknown.push_back(std::to_string(column + 1));
    } else if (std::exchange(seen[static_cast<std::size_t>(field->field)], true)) {
      twice.push_back(field->name);
    } else {
      bound.push_back({field, column});
    }
  }
  if (bound.empty())
    return failure(Refusal{RefusalCode::FMT02, "De eerste regel bevat geen enkele kolomnaam van de dataset."});

  std::vector<std::string> missing;
  for (const dataset::FieldDefinition& field : definition.fields())
    if (field.required && !isChoice(definition, field.field) && !seen[static_cast<std::size_t>(field.field)])
      missing.push_back(field.name);
  std::vector<std::string> choices;
  for (const dataset::Field field : definition.oneOf()) choices.emplace_back(kindOf(field).name);
  const auto chosen = std::count_if(definition.oneOf().begin(), definition.oneOf().end(),
                                    [&](dataset::Field field) { return seen[static_cast<std::size_t>(field)]; });

  std::vector<std::string> told;
  if (!missing.empty()) told.push_back(fmt::format("Deze kolommen ontbreken: {}.", listed(missing)));
  if (!choices.empty() && chosen != 1)
    told.push_back(fmt::format("Precies één van deze kolommen moet er zijn: {}.", fmt::join(choices, ", ")));
  if (!twice.empty()) told.push_back(fmt::format("Deze kolommen staan er dubbel: {}.", listed(twice)));
  if (!unknown.empty())
    told.push_back(fmt::format("Kolommen met een onbekende naam staan op plaats: {}.", listed(unknown)));
  if (!told.empty()) return failure(Refusal{RefusalCode::FMT02, fmt::format("{}", fmt::join(told, " "))});
  return bound;
}

}  // namespace sluis::validate
