#include "postgres/copy_writer.h"

#include <gtest/gtest.h>

#include "support/database.h"

namespace sluis::postgres {
namespace {

class CopyWriterTest : public testing::Test {
 protected:
  CopyWriterTest() {
    connection_.script("CREATE TABLE public.t (a bigint, b int, c smallint, d boolean, e \"char\", f uuid, g text)");
  }
  static void write(CopyWriter& copy, std::int64_t value) {
    CopyRow row(copy.room(200), 7);
    row.int64(value);
    row.int32(-2);
    row.int16(3);
    row.boolean(true);
    row.letter('J');
    std::array<std::byte, 16> uuid{};
    uuid[15] = std::byte{0xab};
    row.bytes(uuid);
    if (value % 2 == 0) {
      row.text("één");
    } else {
      row.null();
    }
    copy.take(row);
  }
  std::int64_t count() { return connection_.exec("SELECT count(*) FROM public.t").only().integer(0); }

  test::Database database_;
  Connection connection_ = database_.connect();
};

TEST_F(CopyWriterTest, RowsArriveAsEncoded) {
  Transaction transaction(connection_);
  CopyWriter copy(transaction, "public.t (a, b, c, d, e, f, g)");
  write(copy, -1234567890123);
  write(copy, 2);
  EXPECT_EQ(copy.finish(), 2u);
  const auto rows = transaction.exec("SELECT * FROM public.t ORDER BY a");
  EXPECT_EQ(rows[0].integer("a"), -1234567890123);
  EXPECT_EQ(rows[0].integer("b"), -2);
  EXPECT_EQ(rows[0].integer("c"), 3);
  EXPECT_TRUE(rows[0].get<bool>("d"));
  EXPECT_EQ(rows[0].text("e"), "J");
  EXPECT_EQ(rows[0].text("f"), "00000000-0000-0000-0000-0000000000ab");
  EXPECT_TRUE(rows[0].isNull("g"));
  EXPECT_EQ(rows[1].text("g"), "één");
  transaction.commit();
}

TEST_F(CopyWriterTest, MoreThanTheBufferGoesInPieces) {
  Transaction transaction(connection_);
  CopyWriter copy(transaction, "public.t (a, b, c, d, e, f, g)");
  constexpr std::int64_t kRows = 20'000;
  for (std::int64_t i = 0; i < kRows; ++i) write(copy, i);
  EXPECT_EQ(copy.finish(), static_cast<std::uint64_t>(kRows));
  transaction.commit();
  EXPECT_EQ(connection_.exec("SELECT sum(a) FROM public.t").only().integer(0), kRows * (kRows - 1) / 2);
}

TEST_F(CopyWriterTest, NoRowsIsFine) {
  Transaction transaction(connection_);
  CopyWriter copy(transaction, "public.t (a)");
  EXPECT_EQ(copy.finish(), 0u);
  transaction.commit();
}

TEST_F(CopyWriterTest, AbandonedRowsAreForgottenAndTheConnectionLives) {
  {
    Transaction transaction(connection_);
    CopyWriter copy(transaction, "public.t (a, b, c, d, e, f, g)");
    for (std::int64_t i = 0; i < 10'000; ++i) write(copy, i);
    copy.abandon();
    EXPECT_THROW(transaction.commit(), DatabaseError);
  }
  EXPECT_EQ(count(), 0);
}

TEST_F(CopyWriterTest, UnfinishedIsAbandonedAtTheEndOfTheScope) {
  Transaction transaction(connection_);
  {
    Savepoint savepoint(transaction);
    CopyWriter copy(transaction, "public.t (a, b, c, d, e, f, g)");
    for (std::int64_t i = 0; i < 10; ++i) write(copy, i);
  }
  EXPECT_EQ(count(), 0);
  transaction.commit();
}

TEST_F(CopyWriterTest, RowTheServerRefusesIsAnErrorAtTheEnd) {
  connection_.script("ALTER TABLE public.t ADD CONSTRAINT \"small\" CHECK (a < 100)");
  Transaction transaction(connection_);
  CopyWriter copy(transaction, "public.t (a, b, c, d, e, f, g)");
  write(copy, 100);
  try {
    copy.finish();
    FAIL() << "the constraint did not hold";
  } catch (const DatabaseError& error) {
    EXPECT_EQ(error.constraint(), "small");
    EXPECT_FALSE(error.isTransient());
  }
  EXPECT_TRUE(connection_.isConnected());
}

TEST_F(CopyWriterTest, ConnectionLostMidwayIsATransientError) {
  auto killer = database_.connect();
  const auto pid = connection_.exec("SELECT pg_backend_pid()").only().integer(0);
  Transaction transaction(connection_);
  CopyWriter copy(transaction, "public.t (a, b, c, d, e, f, g)");
  write(copy, 1);
  killer.exec("SELECT pg_terminate_backend($1::int)", pid);
  try {
    for (std::int64_t i = 0; i < 1'000'000; ++i) write(copy, i);
    copy.finish();
    FAIL() << "the rows went nowhere";
  } catch (const DatabaseError& error) {
    EXPECT_TRUE(error.isTransient());
  }
}

TEST_F(CopyWriterTest, UnknownTableIsAnErrorAtTheStart) {
  Transaction transaction(connection_);
  EXPECT_THROW(CopyWriter(transaction, "public.absent (a)"), DatabaseError);
}

}  // namespace
}  // namespace sluis::postgres
