// Published snapshots in a folder of a test's own, as sluis-snapshot leaves them.
#pragma once

#include <filesystem>
#include <string>

#include "protect/withheld.h"
#include "ptable/ptable.h"
#include "snapshot/snapshot.h"
#include "support/synthetic_table.h"

namespace sluis::test {

inline std::string tableText() {
  static const std::string kText = ptable::PerturbationTable::make({}).text();
  return kText;
}

/// Writes <folder>/<domain>/<id>.{withheld,snapshot}; returns the id.
inline std::string publish(const std::filesystem::path& folder, const std::string& domain, unsigned number,
                           unsigned providers = 5) {
  Synthetic wanted;
  wanted.children = 300;
  wanted.domain = domain;
  wanted.number = number;
  wanted.providers = providers;
  snapshot::Table table = syntheticTable(wanted);
  table.facts.table = tableText();
  table.facts.made += std::chrono::hours(24 * wanted.number);
  const auto place = folder / wanted.domain;
  std::filesystem::create_directories(place);
  const auto building = place / (table.facts.id + ".building");
  const auto digest = snapshot::write(building, table);
  protect::writeWithheld(place / (table.facts.id + ".withheld"), {}, digest);
  std::filesystem::rename(building, place / (table.facts.id + ".snapshot"));
  return table.facts.id;
}

}  // namespace sluis::test
