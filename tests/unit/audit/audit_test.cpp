#include "audit/audit.h"

#include <gtest/gtest.h>

#include <thread>

#include "base/encoding.h"
#include "support/database.h"

namespace sluis::audit {
namespace {

using namespace std::chrono_literals;

Event event(int number) {
  return {.what = "delivery.accepted",
          .at = std::chrono::sys_days(2026y / 11 / 22) + std::chrono::seconds(number),
          .subject = "D00000" + std::to_string(number % 3),
          .system = "sluisd",
          .actor = "p0001",
          .responsible = "P0001",
          .details = {{"records", std::to_string(number)}, {"code", "-"}}};
}

class Audit : public testing::Test {
 protected:
  Entry add(int number) {
    postgres::Transaction transaction(connection_);
    const auto entry = append(transaction, event(number));
    transaction.commit();
    return entry;
  }
  void fill(int count) {
    for (int i = 0; i < count; ++i) add(i);
  }
  // As who owns the machine could: with the triggers off.
  void tamper(const std::string& sql) {
    connection_.script("ALTER TABLE audit.entry DISABLE TRIGGER ALL");
    connection_.script(sql);
    connection_.script("ALTER TABLE audit.entry ENABLE ALWAYS TRIGGER refuse_change");
    connection_.script("ALTER TABLE audit.entry ENABLE ALWAYS TRIGGER continue_chain");
  }

