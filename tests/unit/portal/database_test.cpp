#include "portal/database.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "base/error.h"
#include "support/database.h"

namespace sluis::portal {
namespace {

std::string conninfo(const std::string& user = "sluis_portal") {
  static test::Database database;
  return database.conninfo(user);
}

int backendOf(Database& database) {
  return database.with([](postgres::Connection& connection) {
    return static_cast<int>(connection.exec("SELECT pg_backend_pid()").only().integer(0));
  });
}

TEST(PortalDatabase, AConnectionIsLentAgain) {
  Database database(conninfo(), 1);
  EXPECT_EQ(backendOf(database), backendOf(database));
}

TEST(PortalDatabase, OneThatWasUsedWhenSomethingWentWrongServesTheNextWithNothingLeftOver) {
  Database database(conninfo(), 1);
  const int first = backendOf(database);
  EXPECT_THROW(database.viewing("token",
                                [](postgres::Transaction& transaction) {
                                  transaction.exec("SELECT no_such_column FROM portal.delivery");
                                  return 0;
                                }),
               Error);
  struct Refusal {};
  EXPECT_THROW(database.viewing("token", [](postgres::Transaction&) -> int { throw Refusal(); }), Refusal);
  EXPECT_EQ(backendOf(database), first);
  const auto left = database.with([](postgres::Connection& connection) {
    return connection.exec("SELECT coalesce(current_setting('sluis.session', true), '')").only().text(0);
  });
  EXPECT_EQ(left, "");
}

TEST(PortalDatabase, OneThatTheServerEndedIsReplacedUnseen) {
  Database database(conninfo(), 1);
  const int first = backendOf(database);
  postgres::Connection(conninfo("postgres")).exec("SELECT pg_terminate_backend($1)", first);
  std::this_thread::sleep_for(std::chrono::milliseconds(1100));  // idle for longer than it is trusted
  EXPECT_NE(backendOf(database), first);
}

TEST(PortalDatabase, NoMoreAreOpenThanItMayHave) {
  Database database(conninfo(), 2);
  std::atomic<int> inHand = 0;
  std::atomic<int> most = 0;
  std::vector<std::thread> pages;
  for (int i = 0; i < 8; ++i)
    pages.emplace_back([&] {
      database.with([&](postgres::Connection& connection) {
        const int now = ++inHand;
        for (int seen = most; now > seen && !most.compare_exchange_weak(seen, now);) {
        }
        connection.exec("SELECT pg_sleep(0.02)");
        --inHand;
      });
    });
  for (auto& page : pages) page.join();
  EXPECT_EQ(most, 2);
}

TEST(PortalDatabase, TheRoleSeesNoRecordNoLogAndNobodysDeliveriesWithoutASession) {
  Database database(conninfo());
  for (const char* table :
       {"care.trajectory", "care.batch", "audit.entry", "audit.verification", "intake.delivery", "intake.finding",
        "register.provider", "register.signer", "outbox.message", "report.figure"})
    EXPECT_THROW(database.with([&](postgres::Connection& connection) {
      connection.exec(fmt::format("SELECT count(*) FROM {}", table));
    }),
                 Error)
        << table;
  for (const char* view : {"delivery", "finding", "finding_count", "provider", "agreement", "signer", "run", "message",
                           "audit_state", "person"}) {
    const auto rows = database.viewing("", [&](postgres::Transaction& transaction) {
      return transaction.exec(fmt::format("SELECT count(*) FROM portal.{}", view)).only().integer(0);
    });
    EXPECT_EQ(rows, 0) << view;
  }
}

}  // namespace
}  // namespace sluis::portal
