// Re-keying as the database sees it: batches, locks, what a run does meanwhile. The permutation here is a plain XOR.
#include "load/rekey.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "load/load.h"
#include "support/database.h"

namespace sluis::load {
namespace {

using namespace std::chrono_literals;

const Instant kNow = std::chrono::sys_days(2026y / 7 / 1);

// From version f to t: every byte changes by what is added between them, so that 1 -> 2 -> 3 is 1 -> 3.
void recipher(std::uint16_t, std::uint16_t from, std::uint16_t to, std::span<std::byte> pseudonyms) {
  for (auto& byte : pseudonyms) byte ^= std::byte(from * 16) ^ std::byte(to * 16);
}

PseudonymousTrajectory record(std::uint32_t child, std::uint16_t municipality, std::uint16_t version) {
  PseudonymousTrajectory record;
  record.pseudonym[0] = std::byte(child >> 16);
  record.pseudonym[1] = std::byte(child >> 8 & 0xff);
  record.pseudonym[2] = std::byte(child & 0xff);
  recipher(0, 0, version, record.pseudonym);
  record.stepOneVersion = 1;
  record.domainVersion = version;
  record.row = child + 1;
  record.birthYear = 2012;
  record.municipality = municipality;
  record.start = 20000;
  record.form = 2;
  return record;
}

class RekeyTest : public testing::Test {
 protected:
  // Children 0 … n-1, of GM0034 and (every fifth) of GM0363, under the versions in force; a batch of P0001.
  void load(std::int64_t delivery, std::uint32_t count, std::string_view period = "2026H1") {
    postgres::Transaction transaction(daemon_);
    const std::vector<std::uint16_t> both = {34, 363};
    const auto versions = versionsInForce(transaction, both, [](std::uint16_t) { return std::uint16_t{1}; });
    std::vector<PseudonymousTrajectory> records;
    for (std::uint32_t child = 0; child < count; ++child) {
      const std::uint16_t municipality = child % 5 == 4 ? 363 : 34;
      records.push_back(record(child, municipality, versions.at(municipality)));
    }
    Load load(transaction, delivery);
    load.write(records);
    load.finish();
    enterBatch(transaction, {delivery, "P0001", "jeugdhulp", *Period::parse(period), kNow}, count);
    transaction.commit();
  }
  Rotation begin(std::uint16_t to) {
    postgres::Transaction transaction(daemon_);
    const auto rotation = beginRotation(transaction, {34, to, "beheer", kNow});
    transaction.commit();
    return rotation;
  }
  Pass some(Rotation& rotation, postgres::Connection& connection) {
    postgres::Transaction transaction(connection);
    const Pass pass = rekeySome(transaction, rotation, recipher);
    transaction.commit();
    return pass;
  }
  // To the end, as sluisd would.
  void complete(Rotation& rotation) {
    for (int passes = 0; passes < 3; ++passes) {
      while (some(rotation, daemon_) == Pass::going) {
      }
      postgres::Transaction transaction(daemon_);
      if (remaining(daemon_, rotation) == 0) {
        finishRotation(transaction, rotation, kNow);
        transaction.commit();
        return;
      }
      startPass(transaction, rotation);
      transaction.commit();
    }
    FAIL() << "records stay behind";
  }
  std::int64_t count(const std::string& where) {
    return admin_.exec("SELECT count(*) FROM care.trajectory WHERE " + where).only().integer(0);
  }
  // Every child's pseudonym is what its version says; nothing is lost.
  void mustBeRight(std::int64_t records) {
    EXPECT_EQ(count("true"), records);
    for (const auto& row : admin_.exec("SELECT uuid_send(pseudonym) AS p, row, municipality, domain_version"
                                       " FROM care.trajectory")) {
      const auto expected = record(row.integer<std::uint32_t>("row") - 1, row.integer<std::uint16_t>("municipality"),
                                   row.integer<std::uint16_t>("domain_version"));
      ASSERT_EQ(toHex(row.get<Bytes>("p")), toHex(expected.pseudonym));
    }
  }

