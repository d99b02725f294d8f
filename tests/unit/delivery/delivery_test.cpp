#include "delivery/delivery.h"

#include <gtest/gtest.h>

#include "delivery/findings.h"
#include "delivery/runs.h"
#include "support/database.h"

namespace sluis::delivery {
namespace {

using namespace std::chrono_literals;
using enum DeliveryState;

const Instant kNow = std::chrono::sys_days(std::chrono::year(2026) / 11 / 22) + 12h;

class DeliveryTest : public testing::Test {
 protected:
  DeliveryTest() {
    auto owner = database_.connect();
    owner.script(
        "INSERT INTO register.provider (code, name, mails) VALUES ('P0001', 'a', '{a@b.nl}'), ('P0002', 'b', "
        "'{a@b.nl}')");
    signer_ = owner
                  .exec(
                      "INSERT INTO register.signer (provider, kind, public_key, fingerprint)"
                      " VALUES ('P0001', 'ssh', $1, 'SHA256:x') RETURNING id",
                      Bytes(4))
                  .only()
                  .integer(0);
  }

  template <typename Change>
  auto committed(Change change) {
    return test::committed(connection_, change);
  }

  static Bytes digest(int of) { return Bytes(32, static_cast<std::byte>(of)); }

  std::string arrive(int name, const std::string& node = "n1", const std::string& provider = "P0001",
                     DeliveryState state = waiting) {
    const auto id = newId(connection_);
    committed([&](auto& transaction) {
      putArriving(transaction, {.id = id,
                                .provider = provider,
                                .file = "jeugdhulp_2026H1.csv",
                                .nameDigest = digest(name),
                                .node = node,
                                .state = state,
                                .firstSeen = kNow});
    });
    return id;
  }
  Verified verified(const std::string& period, int bytes) const {
    return {.dataset = "jeugdhulp",
            .period = period,
            .size = 150'000'000,
            .sha256 = digest(bytes),
            .signatureKind = "ssh",
            .signerId = signer_,
            .signerFingerprint = "SHA256:x",
            .received = kNow + 1s};
  }
  std::string queued(int name, const std::string& period = "2026H1", const std::string& node = "n1",
                     const std::string& provider = "P0001", Instant at = kNow) {
    const auto id = arrive(name, node, provider);
    EXPECT_TRUE(committed([&](auto& transaction) { return queue(transaction, id, verified(period, name), at); }));
    return id;
  }
  std::int64_t run(RunKind kind = RunKind::asked, std::optional<Instant> due = std::nullopt) {
    return committed([&](auto& transaction) { return startRun(transaction, "n1", kind, due, kNow); });
  }
  void acceptIt(const std::string& id, std::int64_t in) {
    committed([&](auto& transaction) { accept(transaction, id, in, {.records = 3, .loaded = 3}, kNow + 1h); });
  }
  std::string next(const std::string& node = "n1", const std::vector<std::string>& except = {}) {
    postgres::Transaction transaction(connection_);
    const auto found = lockNextQueued(transaction, node, kNow + 1min, except);
    return found ? found->id : "";
  }

