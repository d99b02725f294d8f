// Keys for records of before, as the database sees it: batches, locks, what else goes on. The keyer here is plain.
#include "load/unkeyed.h"

#include <gtest/gtest.h>

#include <tuple>

#include "load/load.h"
#include "support/database.h"

namespace sluis::load {
namespace {

using namespace std::chrono_literals;

UnitKeys plainKeys(const PseudonymousTrajectory& record) {
  UnitKeys keys{.trajectory = 0xffff0000U + static_cast<std::uint32_t>(record.start) + record.form};
  keys.trajectory ^= std::to_integer<std::uint32_t>(record.pseudonym[1]) << 8;
  for (const Measurement& measurement : record.measurements) {
    if (measurement.informant == 'J') keys.youth = keys.trajectory + 1;
    if (measurement.informant == 'O') keys.parent = keys.trajectory + 2;
  }
  return keys;
}

void keyer(std::uint16_t municipality, std::uint16_t version, std::span<PseudonymousTrajectory> records) {
  EXPECT_TRUE((municipality == 34 && version == 3) || (municipality == 363 && version == 1));
  for (auto& record : records) record.keys = plainKeys(record);
}

class UnkeyedTest : public testing::Test {
 protected:
  // Every fifth of GM0363; informants J, O, both ways round and none.
  static std::vector<PseudonymousTrajectory> records(std::uint32_t count) {
    std::vector<PseudonymousTrajectory> all(count);
    for (std::uint32_t i = 0; i < count; ++i) {
      auto& record = all[i];
      record.pseudonym[1] = std::byte(i & 0xff);
      record.row = i + 1;
      record.municipality = i % 5 == 4 ? 363 : 34;
      record.domainVersion = i % 5 == 4 ? 1 : 3;
      record.start = i % 7 == 0 ? -3 : 20000 + static_cast<DayNumber>(i % 100);
      record.form = static_cast<std::uint8_t>(1 + i % 11);
      record.sex = 'V';
      if (i % 3 == 1) record.measurements[0] = {8, 1, 2, 'J'};
      if (i % 3 == 2) record.measurements = {Measurement{8, 1, 2, 'O'}, Measurement{7, 1, 2, 'J'}};
      record.keys = plainKeys(record);
    }
    return all;
  }
  // Loaded with keys, then as version 5 of the schema would have left them.
  void loadUnkeyed(std::int64_t delivery, std::uint32_t count) {
    postgres::Transaction transaction(daemon_);
    Load load(transaction, delivery);
    load.write(records(count));
    load.finish();
    enterBatch(transaction,
               {delivery, fmt::format("P{:04}", delivery), "jeugdhulp", *Period::parse("2026H1"),
                std::chrono::sys_days(2026y / 7 / 1)},
               count);
    transaction.commit();
    admin_.exec(fmt::format("UPDATE care.trajectory_{:03} SET codes = substr(codes, 1, 23)", delivery));
    admin_.exec("INSERT INTO care.unkeyed (part) VALUES ($1)", delivery);
  }
  Pass some(std::uint64_t& keyed) {
    postgres::Transaction transaction(daemon_);
    const Pass pass = keySome(transaction, keyer, keyed);
    transaction.commit();
    return pass;
  }
  std::uint64_t all() {
    std::uint64_t keyed = 0;
    while (some(keyed) == Pass::going) {
    }
    return keyed;
  }
  void expectAsLoaded(std::uint32_t count) {
    const auto rows = daemon_.exec("SELECT row, unit_key, youth_key, parent_key, sex FROM care.trajectory_named");
    ASSERT_EQ(rows.size() % count, 0U);
    const auto expected = records(count);
    for (const auto& row : rows) {
      ASSERT_FALSE(row.isNull("unit_key"));
      const UnitKeys& keys = expected[row.integer<std::size_t>("row") - 1].keys;
      ASSERT_EQ(row.integer<std::uint32_t>("unit_key"), keys.trajectory);
      ASSERT_EQ(row.integer<std::uint32_t>("youth_key"), keys.youth);
      ASSERT_EQ(row.integer<std::uint32_t>("parent_key"), keys.parent);
      ASSERT_EQ(row.get<std::string>("sex"), "V");
    }
  }

  test::Database database_;
  postgres::Connection admin_ = database_.connect();
  postgres::Connection daemon_ = database_.connect("sluis_daemon");
};

TEST_F(UnkeyedTest, EveryRecordGetsWhatLoadingWouldHaveGiven) {
  EXPECT_FALSE(anyUnkeyed(daemon_));
  loadUnkeyed(7, 1000);
  loadUnkeyed(12, 1000);
  EXPECT_TRUE(anyUnkeyed(daemon_));
  EXPECT_EQ(all(), 2000U);
  EXPECT_FALSE(anyUnkeyed(daemon_));
  expectAsLoaded(1000);
  EXPECT_EQ(all(), 0U);
}

TEST_F(UnkeyedTest, ARunThatHasTheDeliveryIsWaitedFor) {
  loadUnkeyed(7, 100);
  {
    auto other = database_.connect("sluis_daemon");
    postgres::Transaction run(other);
    run.exec("SELECT 1 FROM care.batch WHERE delivery = 7 FOR UPDATE");
    std::uint64_t keyed = 0;
    EXPECT_EQ(some(keyed), Pass::blocked);
    EXPECT_EQ(keyed, 0U);
    EXPECT_TRUE(anyUnkeyed(daemon_));
  }
  EXPECT_EQ(all(), 100U);
  expectAsLoaded(100);
}

TEST_F(UnkeyedTest, WhatWasKilledGoesOnWithTheRest) {
  loadUnkeyed(7, 100);
  {
    postgres::Transaction transaction(daemon_);
    std::uint64_t keyed = 0;
    EXPECT_EQ(keySome(transaction, keyer, keyed), Pass::going);
    EXPECT_EQ(keyed, 100U);
  }  // never committed
  EXPECT_EQ(all(), 100U);
  expectAsLoaded(100);
}

TEST_F(UnkeyedTest, WhatLiesBeforeThePlaceWhereItIsIsFoundAtTheEnd) {
  loadUnkeyed(7, 100);
  admin_.exec("UPDATE care.unkeyed SET next_block = 1000000");
  EXPECT_EQ(all(), 100U);
  expectAsLoaded(100);
}

TEST_F(UnkeyedTest, RecordsThatHaveTheirKeysAreLeftAlone) {
  loadUnkeyed(7, 100);
  postgres::Transaction transaction(daemon_);
  Load load(transaction, 135);  // in the same part
  load.write(records(100));
  load.finish();
  transaction.commit();
  EXPECT_EQ(all(), 100U);
  expectAsLoaded(100);
}

}  // namespace
}  // namespace sluis::load
