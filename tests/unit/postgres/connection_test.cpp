#include "postgres/connection.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <libpq-fe.h>
#include <unistd.h>

#include "base/fd.h"
#include "postgres/advisory_lock.h"
#include "support/database.h"

namespace sluis::postgres {
namespace {

using namespace std::chrono_literals;
using std::chrono::sys_days;

TEST(Connection, ValuesComeBackAsTheyWent) {
  test::Database database;
  auto connection = database.connect();
  const Instant at = sys_days(2026y / 11 / 22) + 1h + 2min + 3s + 4us;
  const Day day = sys_days(2026y / 2 / 28);
  const Bytes bytes = {std::byte{0}, std::byte{0xff}, std::byte{'\\'}};
  const std::vector<std::string> texts = {"a@b.nl", "met \"quotes\", \\ en komma", "", "NULL"};
  const auto row = connection.exec(
      "SELECT $1::text AS text, $2::bigint AS most, $3::bool AS yes, $4::float8 AS real,"
      " $5::bytea AS bytes, $6::timestamptz AS at, $7::date AS day, $8::text[] AS texts,"
      " $9::text AS nothing",
      "één 'twee' $3", std::numeric_limits<std::int64_t>::max(), true, 0.1, bytes, at, day, texts,
      std::optional<std::string>());
  EXPECT_EQ(row.only().text("text"), "één 'twee' $3");
  EXPECT_EQ(row.only().integer("most"), std::numeric_limits<std::int64_t>::max());
  EXPECT_TRUE(row.only().get<bool>("yes"));
  EXPECT_EQ(row.only().get<double>("real"), 0.1);
  EXPECT_EQ(row.only().get<Bytes>("bytes"), bytes);
  EXPECT_EQ(row.only().get<Instant>("at"), at);
  EXPECT_EQ(row.only().get<Day>("day"), day);
  EXPECT_EQ(row.only().get<std::vector<std::string>>("texts"), texts);
  EXPECT_TRUE(row.only().isNull("nothing"));
  EXPECT_EQ(row.only().maybe<std::string>("nothing"), std::nullopt);
  EXPECT_EQ(row.only().text("nothing"), "");
}

TEST(Connection, WrongReadsAreErrorsNeverDefaults) {
  test::Database database;
  auto connection = database.connect();
  const auto rows =
      connection.exec("SELECT 40000 AS number, 'x' AS text, NULL AS nothing, 'infinity'::timestamptz AS at");
  const auto row = rows.only();
  EXPECT_EQ(row.integer<std::uint16_t>("number"), 40000);
  EXPECT_THROW(row.integer<std::int16_t>("number"), DatabaseError);
  EXPECT_THROW(row.integer("text"), DatabaseError);
  EXPECT_THROW(row.integer("nothing"), DatabaseError);
  EXPECT_THROW(row.get<std::string>("nothing"), DatabaseError);
  EXPECT_THROW(row.get<Instant>("at"), DatabaseError);
  EXPECT_THROW(row.text("absent"), DatabaseError);
  EXPECT_THROW(connection.exec("SELECT 1 WHERE false").only(), DatabaseError);
  EXPECT_THROW(connection.exec("SELECT generate_series(1, 2)").only(), DatabaseError);
}

TEST(Connection, TextWithNulIsRefusedNotCutShort) {
  test::Database database;
  auto connection = database.connect();
  EXPECT_THROW(connection.exec("SELECT $1::text", std::string("a\0b", 3)), DatabaseError);
  EXPECT_EQ(connection.exec("SELECT $1::text", "after").only().text(0), "after");
}

TEST(Connection, SearchPathAndTimeZoneArePinnedWhateverTheRoleSays) {
  test::Database database;
  auto first = database.connect();
  first.exec("ALTER ROLE postgres SET search_path = public");
  first.exec("ALTER ROLE postgres SET timezone = 'Asia/Tokyo'");
  first.exec("ALTER ROLE postgres SET datestyle = 'German'");
  auto second = database.connect();
  EXPECT_EQ(second.exec("SHOW search_path").only().text(0), "pg_catalog, pg_temp");
  EXPECT_EQ(second.exec("SELECT '2026-07-01 12:00+00'::timestamptz").only().text(0), "2026-07-01 12:00:00+00");
}

TEST(Connection, ErrorsCarryStateAndConstraintButNoRow) {
  test::Database database;
  auto connection = database.connect();
  try {
    connection.exec("INSERT INTO register.provider (code, name, mails) VALUES ('geheim-123456782', 'x', '{a}')");
    FAIL() << "the constraint did not hold";
  } catch (const DatabaseError& error) {
    EXPECT_EQ(error.sqlState(), "23514");
    EXPECT_EQ(error.constraint(), "a provider's code is 2 to 16 capitals and digits");
    EXPECT_FALSE(error.isTransient());
    EXPECT_FALSE(error.isConnectionLost());
    EXPECT_EQ(error.kind(), ErrorKind::database);
    EXPECT_EQ(std::string(error.what()).find("123456782"), std::string::npos);
  }
}

TEST(Connection, ServerThatIsAwayIsTransientAndSaysWhatToDo) {
  try {
    Connection connection("host=/nonexistent dbname=x");
    FAIL() << "connected to nothing";
  } catch (const DatabaseError& error) {
    EXPECT_TRUE(error.isTransient());
    EXPECT_TRUE(error.isConnectionLost());
    EXPECT_NE(error.hint(), "");
    EXPECT_EQ(std::string(error.what()).find('\n'), std::string::npos);
  }
}

TEST(Connection, LostConnectionIsToldApart) {
  test::Database database;
  auto victim = database.connect();
  auto killer = database.connect();
  const auto pid = victim.exec("SELECT pg_backend_pid()").only().integer(0);
  Transaction transaction(victim);
  killer.exec("SELECT pg_terminate_backend($1::int)", pid);
  try {
    while (true) transaction.exec("SELECT 1");
  } catch (const DatabaseError& error) {
    EXPECT_TRUE(error.isTransient());
    EXPECT_TRUE(error.isConnectionLost());
  }
  EXPECT_FALSE(victim.isConnected());
  EXPECT_THROW(transaction.commit(), DatabaseError);
}

class Transactions : public testing::Test {
 protected:
  Transactions() { connection_.script("CREATE TABLE public.t (n int)"); }
  std::int64_t count() { return connection_.exec("SELECT count(*) FROM public.t").only().integer(0); }
  test::Database database_;
  Connection connection_ = database_.connect();
};

TEST_F(Transactions, UncommittedIsRolledBack) {
  {
    Transaction transaction(connection_);
    transaction.exec("INSERT INTO public.t VALUES (1)");
  }
  EXPECT_EQ(count(), 0);
  Transaction transaction(connection_);
  EXPECT_EQ(transaction.exec("INSERT INTO public.t VALUES (1), (2)").affected(), 2u);
  transaction.commit();
  EXPECT_EQ(count(), 2);
}

TEST_F(Transactions, CommitAfterAFailureIsAnErrorNotASilentRollback) {
  Transaction transaction(connection_);
  transaction.exec("INSERT INTO public.t VALUES (1)");
  EXPECT_THROW(transaction.exec("SELECT 1/0"), DatabaseError);
  EXPECT_THROW(transaction.commit(), DatabaseError);
  EXPECT_EQ(count(), 0);
}

TEST_F(Transactions, SavepointUndoesItsPartOnly) {
  Transaction transaction(connection_);
  transaction.exec("INSERT INTO public.t VALUES (1)");
  {
    Savepoint savepoint(transaction);
    transaction.exec("INSERT INTO public.t VALUES (2)");
    EXPECT_THROW(transaction.exec("SELECT 1/0"), DatabaseError);
  }
  {
    Savepoint savepoint(transaction);
    transaction.exec("INSERT INTO public.t VALUES (3)");
    savepoint.release();
  }
  transaction.commit();
  EXPECT_EQ(connection_.exec("SELECT sum(n) FROM public.t").only().integer(0), 4);
}

TEST_F(Transactions, WhatCanWaitGoesBeforeTheNextStatementInItsOrder) {
  Transaction transaction(connection_);
  transaction.later("INSERT INTO public.t VALUES ($1)", 1);
  transaction.later(Prepared{"UPDATE public.t SET n = n + $1::int"}, 10);
  transaction.later(Prepared{"UPDATE public.t SET n = n * $1::int"}, 2);
  EXPECT_EQ(transaction.exec("SELECT n FROM public.t").only().integer(0), 22);
  transaction.later("INSERT INTO public.t VALUES (5)");
  transaction.commit();
  EXPECT_EQ(count(), 2);
}

TEST_F(Transactions, NothingIsCommittedWhenWhatWaitedFails) {
  {
    Transaction transaction(connection_);
    transaction.later("INSERT INTO public.t VALUES ($1)", 1);
    transaction.later("SELECT 1 / $1::int", 0);
    transaction.later("INSERT INTO public.t VALUES ($1)", 2);
    try {
      transaction.commit();
      FAIL() << "committed";
    } catch (const DatabaseError& error) {
      EXPECT_EQ(error.sqlState(), "22012");
    }
  }
  EXPECT_EQ(count(), 0);
  Transaction next(connection_);  // the connection is good for another
  next.later("INSERT INTO public.t VALUES (3)");
  next.commit();
  EXPECT_EQ(count(), 1);
}

TEST_F(Transactions, WhatWaitedAndFailedIsNotUndoneByTheSavepointAround) {
  Transaction transaction(connection_);
  Savepoint around(transaction);
  transaction.exec("INSERT INTO public.t VALUES (1)");
  try {
    transaction.later("SELECT 1 / 0");
    Savepoint within(transaction);
    transaction.exec("INSERT INTO public.t VALUES (2)");
    FAIL() << "went on";
  } catch (const DatabaseError&) {
  }
  EXPECT_THROW(transaction.exec("INSERT INTO public.t VALUES (3)"), DatabaseError);
  EXPECT_THROW(transaction.commit(), DatabaseError);
}

TEST_F(Transactions, WhatCannotBeSentFailsWhereItIsSaidAndNothingElseIsLost) {
  {
    Transaction transaction(connection_);
    EXPECT_THROW(transaction.later("SELECT $1::text", std::string("a\0b", 3)), DatabaseError);
    EXPECT_THROW(transaction.exec("SELECT $1::text", std::string("a\0b", 3)), DatabaseError);
    transaction.exec("INSERT INTO public.t VALUES (1)");
  }
  EXPECT_EQ(count(), 0);  // BEGIN had waited all that time
}

TEST_F(Transactions, WhatWaitsIsForgottenWithItsTransaction) {
  {
    Transaction transaction(connection_);
    transaction.later("INSERT INTO public.t VALUES (1)");
  }
  connection_.exec("INSERT INTO public.t VALUES (2)");
  EXPECT_EQ(connection_.exec("SELECT sum(n) FROM public.t").only().integer(0), 2);
}

TEST_F(Transactions, PreparedStatementOutlivesARollbackAndAChangeOfItsTable) {
  const Prepared all{"SELECT * FROM public.t ORDER BY n"};
  const Prepared insert{"INSERT INTO public.t (n) VALUES ($1)"};
  {
    Transaction transaction(connection_);
    transaction.exec(insert, 1);
    EXPECT_EQ(transaction.exec(all).size(), 1);
    EXPECT_THROW(transaction.exec(Prepared{"SELECT 1 / $1::int"}, 0), DatabaseError);
  }
  for (int n = 1; n <= 10; ++n) connection_.exec(insert, n);
  EXPECT_EQ(connection_.exec(all).size(), 10);
  connection_.script("ALTER TABLE public.t ADD COLUMN more text");
  EXPECT_THROW(connection_.exec(all), DatabaseError);  // said once
  EXPECT_EQ(connection_.exec(all).size(), 10);
  connection_.exec(insert, 11);
  connection_.script("DEALLOCATE ALL");
  EXPECT_THROW(connection_.exec(insert, 11), DatabaseError);
  EXPECT_EQ(connection_.exec(insert, 11).affected(), 1U);
}

TEST_F(Transactions, ConnectionLostWithStatementsWaitingIsToldApart) {
  auto killer = database_.connect();
  const auto pid = connection_.exec("SELECT pg_backend_pid()").only().integer(0);
  Transaction transaction(connection_);
  transaction.exec("INSERT INTO public.t VALUES (1)");
  killer.exec("SELECT pg_terminate_backend($1::int, 5000)", pid);
  transaction.later("INSERT INTO public.t VALUES (2)");
  try {
    transaction.commit();
    FAIL() << "committed";
  } catch (const DatabaseError& error) {
    EXPECT_TRUE(error.isConnectionLost());
  }
  EXPECT_FALSE(connection_.isConnected());
  EXPECT_EQ(killer.exec("SELECT count(*) FROM public.t").only().integer(0), 0);
}

TEST(AdvisoryLock, SecondSessionIsTurnedAwayUntilTheFirstLetsGo) {
  test::Database database;
  auto one = database.connect();
  auto two = database.connect();
  {
    const auto held = SessionLock::tryTake(one, Lock::run);
    ASSERT_TRUE(held);
    EXPECT_FALSE(SessionLock::tryTake(two, Lock::run));
    EXPECT_TRUE(SessionLock::tryTake(two, Lock::roster));
  }
  EXPECT_TRUE(SessionLock::tryTake(two, Lock::run));
}

TEST(AdvisoryLock, LockOfATransactionEndsWithIt) {
  test::Database database;
  auto one = database.connect();
  auto two = database.connect();
  {
    Transaction transaction(one);
    lockUntilCommit(transaction, Lock::audit);
    transaction.exec("SELECT 1");
    EXPECT_FALSE(SessionLock::tryTake(two, Lock::audit));
    transaction.commit();
  }
  EXPECT_TRUE(SessionLock::tryTake(two, Lock::audit));
}

// libpq then answers nothing at all, again and again, and says the connection is fine.
TEST(Pipeline, EndsWhenTheSocketIsOfNoUse) {
  const test::Database database;
  for (const char* target : {"/dev/null", "/dev/full", ""}) {
    postgres::Connection connection = database.connect();
    postgres::Transaction transaction(connection);
    transaction.exec("SELECT 1");
    transaction.later("SELECT $1::int", 1);
    const int socket = PQsocket(connection.raw());
    const Fd other(*target != '\0' ? ::open(target, O_RDWR | O_CLOEXEC) : ::open("/", O_RDONLY | O_CLOEXEC));
    ASSERT_EQ(::dup2(other.get(), socket), socket);
    try {
      transaction.exec(Prepared{"SELECT $1::int"}, 2);
      ADD_FAILURE() << target << ": it went on";
    } catch (const DatabaseError& error) {
      EXPECT_TRUE(error.isConnectionLost()) << target << ": " << error.what();
      EXPECT_FALSE(connection.isConnected()) << target;
    }
  }
}

// A server that goes away says so in the middle of what libpq expects of it: whenever that is, the statement must end.
TEST(Pipeline, EndsWhenTheServerGoesAwayAtAnyMoment) {
  const test::Database database;
  postgres::Connection other = database.connect();
  const auto tries = [&](const char* when, bool before, const char* slow) {
    postgres::Connection connection = database.connect();
    const int process = static_cast<int>(connection.exec("SELECT pg_backend_pid()").only().integer(0));
    postgres::Transaction transaction(connection);
    transaction.later("SELECT $1::int", 1);
    std::thread ending;
    if (before) {
      other.exec("SELECT pg_terminate_backend($1, 5000)", process);
    } else {
      transaction.later(Prepared{slow}, 0.2);
      ending = std::thread([&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
        postgres::Connection third = database.connect();
        third.exec("SELECT pg_terminate_backend($1, 5000)", process);
      });
    }
    try {
      transaction.exec(Prepared{"SELECT $1::int"}, 2);
      ADD_FAILURE() << when << ": it went on";
    } catch (const DatabaseError& error) {
      EXPECT_TRUE(error.isConnectionLost()) << when << ": " << error.what();
    }
    if (ending.joinable()) ending.join();
  };
  for (int i = 0; i < 20; ++i) tries("while idle", true, "");
  for (int i = 0; i < 3; ++i) tries("in the middle", false, "SELECT pg_sleep($1)");
}

}  // namespace
}  // namespace sluis::postgres