  test::Database database_;
  postgres::Connection connection_ = database_.connect();
};

TEST(AuditEntry, IsCanonicalJson) {
  Event one = event(7);
  one.subject = "é \"x\"\n\x01";
  one.details = {{"z", "1"}, {"a", "\xff"}};
  EXPECT_EQ(canonical(one),
            R"({"actor":"p0001","at":"2026-11-22T00:00:07.000000Z","details":{"a":"\ufffd","z":"1"},)"
            R"("event":"delivery.accepted","responsible":"P0001","subject":"\u00e9 \"x\"\n\u0001","system":"sluisd"})");
}

TEST(AuditEntry, LeafIsThatOfRfc6962) {
  // The known leaf hash of the empty entry (RFC 6962 test vectors of the certificate-transparency project).
  EXPECT_EQ(toHex(leafHash("")), "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
}

TEST_F(Audit, EntriesAreGaplessFromZeroAndChained) {
  EXPECT_EQ(head(connection_), std::nullopt);
  const auto first = add(0);
  const auto second = add(1);
  EXPECT_EQ(first.index, 0);
  EXPECT_EQ(first.chainHash, chainHash(Hash{}, first.leafHash));
  EXPECT_EQ(second.index, 1);
  EXPECT_EQ(second.chainHash, chainHash(first.chainHash, second.leafHash));
  EXPECT_EQ(head(connection_), second);
  const auto stored = show(connection_, 0, 10);
  ASSERT_EQ(stored.size(), 2u);
  EXPECT_EQ(stored[1].json, canonical(event(1)));
  EXPECT_EQ(stored[1].entry, second);
}

TEST_F(Audit, RolledBackEntryLeavesNoGap) {
  add(0);
  {
    postgres::Transaction transaction(connection_);
    append(transaction, event(1));
  }
  EXPECT_EQ(add(2).index, 1);
  EXPECT_TRUE(verify(connection_).good());
}

TEST_F(Audit, TwoInOneTransactionFollowEachOther) {
  postgres::Transaction transaction(connection_);
  EXPECT_EQ(append(transaction, event(0)).index, 0);
  EXPECT_EQ(append(transaction, event(1)).index, 1);
  transaction.commit();
  EXPECT_EQ(verify(connection_).count, 2);
}

TEST_F(Audit, ManyWritersMakeOneChain) {
  constexpr int kWriters = 4;
  constexpr int kEach = 25;
  {
    std::vector<std::jthread> writers;
    for (int w = 0; w < kWriters; ++w) {
      writers.emplace_back([this] {
        auto connection = database_.connect("sluis_daemon");
        for (int i = 0; i < kEach; ++i) {
          postgres::Transaction transaction(connection);
          append(transaction, event(i));
          transaction.commit();
        }
      });
    }
  }
  const auto report = verify(connection_);
  EXPECT_TRUE(report.good()) << report.what;
  EXPECT_EQ(report.count, kWriters * kEach);
}

TEST_F(Audit, ShowFiltersBySubjectAndStartsWhereAsked) {
  fill(9);
  const auto about = show(connection_, 4, 10, "D000001");
  ASSERT_EQ(about.size(), 2u);
  EXPECT_EQ(about[0].entry.index, 4);
  EXPECT_EQ(about[1].entry.index, 7);
  EXPECT_EQ(show(connection_, 0, 2).size(), 2u);
}

TEST_F(Audit, LatestEndsWithTheNewest) {
  fill(9);
  const auto last = latest(connection_, 3);
  ASSERT_EQ(last.size(), 3u);
  EXPECT_EQ(last[0].entry.index, 6);
  EXPECT_EQ(last[2].entry.index, 8);
  const auto about = latest(connection_, 2, "D000001");
  ASSERT_EQ(about.size(), 2u);
  EXPECT_EQ(about[0].entry.index, 4);
  EXPECT_EQ(about[1].entry.index, 7);
  EXPECT_EQ(latest(connection_, 100).size(), 9u);
}

TEST_F(Audit, DatabaseRefusesAnEntryThatBreaksTheChain) {
  fill(2);
  const auto insert = [this](std::int64_t index, const Hash& leaf, const Hash& chain) {
    connection_.exec("INSERT INTO audit.entry (index, entry, leaf_hash, chain_hash) VALUES ($1, $2, $3, $4)", index,
                     canonical(event(2)), leaf, chain);
  };
  const auto leaf = leafHash(canonical(event(2)));
  const auto chain = chainHash(head(connection_)->chainHash, leaf);
  EXPECT_THROW(insert(3, leaf, chain), postgres::DatabaseError);
  EXPECT_THROW(insert(2, chain, chain), postgres::DatabaseError);
  EXPECT_THROW(insert(2, leaf, leaf), postgres::DatabaseError);
  connection_.exec("SET session_replication_role = replica");
  EXPECT_THROW(insert(2, leaf, leaf), postgres::DatabaseError);
  EXPECT_THROW(connection_.exec("DELETE FROM audit.entry"), postgres::DatabaseError);
  insert(2, leaf, chain);
  EXPECT_TRUE(verify(connection_).good());
}

TEST_F(Audit, GoodLogVerifiesInPiecesAndNamesItsHead) {
  postgres::Transaction transaction(connection_);
  Entry last;
  for (int i = 0; i < 2500; ++i) last = append(transaction, event(i));
  transaction.commit();
  std::vector<std::int64_t> steps;
  const auto report =
      verify(connection_, Head{last.index, last.chainHash}, [&](std::int64_t done) { steps.push_back(done); });
  EXPECT_TRUE(report.good()) << report.what;
  EXPECT_EQ(report.count, 2500);
  EXPECT_EQ(report.head, last);
  EXPECT_EQ(steps, (std::vector<std::int64_t>{1000, 2000, 2500}));
}

TEST_F(Audit, EmptyLogIsGoodUnlessSomethingWasKnown) {
  EXPECT_TRUE(verify(connection_).good());
  EXPECT_EQ(verify(connection_, Head{0, {}}).firstBad, 0);
}

TEST_F(Audit, ChangedEntryIsFound) {
  fill(6);
  tamper("UPDATE audit.entry SET entry = replace(entry, '\"records\":\"3\"', '\"records\":\"4\"') WHERE index = 3");
  EXPECT_EQ(verify(connection_).firstBad, 3);
}

TEST_F(Audit, ChangeThatMendsItsOwnHashesIsFoundAtTheNext) {
  fill(6);
  tamper(
      "UPDATE audit.entry e SET entry = x.entry, leaf_hash = x.leaf, chain_hash = sha256(x.previous || x.leaf)"
      " FROM (SELECT replace(n.entry, '\"3\"', '\"4\"') AS entry, p.chain_hash AS previous,"
      "  sha256('\\x00'::bytea || convert_to(replace(n.entry, '\"3\"', '\"4\"'), 'UTF8')) AS leaf"
      "  FROM audit.entry n JOIN audit.entry p ON p.index = n.index - 1 WHERE n.index = 3) x WHERE e.index = 3");
  EXPECT_EQ(verify(connection_).firstBad, 4);
}

TEST_F(Audit, MissingEntryIsFound) {
  fill(6);
  tamper("DELETE FROM audit.entry WHERE index = 2");
  const auto report = verify(connection_);
  EXPECT_EQ(report.firstBad, 2);
  EXPECT_NE(report.what.find("missing"), std::string::npos);
}

TEST_F(Audit, MissingFirstEntryIsFound) {
  fill(3);
  tamper("DELETE FROM audit.entry WHERE index = 0");
  EXPECT_EQ(verify(connection_).firstBad, 0);
}

TEST_F(Audit, ClosedGapIsFound) {
  fill(6);
  tamper("DELETE FROM audit.entry WHERE index = 2; UPDATE audit.entry SET index = index - 1 WHERE index > 2");
  EXPECT_EQ(verify(connection_).firstBad, 2);
}

TEST_F(Audit, SwappedEntriesAreFound) {
  fill(6);
  tamper(
      "UPDATE audit.entry SET index = 100 WHERE index = 2; UPDATE audit.entry SET index = 2 WHERE index = 4;"
      "UPDATE audit.entry SET index = 4 WHERE index = 100");
  EXPECT_EQ(verify(connection_).firstBad, 2);
}

TEST_F(Audit, EntryAddedBehindTheChainIsFound) {
  fill(3);
  tamper(
      "INSERT INTO audit.entry (index, entry, leaf_hash, chain_hash) SELECT 3, entry, leaf_hash, chain_hash"
      " FROM audit.entry WHERE index = 2");
  EXPECT_EQ(verify(connection_).firstBad, 3);
}

TEST_F(Audit, CutOffEndIsFoundAgainstAKnownHead) {
  fill(6);
  const auto known = *head(connection_);
  tamper("DELETE FROM audit.entry WHERE index >= 4");
  EXPECT_TRUE(verify(connection_).good());
  EXPECT_EQ(verify(connection_, Head{known.index, known.chainHash}).firstBad, 4);
}

TEST_F(Audit, RewrittenLogIsFoundAgainstAKnownEntry) {
  fill(6);
  const auto known = show(connection_, 3, 1)[0].entry;
  tamper("TRUNCATE audit.entry");
  for (int i = 0; i < 8; ++i) add(i + 100);
  EXPECT_TRUE(verify(connection_).good());
  EXPECT_EQ(verify(connection_, Head{known.index, known.chainHash}).firstBad, 3);
}

}  // namespace
}  // namespace sluis::audit
