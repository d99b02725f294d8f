#include "cli/output.h"

#include <gtest/gtest.h>

namespace sluis::cli {
namespace {

TEST(Output, ColumnsAreAsWideAsTheirWidestCell) {
  Table table({"id", "name"});
  table.add({"D000001", "Één"});
  table.add({"D2", "x"});
  EXPECT_EQ(table.text("none"), "id       name\nD000001  Één\nD2       x\n");
}

TEST(Output, AnEmptyTableSaysWhatItMeans) {
  EXPECT_EQ(Table({"id"}).text("no deliveries"), "no deliveries\n");
}

TEST(Output, ASheetLeavesOutWhatThereIsNot) {
  Sheet sheet;
  sheet.add("provider", std::string("P0001"));
  sheet.add("code", std::optional<std::string>());
  sheet.add("id", std::optional<std::string>("D000001"));
  EXPECT_EQ(sheet.text(), "provider  P0001\nid        D000001\n");
}

TEST(Output, NoTimeIsNull) {
  EXPECT_TRUE(orNull(std::optional<Instant>()).is_null());
  EXPECT_EQ(orNull(std::optional<Instant>(Instant{})), "1970-01-01T00:00:00.000000Z");
  EXPECT_EQ(localTime({}), "");
}

}  // namespace
}  // namespace sluis::cli
