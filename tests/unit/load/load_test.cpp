#include "load/load.h"

#include <gtest/gtest.h>

#include "support/database.h"

namespace sluis::load {
namespace {

using namespace std::chrono_literals;

DayNumber dayNumber(Day day) {
  return static_cast<DayNumber>(day.time_since_epoch().count());
}

// Records that differ in pseudonym by `child`.
PseudonymousTrajectory record(std::uint32_t child, std::uint8_t form = 3) {
  PseudonymousTrajectory record;
  record.pseudonym[0] = std::byte(child >> 8);
  record.pseudonym[15] = std::byte(child & 0xff);
  record.stepOneVersion = 1;
  record.domainVersion = 2;
  record.row = child;
  record.birthYear = 2012;
  record.sex = 'V';
  record.municipality = 34;
  record.start = dayNumber(std::chrono::sys_days(2026y / 2 / 28));
  record.referrer = 2;
  record.form = form;
  return record;
}

std::vector<PseudonymousTrajectory> children(std::uint32_t from, std::uint32_t to) {
  std::vector<PseudonymousTrajectory> records;
  for (auto child = from; child < to; ++child) records.push_back(record(child));
  return records;
}

class LoadTest : public testing::Test {
 protected:
  std::int64_t count() { return connection_.exec("SELECT count(*) FROM care.trajectory").only().integer(0); }
  void load(std::int64_t delivery, std::span<const PseudonymousTrajectory> records) {
    postgres::Transaction transaction(connection_);
    Load load(transaction, delivery);
    load.write(records);
    EXPECT_EQ(load.finish(), records.size());
    transaction.commit();
  }
  Batch batch(std::int64_t delivery) const {
    return {delivery, "P0001", "jeugdhulp", *Period::parse("2026H1"), std::chrono::sys_days(2026y / 7 / 1)};
  }