  test::Database database_;
  postgres::Connection connection_ = database_.connect("sluis_daemon");
  std::int64_t signer_ = 0;
};

TEST(DeliveryId, HasAtLeastSixDigits) {
  EXPECT_EQ(idOf(1), "D000001");
  EXPECT_EQ(idOf(1234567), "D1234567");
}

TEST(DeliveryStates, EveryStateIsReadBack) {
  for (const auto state : {receiving, waiting, queued, accepted, rejected, held, superseded, quarantined}) {
    EXPECT_EQ(stateFrom(toString(state)), state);
  }
  EXPECT_EQ(stateFrom("lost"), std::nullopt);
}

TEST_F(DeliveryTest, IdsAreNeverGivenTwice) {
  const auto first = newId(connection_);
  {
    postgres::Transaction transaction(connection_);
    EXPECT_NE(newId(transaction.connection()), first);
  }
  EXPECT_EQ(newId(connection_), "D000003");
}

TEST_F(DeliveryTest, ArrivingIsBroughtUpToDateUntilItIsTaken) {
  const auto id = arrive(1, "n1", "P0001", receiving);
  committed([&](auto& transaction) {
    putArriving(transaction, {.id = id,
                              .provider = "P0001",
                              .file = "x",
                              .nameDigest = digest(1),
                              .node = "n1",
                              .state = waiting,
                              .dataset = "jeugdhulp",
                              .period = "2026H1",
                              .size = 10,
                              .firstSeen = kNow + 5s});
  });
  const auto row = find(connection_, id);
  ASSERT_TRUE(row);
  EXPECT_EQ(row->state, waiting);
  EXPECT_EQ(row->size, 10u);
  EXPECT_EQ(row->period, "2026H1");
  EXPECT_EQ(row->firstSeen, kNow);
  EXPECT_EQ(row->nameDigest, digest(1));
  ASSERT_EQ(arriving(connection_, "n1").size(), 1u);
  EXPECT_TRUE(arriving(connection_, "n2").empty());
}

TEST_F(DeliveryTest, WhatWasTakenCannotBePutBackOrRemoved) {
  const auto id = queued(1);
  EXPECT_THROW(
      committed([&](auto& transaction) {
        putArriving(
            transaction,
            {.id = id, .provider = "P0001", .file = "x", .nameDigest = digest(1), .node = "n1", .firstSeen = kNow});
      }),
      Error);
  EXPECT_FALSE(committed([&](auto& transaction) { return removeArriving(transaction, id); }));
  const auto other = arrive(2);
  EXPECT_TRUE(committed([&](auto& transaction) { return removeArriving(transaction, other); }));
  EXPECT_EQ(find(connection_, other), std::nullopt);
}

TEST_F(DeliveryTest, NameIsFreeAgainOnceItsFileWasTaken) {
  arrive(1);
  EXPECT_THROW(arrive(1), postgres::DatabaseError);
  arrive(1, "n2");
  queued(2);
  arrive(2);
}

TEST_F(DeliveryTest, QueuedCarriesWhatWasVerified) {
  const auto id = queued(7);
  const auto row = *find(connection_, id);
  EXPECT_EQ(row.state, DeliveryState::queued);
  EXPECT_EQ(row.sha256, digest(7));
  EXPECT_EQ(row.size, 150'000'000u);
  EXPECT_EQ(row.signatureKind, "ssh");
  EXPECT_EQ(row.signerId, signer_);
  EXPECT_EQ(row.received, kNow + 1s);
  EXPECT_EQ(row.queuedAt, kNow);
  EXPECT_EQ(row.processed, std::nullopt);
  EXPECT_FALSE(committed([&](auto& transaction) { return queue(transaction, id, verified("2026H1", 7), kNow); }));
}

TEST_F(DeliveryTest, WhoUploadedIsKeptWhetherItIsTakenOrRefused) {
  EXPECT_EQ(find(connection_, queued(7))->uploadedBy, std::nullopt);
  Verified mine = verified("2026H1", 8);
  mine.uploadedBy = 12;
  mine.secondFactorAt = kNow - 60s;
  const auto id = arrive(8);
  committed([&](auto& transaction) { return queue(transaction, id, mine, kNow); });
  EXPECT_EQ(find(connection_, id)->uploadedBy, 12);
  EXPECT_EQ(find(connection_, id)->secondFactorAt, kNow - 60s);
  const auto other = arrive(9);
  RefusalFacts facts;
  facts.uploadedBy = 13;
  facts.secondFactorAt = kNow;
  committed([&](auto& transaction) {
    return refuse(transaction, other, DeliveryState::rejected, {RefusalCode::PER01, {}}, facts, kNow);
  });
  EXPECT_EQ(find(connection_, other)->uploadedBy, 13);
}

TEST_F(DeliveryTest, RefusalKeepsCodeDetailAndWhatIsKnown) {
  const auto id = arrive(1);
  EXPECT_TRUE(committed([&](auto& transaction) {
    return refuse(transaction, id, quarantined, {RefusalCode::SIG03, "Sleutel onbekend."},
                  {.size = 12, .sha256 = digest(9), .signatureKind = "cms", .received = kNow}, kNow + 2s);
  }));
  const auto row = *find(connection_, id);
  EXPECT_EQ(row.state, quarantined);
  EXPECT_EQ(row.code, "SIG03");
  EXPECT_EQ(row.detail, "Sleutel onbekend.");
  EXPECT_EQ(row.size, 12u);
  EXPECT_EQ(row.signatureKind, "cms");
  EXPECT_EQ(row.signerId, std::nullopt);
  EXPECT_EQ(row.processed, kNow + 2s);
  EXPECT_FALSE(committed([&](auto& transaction) {
    return refuse(transaction, id, rejected, {RefusalCode::NAM, ""}, {}, kNow);
  }));
  EXPECT_EQ(find(connection_, id)->state, quarantined);
}

TEST_F(DeliveryTest, NextFollowsArrivalButTheNewestOfAGroupComesFirst) {
  const auto a1 = queued(1, "2026H1");
  const auto b1 = queued(2, "2025H2");
  const auto a2 = queued(3, "2026H1");
  queued(4, "2026H1", "n2");
  queued(5, "2026H1", "n1", "P0001", kNow + 2min);  // after the cut-off
  EXPECT_EQ(next(), a2);
  EXPECT_EQ(next("n1", {a2}), a1);
  EXPECT_EQ(next("n1", {a2, a1}), b1);
  EXPECT_EQ(next("n1", {a2, a1, b1}), "");
  EXPECT_EQ(next("n3"), "");
}

TEST_F(DeliveryTest, LockedDeliveryIsSkippedByOthers) {
  const auto first = queued(1, "2026H1");
  const auto second = queued(2, "2025H2");
  auto other = database_.connect("sluis_daemon");
  postgres::Transaction held(other);
  ASSERT_EQ(lockNextQueued(held, "n1", kNow, {})->id, first);
  EXPECT_EQ(next(), second);
}

TEST_F(DeliveryTest, AcceptedCarriesCountsAndSupersedesTheOlder) {
  const auto old = queued(1);
  const auto period = queued(2, "2025H2");
  const auto current = queued(3);
  const auto newer = queued(4);
  const auto in = run();
  const auto gone = committed([&](auto& transaction) {
    const auto locked = lockQueued(transaction, current);
    accept(transaction, current, in,
           {.records = 100,
            .wrongRecords = 1,
            .loaded = 99,
            .replaced = 90,
            .deleted = 4,
            .errors = 2,
            .warnings = 5,
            .detected = "csv",
            .replaces = period},
           kNow + 1h);
    return supersedeOlder(transaction, *locked, in, kNow + 1h);
  });
  const auto row = *find(connection_, current);
  EXPECT_EQ(row.state, accepted);
  EXPECT_EQ(row.records, 100u);
  EXPECT_EQ(row.wrongRecords, 1u);
  EXPECT_EQ(row.loaded, 99u);
  EXPECT_EQ(row.replaced, 90u);
  EXPECT_EQ(row.deleted, 4u);
  EXPECT_EQ(row.errors, 2u);
  EXPECT_EQ(row.warnings, 5u);
  EXPECT_EQ(row.detected, "csv");
  EXPECT_EQ(row.replaces, period);
  EXPECT_EQ(row.run, in);
  EXPECT_EQ(row.code, std::nullopt);
  ASSERT_EQ(gone.size(), 1u);
  EXPECT_EQ(gone[0].id, old);
  EXPECT_EQ(gone[0].state, superseded);
  EXPECT_EQ(gone[0].supersededBy, current);
  EXPECT_EQ(find(connection_, newer)->state, DeliveryState::queued);
  EXPECT_EQ(find(connection_, period)->state, DeliveryState::queued);
  EXPECT_EQ(acceptedOf(connection_, "P0001", "jeugdhulp", "2026H1")->id, current);
  EXPECT_EQ(acceptedOf(connection_, "P0002", "jeugdhulp", "2026H1"), std::nullopt);
}

TEST_F(DeliveryTest, NothingIsJudgedTwice) {
  const auto id = queued(1);
  const auto in = run();
  acceptIt(id, in);
  EXPECT_THROW(acceptIt(id, in), Error);
  EXPECT_THROW(committed([&](auto& transaction) {
                 reject(transaction, id, in, rejected, {RefusalCode::VAL01, ""}, {}, kNow);
               }),
               Error);
  EXPECT_EQ(find(connection_, id)->state, accepted);
  postgres::Transaction transaction(connection_);
  EXPECT_EQ(lockQueued(transaction, id), std::nullopt);
}

TEST_F(DeliveryTest, LaterAcceptedOneIsTheOneThatStands) {
  const auto in = run();
  const auto first = queued(1);
  acceptIt(first, in);
  const auto second = queued(2);
  acceptIt(second, in);
  EXPECT_EQ(acceptedOf(connection_, "P0001", "jeugdhulp", "2026H1")->id, second);
  EXPECT_EQ(lastAccepted(connection_, "P0001", "jeugdhulp")->id, second);
  EXPECT_EQ(find(connection_, first)->state, accepted);
}

TEST_F(DeliveryTest, SameBytesAreFoundAmongWhatWasTakenOnly) {
  const auto taken = queued(1);
  const auto refused = arrive(2);
  committed([&](auto& transaction) {
    return refuse(transaction, refused, rejected, {RefusalCode::PER01, ""}, {.sha256 = digest(1)}, kNow);
  });
  const auto found = sameBytes(connection_, digest(1));
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].id, taken);
  EXPECT_TRUE(sameBytes(connection_, digest(2)).empty());
}