  test::Database database_;
  postgres::Connection admin_ = database_.connect();
  postgres::Connection daemon_ = database_.connect("sluis_daemon");
  postgres::Connection other_ = database_.connect("sluis_daemon");
};

TEST_F(RekeyTest, BringsADomainUnderItsNewVersionAndLeavesTheOthersAlone) {
  load(1, 1000);
  load(2, 500, "2025H2");
  auto rotation = begin(2);
  EXPECT_EQ(rotation.from, 1);
  complete(rotation);
  EXPECT_EQ(rotation.records, 1200U);
  EXPECT_EQ(count("municipality = 34 AND domain_version = 2"), 1200);
  EXPECT_EQ(count("municipality = 363 AND domain_version = 1"), 300);
  mustBeRight(1500);
  EXPECT_TRUE(rotationsUnderWay(daemon_).empty());
  EXPECT_EQ(count("delivery = 2"), 500);
}

TEST_F(RekeyTest, WorksInBatchesAndGoesOnWhereTheLastOneWasCommitted) {
  load(1, 30'000);
  auto rotation = begin(2);
  ASSERT_EQ(some(rotation, daemon_), Pass::going);
  const auto first = rotation.records;
  EXPECT_GT(first, 5'000U);
  EXPECT_LT(first, 30'000U);
  {  // killed between the change and the commit
    postgres::Transaction transaction(daemon_);
    rekeySome(transaction, rotation, recipher);
  }
  auto restarted = findRotation(daemon_, rotation.id).value();
  EXPECT_EQ(restarted.records, first);
  complete(restarted);
  EXPECT_EQ(restarted.records, 24'000U);
  mustBeRight(30'000);
}

TEST_F(RekeyTest, FindsItsRecordsByPlaceWhateverThePlannerBelieves) {
  load(1, 30'000);
  auto first = begin(2);
  complete(first);
  admin_.exec("ANALYZE care.trajectory_001");  // "all of version 2": what a rotation to 3 leaves true for long
  admin_.exec("UPDATE care.trajectory SET domain_version = 1 WHERE municipality = 34");
  daemon_.exec("SET statement_timeout = '3s'");
  other_.exec("SET statement_timeout = '3s'");
  auto second = begin(3);
  {
    postgres::Transaction run(other_);
    EXPECT_EQ(bringToForce(run, {1}, recipher), 24'000U);
  }
  complete(second);
  EXPECT_EQ(second.records, 24'000U);
}

TEST_F(RekeyTest, NewRecordsGetTheNewVersionFromTheFirstMoment) {
  load(1, 100);
  auto rotation = begin(2);
  load(2, 100, "2025H2");
  EXPECT_EQ(count("delivery = 2 AND municipality = 34 AND domain_version = 2"), 80);
  complete(rotation);
  EXPECT_EQ(rotation.records, 80U);
  mustBeRight(200);
}

TEST_F(RekeyTest, BeginsOnlyWhenNoLoadOfTheOldVersionIsInHand) {
  load(1, 10);
  postgres::Transaction loading(other_);
  const std::vector<std::uint16_t> domain = {34};
  versionsInForce(loading, domain, [](std::uint16_t) { return std::uint16_t{1}; });
  daemon_.exec("SET lock_timeout = '100ms'");
  EXPECT_THROW(begin(2), postgres::DatabaseError);
  loading.commit();
  EXPECT_EQ(begin(2).to, 2);
}

TEST_F(RekeyTest, PassesByWhatARunHasInHandAndComesBackForIt) {
  load(1, 100);
  load(2, 100, "2025H2");
  auto rotation = begin(2);
  {
    postgres::Transaction run(other_);
    EXPECT_EQ(bringToForce(run, {1}, recipher), 80U);
    EXPECT_EQ(some(rotation, daemon_), Pass::blocked);
    EXPECT_EQ(rotation.records, 80U);
    EXPECT_EQ(remaining(daemon_, rotation), 80U);
  }  // the run's delivery was held: all it did is undone
  complete(rotation);
  EXPECT_EQ(rotation.records, 160U);
  mustBeRight(200);
}

TEST_F(RekeyTest, ComparesWhatIsHalfwayUnderOneVersion) {
  load(1, 30'000);
  auto rotation = begin(2);
  ASSERT_EQ(some(rotation, daemon_), Pass::going);
  postgres::Transaction run(other_);
  const std::vector<std::uint16_t> both = {34, 363};
  const auto versions = versionsInForce(run, both, [](std::uint16_t) { return std::uint16_t{1}; });
  std::vector<PseudonymousTrajectory> records;
  for (std::uint32_t child = 100; child < 30'000; ++child)
    records.push_back(record(child, child % 5 == 4 ? 363 : 34, versions.at(child % 5 == 4 ? 363 : 34)));
  Load load(run, 2);
  load.write(records);
  load.finish();
  EXPECT_GT(compareWith(run, 1, 2).deleted, 5'000U) << "or this test proves nothing";
  EXPECT_EQ(bringToForce(run, {1}, recipher), 24'000 - rotation.records);
  EXPECT_EQ(compareWith(run, 1, 2).deleted, 100U);
  removeEarlier(run, 1);
  enterBatch(run, {2, "P0001", "jeugdhulp", *Period::parse("2026H1"), kNow}, records.size());
  run.commit();
  complete(rotation);
  mustBeRight(29'900);
}

TEST_F(RekeyTest, StartsAnewWhenTheTableLiesOtherwiseThanItWasLeft) {
  load(1, 30'000);
  auto rotation = begin(2);
  ASSERT_EQ(some(rotation, daemon_), Pass::going);
  admin_.script(
      "CREATE TEMPORARY TABLE saved AS SELECT * FROM care.trajectory ORDER BY domain_version DESC, row DESC;"
      "TRUNCATE care.trajectory; INSERT INTO care.trajectory_001 SELECT * FROM pg_temp.saved");
  complete(rotation);
  EXPECT_EQ(count("municipality = 34 AND domain_version = 1"), 0);
  mustBeRight(30'000);
}

TEST_F(RekeyTest, RefusesWhatIsUnderWayNotNewerOrEmpty) {
  load(1, 10);
  EXPECT_THROW(begin(1), Error);
  begin(2);
  EXPECT_THROW(begin(3), Error);
  postgres::Transaction transaction(daemon_);
  EXPECT_THROW(beginRotation(transaction, {518, 2, "beheer", kNow}), Error);
}

TEST_F(RekeyTest, TellsThoseWhoMaySeeNoRecordHowManyThereAreUnderEachVersion) {
  load(1, 100);
  auto rotation = begin(2);
  load(2, 10, "2025H2");
  auto connection = database_.connect("sluis_admin");
  EXPECT_THROW(connection.exec("SELECT * FROM care.trajectory"), postgres::DatabaseError);
  const auto use = keyUse(connection);
  ASSERT_EQ(use.size(), 3U);
  EXPECT_EQ(use[0].records, 80U);
  EXPECT_EQ(use[1].version, 2);
  EXPECT_EQ(use[1].records, 8U);
  EXPECT_EQ(use[2].municipality, 363);
  EXPECT_EQ(domains(connection).at(34), 2);
  ASSERT_EQ(rotationsUnderWay(connection).size(), 1U);
  EXPECT_EQ(rotationsUnderWay(connection)[0].askedBy, "beheer");
}

TEST_F(RekeyTest, LetsTheDaemonChangeNothingOfARecordButItsPseudonym) {
  load(1, 10);
  EXPECT_THROW(daemon_.exec("UPDATE care.trajectory SET birth_year = 2013"), postgres::DatabaseError);
  EXPECT_THROW(daemon_.exec("UPDATE care.trajectory SET delivery = 2"), postgres::DatabaseError);
  EXPECT_THROW(daemon_.exec("UPDATE care.trajectory_001 SET birth_year = 2013"), postgres::DatabaseError);
}

}  // namespace
}  // namespace sluis::load