  test::Database database_;
  postgres::Connection admin_ = database_.connect();
  postgres::Connection connection_ = database_.connect("sluis_daemon");
};

TEST_F(LoadTest, EveryFieldArrivesInItsColumn) {
  auto full = record(1);
  full.row = 4'000'000;
  full.unlinked = true;
  full.prePseudonym = true;
  full.stepOneVersion = 300;
  full.birthMonth = 12;
  full.postcode4 = 1315;
  full.residence = 1999;
  full.crisis = 'N';
  full.end = dayNumber(std::chrono::sys_days(1999y / 12 / 31));
  full.reason = 5;
  full.perspective = 4;
  full.productCategory = 55;
  full.profile = 11;
  full.severity = 1;
  full.complexity = 2;
  full.measurements[0] = {.satisfaction = 10, .goOn = 4, .goals = 1, .informant = 'J'};
  full.measurements[1] = {.satisfaction = 9, .goOn = 3, .goals = 2, .informant = 'O'};
  full.keys = {.trajectory = 0xfedcba98, .youth = 0x01020304, .parent = 0xffffffff};
  load(7, std::vector{full});
  const auto json = connection_.exec("SELECT to_jsonb(t)::text FROM care.trajectory_named t").only().text(0);
  EXPECT_EQ(json,
            R"({"row": 4000000, "sex": "V", "form": 3, "crisis": "N", "reason": 5, "go_on_1": 4, "go_on_2": 3, )"
            R"("goals_1": 1, "goals_2": 2, "profile": 11, "delivery": 7, "end_date": "1999-12-31", "referrer": 2, )"
            R"("severity": 1, "unit_key": 4275878552, "unlinked": true, "postcode4": 1315, )"
            R"("pseudonym": "00000000-0000-0000-0000-000000000001", "residence": 1999, "youth_key": 16909060, )"
            R"("birth_year": 2012, "complexity": 2, "parent_key": 4294967295, "start_date": "2026-02-28", )"
            R"("birth_month": 12, "informant_1": "J", "informant_2": "O", "perspective": 4, "municipality": 34, )"
            R"("pre_pseudonym": true, "domain_version": 2, "satisfaction_1": 10, "satisfaction_2": 9, )"
            R"("product_category": 55, )"
            R"("step_one_version": 300})");
}

TEST_F(LoadTest, WhatWasNotGivenIsNull) {
  auto unborn = record(1);
  unborn.birthYear = 0;
  load(7, std::vector{unborn});
  const auto row = connection_
                       .exec(
                           "SELECT num_nulls(end_date, reason, perspective, product_category, profile, severity,"
                           " complexity, satisfaction_1, go_on_1, goals_1, satisfaction_2, go_on_2, goals_2,"
                           " informant_1, informant_2, crisis, postcode4, residence, birth_month, birth_year) AS nulls,"
                           " num_nulls(VARIADIC ARRAY(SELECT value FROM jsonb_each_text(to_jsonb(t)))) AS all"
                           " FROM care.trajectory_named t")
                       .only();
  EXPECT_EQ(row.integer("nulls"), 20);
  EXPECT_EQ(row.integer("all"), 20);
}

TEST_F(LoadTest, ARecordOfBeforeHasNoKeysAndAllElse) {
  load(7, children(1, 3));
  // As version 5 of the schema had it.
  connection_.exec("UPDATE care.trajectory_007 SET codes = substr(codes, 1, 23) WHERE row = 1");
  const auto rows = connection_.exec("SELECT * FROM care.trajectory_named ORDER BY row");
  ASSERT_EQ(rows.size(), 2U);
  for (const char* key : {"unit_key", "youth_key", "parent_key"}) {
    EXPECT_TRUE(rows[0].isNull(key)) << key;
    EXPECT_EQ(rows[1].integer(key), 0) << key;
  }
  EXPECT_EQ(rows[0].get<std::string>("sex"), "V");
  EXPECT_EQ(rows[0].integer("referrer"), 2);
}

TEST_F(LoadTest, NothingStaysOfWhatIsNotCommitted) {
  {
    postgres::Transaction transaction(connection_);
    Load load(transaction, 7);
    load.write(children(0, 100));
    load.finish();
  }
  EXPECT_EQ(count(), 0);
}

TEST_F(LoadTest, ADeliveryLiesWholeInThePartOfItsNumber) {
  for (const std::int64_t delivery : {7, 8, 135}) {
    postgres::Transaction transaction(connection_);
    Load records(transaction, delivery);
    records.write(children(0, 10));
    records.finish();
    enterBatch(transaction, {delivery, fmt::format("P{}", delivery), "jeugdhulp", *Period::parse("2026H1"), Instant{}},
               10);
    transaction.commit();
  }
  const auto in = [&](const std::string& table) {
    return connection_.exec(fmt::format("SELECT count(*) FROM {}", table)).only().integer(0);
  };
  EXPECT_EQ(in("care.trajectory_007"), 20);
  EXPECT_EQ(in("care.trajectory_008"), 10);
  EXPECT_EQ(in("ONLY care.trajectory"), 0);
  EXPECT_EQ(count(), 30);
  postgres::Transaction transaction(connection_);
  EXPECT_EQ(removeEarlier(transaction, 7), 10U);
  transaction.commit();
  EXPECT_EQ(in("care.trajectory_007"), 10) << "135 lies there too, and stays";
}

TEST_F(LoadTest, NothingCanLieOutsideTheParts) {
  auto owner = database_.connect();
  EXPECT_THROW(owner.exec("INSERT INTO care.trajectory (delivery, pseudonym, row, start_date, municipality,"
                          " domain_version, form, codes) VALUES (1, gen_random_uuid(), 1, now(), 34, 1, 1, '')"),
               postgres::DatabaseError);
}

TEST_F(LoadTest, AbandonedLoadLeavesNoRowAndAnUsableTransaction) {
  postgres::Transaction transaction(connection_);
  transaction.exec("INSERT INTO intake.run (node, kind, started) VALUES ('n', 'asked', now())");
  Load load(transaction, 7);
  load.write(children(0, 5000));
  load.abandon();
  EXPECT_TRUE(load.isAbandoned());
  load.write(children(0, 10));
  load.abandon();
  EXPECT_THROW(load.finish(), Error);
  transaction.commit();
  EXPECT_EQ(count(), 0);
  EXPECT_EQ(connection_.exec("SELECT count(*) FROM intake.run").only().integer(0), 1);
}

TEST_F(LoadTest, LoadThatGoesOutOfScopeLeavesNoRow) {
  postgres::Transaction transaction(connection_);
  {
    Load load(transaction, 7);
    load.write(children(0, 5000));
  }
  transaction.commit();
  EXPECT_EQ(count(), 0);
}

TEST_F(LoadTest, ReplacementCountsWhatCameAgainAndWhatIsGone) {
  load(1, children(0, 100));
  postgres::Transaction transaction(connection_);
  enterBatch(transaction, batch(1), 100);
  auto later = children(20, 150);
  later[0].form = 4;  // child 20 came with another form of help: the record with the earlier one is gone
  {
    Load load(transaction, 2);
    load.write(later);
    load.finish();
  }
  ASSERT_EQ(loadedDelivery(transaction, "P0001", "jeugdhulp", *Period::parse("2026H1")), 1);
  EXPECT_EQ(loadedDelivery(transaction, "P0001", "jeugdhulp", *Period::parse("2026Q1")), std::nullopt);
  const auto replacement = compareWith(transaction, 1, 2);
  EXPECT_EQ(replacement.earlier, 100u);
  EXPECT_EQ(replacement.replaced, 79u);
  EXPECT_EQ(replacement.deleted, 21u);
  EXPECT_EQ(transaction.exec("SHOW enable_nestloop").only().text(0), "on");
  EXPECT_EQ(removeEarlier(transaction, 1), 100u);
  enterBatch(transaction, batch(2), 130);
  transaction.commit();
  EXPECT_EQ(count(), 130);
  EXPECT_EQ(connection_.exec("SELECT delivery FROM care.batch").only().integer(0), 2);
}

TEST_F(LoadTest, TwinsWithoutANumberAreNotCountedTwice) {
  load(1, std::vector{record(1), record(1), record(2)});
  load(2, std::vector{record(1), record(1)});
  postgres::Transaction transaction(connection_);
  const auto replacement = compareWith(transaction, 1, 2);
  EXPECT_EQ(replacement.earlier, 3u);
  EXPECT_EQ(replacement.deleted, 1u);
}

TEST_F(LoadTest, PeriodIsLoadedOnce) {
  postgres::Transaction transaction(connection_);
  enterBatch(transaction, batch(1), 0);
  EXPECT_THROW(enterBatch(transaction, batch(2), 0), postgres::DatabaseError);
}

}  // namespace
}  // namespace sluis::load
