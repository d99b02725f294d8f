// Small snapshots made by hand, and whole ones from a Table, for the tests of this room.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "protect/engine.h"
#include "snapshot/snapshot.h"
#include "support/temp_dir.h"

namespace sluis::protect::test {

/// One trajectory, with everything that is not named left out.
struct Record {
  std::uint32_t child = 0;
  std::string provider = "P0001";
  std::uint8_t form = 2;
  std::uint8_t referrer = 2;
  std::uint8_t reason = 1;
  std::uint8_t start = 1;
  std::uint8_t end = 12;
  std::uint8_t youth = 0;   ///< mark
  std::uint8_t parent = 0;  ///< mark
  std::uint8_t goOn = 0;    ///< both halves
  std::uint8_t goals = 0;   ///< both halves
  std::uint8_t flags = 0;
  std::uint32_t key = 0, keyYouth = 0, keyParent = 0;
};

/// Children in order, at providers P0001 to P0009; 2024Q1 to 2026Q4.
inline snapshot::Table tableOf(const std::vector<Record>& records, const std::string& domain = "GM0034") {
  snapshot::Table table;
  table.facts.id = domain + "-000001";
  table.facts.domain = domain;
  table.facts.made = std::chrono::sys_days(std::chrono::year(2026) / 11 / 22);
  table.facts.firstQuarter = 2024 * 4;
  table.facts.lastQuarter = 2026 * 4 + 3;
  table.facts.ruleSet = "jeugdhulp 5.1; sluis test";
  for (int i = 1; i < 10; ++i) table.facts.providers.push_back({"P000" + std::to_string(i), "Aanbieder"});
  table.facts.rows = records.size();
  std::uint32_t before = 0;
  for (const Record& record : records) {
    const auto last = static_cast<std::uint32_t>(table.facts.children);
    if (table.child.empty() || record.child != before) {
      table.child.push_back(last);
      ++table.facts.children;
    } else {
      table.child.push_back(last - 1);
    }
    before = record.child;
    table.key.push_back(record.key);
    table.keyYouth.push_back(record.keyYouth);
    table.keyParent.push_back(record.keyParent);
    table.provider.push_back(static_cast<std::uint16_t>(record.provider.back() - '1'));
    table.form.push_back(record.form);
    table.referrer.push_back(record.referrer);
    table.reason.push_back(record.reason);
    table.profile.push_back(0);
    table.productCategory.push_back(0);
    table.perspective.push_back(0);
    table.severity.push_back(0);
    table.complexity.push_back(0);
    table.start.push_back(record.start);
    table.end.push_back(record.end);
    table.satisfaction.push_back(static_cast<std::uint8_t>(record.youth | record.parent << 4));
    table.goOn.push_back(record.goOn);
    table.goals.push_back(record.goals);
    table.flags.push_back(record.flags);
  }
  return table;
}

inline std::shared_ptr<const snapshot::Snapshot> snapshotOf(const snapshot::Table& table) {
  const sluis::test::TempDir dir;
  snapshot::write(dir / "one.snapshot", table);
  return snapshot::Snapshot::open(dir / "one.snapshot");  // stays mapped
}

/// A table of noise as published figures use it, with the default parameters.
inline const ptable::PerturbationTable& noiseTable() {
  static const ptable::PerturbationTable table = ptable::PerturbationTable::make({});
  return table;
}

inline Published publishedOf(const snapshot::Table& table, Withheld withheld = {}) {
  return {snapshotOf(table), noiseTable(), std::move(withheld)};
}

inline std::vector<report::Value> valuesOf(const std::vector<std::string>& keys) {
  std::vector<report::Value> values;
  for (const std::string& key : keys) values.push_back({key, key});
  return values;
}

}  // namespace sluis::protect::test