TEST_F(DeliveryTest, ListIsOldestFirstWithoutTrialsAndFiltered) {
  const auto one = queued(1);
  const auto two = arrive(2, "n2", "P0002");
  const auto trial = newId(connection_);
  committed([&](auto& transaction) {
    putArriving(transaction, {.id = trial,
                              .provider = "P0001",
                              .file = "x",
                              .nameDigest = digest(1),
                              .node = "n1",
                              .trial = true,
                              .firstSeen = kNow});
  });
  const auto ids = [&](const Filter& filter) {
    std::string text;
    for (const auto& found : list(connection_, filter)) text += found.id + " ";
    return text;
  };
  EXPECT_EQ(ids({}), one + " " + two + " ");
  EXPECT_EQ(ids({.trials = true}), one + " " + two + " " + trial + " ");
  EXPECT_EQ(ids({.provider = "P0002"}), two + " ");
  EXPECT_EQ(ids({.state = DeliveryState::queued}), one + " ");
  EXPECT_EQ(ids({.node = "n2"}), two + " ");
  EXPECT_EQ(ids({.since = kNow + 1s}), "");
  EXPECT_EQ(ids({.limit = 1}), two + " ");
  EXPECT_EQ(find(connection_, "d000001")->id, one);
}

TEST_F(DeliveryTest, FindingsComeBackInOrderWithExactCounts) {
  const auto id = queued(1);
  Findings given;
  given.kept = {{.row = 3, .field = "bsn", .rule = "JH101", .severity = Severity::fout},
                {.row = 9, .field = "", .rule = "JH112", .severity = Severity::signaal},
                {.row = 9, .field = "hulpvorm", .rule = "JH007", .severity = Severity::fout}};
  given.counts = {{"JH101", 70'000}, {"JH112", 1}, {"JH007", 1}};
  committed([&](auto& transaction) { writeFindings(transaction, id, given); });
  const auto read = findings(connection_, id);
  ASSERT_EQ(read.size(), 3u);
  EXPECT_EQ(read[0].row, 3u);
  EXPECT_EQ(read[0].field, "bsn");
  EXPECT_EQ(read[1].field, std::nullopt);
  EXPECT_EQ(read[1].severity, "signaal");
  EXPECT_EQ(read[2].rule, "JH007");
  EXPECT_EQ(findings(connection_, id, 2, 5).size(), 1u);
  EXPECT_EQ(findings(connection_, id, 0, 2).size(), 2u);
  const auto counts = findingCounts(connection_, id);
  ASSERT_EQ(counts.size(), 3u);
  EXPECT_EQ(counts[1].rule, "JH101");
  EXPECT_EQ(counts[1].count, 70'000u);
  EXPECT_EQ(counts[2].severity, "signaal");
}

TEST_F(DeliveryTest, FinishedRunCountsItsDeliveries) {
  const auto due = kNow - 1min;
  const auto in = run(RunKind::scheduled, due);
  acceptIt(queued(1), in);
  const auto wrong = queued(2, "2025H2");
  committed([&](auto& transaction) {
    reject(transaction, wrong, in, rejected, {RefusalCode::VAL01, "x"}, {.records = 5, .errors = 2}, kNow);
  });
  EXPECT_EQ(find(connection_, wrong)->code, "VAL01");
  EXPECT_EQ(lastRunDue(connection_), std::nullopt);
  const auto finish = [&](auto& transaction) {
    return finishRun(transaction, in, RunOutcome::done, std::nullopt, kNow + 1h);
  };
  const auto done = committed(finish);
  EXPECT_EQ(done.deliveries, 2u);
  EXPECT_EQ(done.accepted, 1u);
  EXPECT_EQ(done.refused, 1u);
  EXPECT_EQ(done.due, due);
  EXPECT_EQ(done.outcome, RunOutcome::done);
  EXPECT_EQ(lastRunDue(connection_), due);
  EXPECT_EQ(findRun(connection_, in)->finished, kNow + 1h);
  EXPECT_THROW(committed(finish), Error);
}

TEST_F(DeliveryTest, RunOfADeadProcessIsBrokenOffByTheNext) {
  const auto dead = run(RunKind::scheduled, kNow);
  acceptIt(queued(1), dead);
  const auto next = run(RunKind::catchUp, kNow);
  EXPECT_EQ(findRun(connection_, dead)->outcome, RunOutcome::brokenOff);
  EXPECT_EQ(findRun(connection_, dead)->accepted, 1u);
  EXPECT_EQ(findRun(connection_, next)->outcome, std::nullopt);
  EXPECT_EQ(findRun(connection_, next)->kind, RunKind::catchUp);
  EXPECT_EQ(lastRunDue(connection_), std::nullopt);
  const auto all = runs(connection_);
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[0].id, dead);
  EXPECT_EQ(runs(connection_, 1)[0].id, next);
}

}  // namespace
}  // namespace sluis::delivery
