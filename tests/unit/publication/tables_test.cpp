// The standard tables of two snapshots that differ in what one child could bring: when its help began.
#include "publication/tables.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "support/temp_dir.h"
#include "unit/figures/published_files.h"

namespace sluis::publication {
namespace {

/// Every quarter that is listed, for whom and of what.
std::set<std::string> quartersListed(std::int32_t firstQuarter) {
  const std::filesystem::path config = std::filesystem::path(SLUIS_SOURCE_DIR) / "config";
  const auto definitions = dataset::Definitions::load(config / "datasets", config / "codelists");
  const test::TempDir folder;
  test::Synthetic wanted;
  wanted.children = 30;
  wanted.providers = 2;
  wanted.quarters = 4;
  wanted.firstQuarter = firstQuarter;
  snapshot::Table table = test::syntheticTable(wanted);
  table.facts.table = test::tableText();
  table.facts.made = Instant(Day(std::chrono::year(2026) / 11 / 22).time_since_epoch());
  const auto file = folder.path() / (table.facts.id + ".snapshot");
  protect::writeWithheld(folder.path() / (table.facts.id + ".withheld"), {}, snapshot::write(file, table));
  std::set<std::string> listed;
  for (const auto& each : standardTables(protect::Published::open(file), definitions, 1))
    if (each.outcome.query.by == report::Dimension::start || each.outcome.query.by == report::Dimension::end)
      for (const auto& row : each.outcome.rows)
        listed.insert(each.provider.value_or("") + " " + std::string(report::toString(each.outcome.query.indicator)) +
                      " " + std::string(report::toString(each.outcome.query.by)) + " " + row.value.key);
  return listed;
}

TEST(StandardTables, ListTheSameQuartersWhateverTheRecordsAre) {
  const auto late = quartersListed(2024 * 4);
  EXPECT_EQ(late, quartersListed(2016 * 4 + 2));
  EXPECT_EQ(late, quartersListed(2009 * 4));
  EXPECT_EQ(late.count(" uitval end 2015Q1") + late.count("P0001 uitval start 2026Q4"), 2U);
}

}  // namespace
}  // namespace sluis::publication
