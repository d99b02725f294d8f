#include "run/log_check.h"

#include <gtest/gtest.h>

#include "support/emptied.h"

namespace sluis::run {
namespace {

using namespace std::chrono_literals;

class HandClock final : public Clock {
 public:
  Instant now() const override { return at; }
  Instant at = std::chrono::sys_days(2026y / 11 / 22) + 12h;
};

class LogChecks : public testing::Test {
 protected:
  LogChecks() {
    for (int i = 0; i < 5; ++i) append();
  }
  void append() {
    postgres::Transaction transaction(daemon_);
    audit::append(transaction, {.what = "delivery.accepted",
                                .at = clock_.at,
                                .subject = fmt::format("D{:06}", ++appended_),
                                .system = "sluisd"});
    transaction.commit();
  }
  std::optional<audit::Verification> check() {
    return check_.checkWhenDue(daemon_, post_, clock_, [] { return true; });
  }
  void tamper(const std::string& sql) {
    owner_.script("ALTER TABLE audit.entry DISABLE TRIGGER ALL; " + sql);
    owner_.script("ALTER TABLE audit.entry ENABLE ALWAYS TRIGGER refuse_change");
    owner_.script("ALTER TABLE audit.entry ENABLE ALWAYS TRIGGER continue_chain");
  }
  std::int64_t told() {
    return owner_.exec("SELECT count(*) FROM outbox.message WHERE kind = 'logboek-beschadigd'").only().integer(0);
  }

  test::Database& database_ = test::emptied({"audit.entry", "audit.verification", "outbox.message"});
  postgres::Connection owner_ = database_.connect();
  postgres::Connection daemon_ = database_.connect("sluis_daemon");
  HandClock clock_;
  int appended_ = 0;
  const office::Post post_{.domain = "ttp.example", .operators = {"o@ttp.example"}, .portal = {}};
  LogCheck check_;
};

TEST_F(LogChecks, HappensAtStartAndThenAfterEachRunOrADay) {
  const auto first = check();
  ASSERT_TRUE(first);
  EXPECT_TRUE(first->good);
  EXPECT_EQ(first->entries, 5);
  EXPECT_FALSE(check());
  clock_.at += 25h;
  EXPECT_FALSE(check());
  clock_.at += 2h;
  EXPECT_TRUE(check());
  EXPECT_FALSE(check());
  check_.fallDue();
  EXPECT_TRUE(check());
  EXPECT_FALSE(check());
}

TEST_F(LogChecks, RestartDoesNotRepeatTodaysCheck) {
  ASSERT_TRUE(check());
  clock_.at += 2h;
  EXPECT_FALSE(LogCheck().checkWhenDue(daemon_, post_, clock_, [] { return true; }));
}

TEST_F(LogChecks, AppendsNothingToTheLog) {
  const auto before = audit::head(daemon_);
  ASSERT_TRUE(check());
  EXPECT_EQ(audit::head(daemon_), before);
}

TEST_F(LogChecks, BrokenLogIsToldAndRemembered) {
  ASSERT_TRUE(check());
  tamper("UPDATE audit.entry SET entry = replace(entry, 'D000003', 'D000009') WHERE index = 2");
  check_.fallDue();
  const auto found = check();
  ASSERT_TRUE(found);
  EXPECT_FALSE(found->good);
  EXPECT_EQ(found->entries, 2);
  EXPECT_EQ(audit::lastVerification(daemon_)->what, "entry 2 was changed");
  EXPECT_EQ(told(), 1);
  check_.fallDue();
  ASSERT_TRUE(check());
  EXPECT_EQ(told(), 2) << "as long as it is so, each day";
}

TEST_F(LogChecks, LogThatWasCutShortIsFoundByTheHeadOfTheLastGoodCheck) {
  ASSERT_TRUE(check());
  tamper("DELETE FROM audit.entry WHERE index = 4");
  check_.fallDue();
  const auto found = check();
  ASSERT_TRUE(found);
  EXPECT_FALSE(found->good);
  append();
  append();
  check_.fallDue();
  EXPECT_FALSE(check()->good) << "written over, it is still another log";
}

TEST_F(LogChecks, StopEndsItAndNothingIsRemembered) {
  EXPECT_FALSE(check_.checkWhenDue(daemon_, post_, clock_, [] { return false; }));
  EXPECT_FALSE(audit::lastVerification(daemon_));
}

}  // namespace
}  // namespace sluis::run
