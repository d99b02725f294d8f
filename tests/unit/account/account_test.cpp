#include "account/account.h"

#include "account/notice.h"
#include "people.h"

namespace sluis::account {
namespace {

using namespace std::chrono_literals;

class Accounts : public People {
 protected:
  void refused(const NewAccount& account) {
    postgres::Transaction transaction(admin_);
    try {
      add(transaction, account, now_);
      ADD_FAILURE() << "was not refused: " << account.user;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::usage) << error.what();
    }
    transaction.exec("SELECT 1");
  }
  std::int64_t messages(std::string_view kind) {
    return owner_.exec("SELECT count(*) FROM outbox.message WHERE kind = $1", kind).only().integer(0);
  }
  void askAgain(std::string_view user) {
    byPortal([&](auto& transaction) { askForReset(transaction, user, "ttp.example"); });
  }
};

TEST_F(Accounts, IsInvitedUntilItHasAPassword) {
  const Account account = invited(" J.deVries@Aanbieder.example ");
  EXPECT_EQ(account.user, "j.devries@aanbieder.example");
  EXPECT_EQ(account.state, State::invited);
  EXPECT_FALSE(account.hasPassword);
  byPortal([&](auto& transaction) { setPassword(transaction, account.id, kSomeHash, now_); });
  const auto found = find(portal_, "J.DEVRIES@aanbieder.example");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->state, State::active);
  EXPECT_TRUE(found->hasPassword);
  EXPECT_EQ(describe(*found), fmt::format("j.devries@aanbieder.example (account {}, provider P0001)", account.id));
  EXPECT_EQ(passwordHashOf(portal_, account.user), kSomeHash);
}

TEST_F(Accounts, NobodyIsCalledByBytesThatAreNoText) {
  for (const std::string& user : {std::string("a\0", 2), std::string("\xff@b.example"), std::string(100000, 'x')})
    EXPECT_FALSE(find(portal_, user) || passwordHashOf(portal_, user));
}

TEST_F(Accounts, RefusesWhatIsNoAccount) {
  refused({.user = "nobody", .name = "N", .role = Role::auditor});
  refused({.user = "a b@c.example", .name = "N", .role = Role::auditor});
  refused({.user = "a@b.example\r\nBcc: c@d.example", .name = "N", .role = Role::auditor});
  refused({.user = "<a@b.example>", .name = "N", .role = Role::auditor});
  // No mail could be made for these.
  refused({.user = "a..b@c.example", .name = "N", .role = Role::auditor});
  refused({.user = "a@-b.example", .name = "N", .role = Role::auditor});
  refused({.user = "a@b.example", .name = "", .role = Role::auditor});
  refused({.user = "a@b.example", .name = "N", .role = Role::provider});
  refused({.user = "a@b.example", .name = "N", .role = Role::provider, .subject = "P0999"});
  refused({.user = "a@b.example", .name = "N", .role = Role::municipality, .subject = "Almere"});
  refused({.user = "a@b.example", .name = "N", .role = Role::auditor, .subject = "P0001"});
  refused({.user = "a@b.example", .name = "N", .role = Role::auditor, .language = "de"});
  invited("taken@b.example");
  refused({.user = "Taken@b.example", .name = "N", .role = Role::auditor});
}

TEST_F(Accounts, DisablingEndsItsSessionsAndLinksForGood) {
  const Account account = active();
  const Session session = signedIn(account);
  const std::string link =
      committed(daemon_, [&](auto& transaction) { return makeLink(transaction, account.id, Purpose::reset, now_); });
  EXPECT_TRUE(byAdmin([&](auto& transaction) { return disable(transaction, account.user, now_); }));
  EXPECT_FALSE(byAdmin([&](auto& transaction) { return disable(transaction, account.user, now_); }));
  EXPECT_FALSE(findSession(portal_, session.token, rules_, now_));
  EXPECT_FALSE(findLink(portal_, link, now_));
  EXPECT_FALSE(passwordHashOf(portal_, account.user));
  postgres::Transaction transaction(portal_);
  EXPECT_THROW(begin(transaction, account, rules_, "", "", now_), Error);
  EXPECT_THROW(setPassword(transaction, account.id, kSomeHash, now_), Error);
  transaction.rollback();
  EXPECT_TRUE(byAdmin([&](auto& again) { return enable(again, account.user); }));
  EXPECT_EQ(find(portal_, account.id)->state, State::active);
  EXPECT_FALSE(findSession(portal_, session.token, rules_, now_));
}

TEST_F(Accounts, ResettingForgetsAllThatProvedWhoItWas) {
  const SecondFactor factor(sealKey_);
  const Account account = active("j.devries@aanbieder.example", factor.newSecret());
  const Session session = signedIn(account);
  byPortal([&](auto& transaction) { return factor.newRecoveryCodes(transaction, account.id, now_); });
  byAdmin([&](auto& transaction) { reset(transaction, account.user, now_); });
  const auto found = find(portal_, account.id);
  EXPECT_EQ(found->state, State::invited);
  EXPECT_FALSE(found->hasPassword || found->hasSecondFactor);
  EXPECT_EQ(SecondFactor::recoveryCodesLeft(portal_, account.id), 0);
  EXPECT_FALSE(findSession(portal_, session.token, rules_, now_));
}

TEST_F(Accounts, TheDaemonMayDoAllThatTheCommandLineMay) {
  const Account account = committed(daemon_, [&](auto& transaction) {
    return add(transaction, {.user = "a@b.example", .name = "A", .role = Role::ttpOperator}, now_);
  });
  committed(daemon_, [&](auto& transaction) { return disable(transaction, account.user, now_); });
  committed(daemon_, [&](auto& transaction) { return enable(transaction, account.user); });
  committed(daemon_, [&](auto& transaction) { reset(transaction, account.user, now_); });
  EXPECT_EQ(accounts(daemon_).size(), 1U);
}

TEST_F(Accounts, ANameIsOneLine) {
  for (const char* name : {"Piet\nBcc: x@evil.example", "Piet\rX", "Piet\x1b[2J"})
    EXPECT_THROW(byAdmin([&](auto& transaction) {
                   return add(transaction, {.user = "a@b.example", .name = name, .role = Role::auditor}, now_);
                 }),
                 Error)
        << name;
}

TEST_F(Accounts, OneThatIsLockedWaitsForTheOther) {
  const Account account = active();
  postgres::Transaction transaction(portal_);
  ASSERT_TRUE(lock(transaction, account.id));
  EXPECT_EQ(lock(transaction, account.id)->user, account.user);
  EXPECT_FALSE(lock(transaction, account.id + 1000));
  postgres::Transaction second(admin_);
  second.exec("SET LOCAL lock_timeout = '50ms'");
  EXPECT_THROW(lock(second, account.id), postgres::DatabaseError);
}

TEST_F(Accounts, ABrokersSubjectBelongsToOne) {
  const Account first = invited("a@b.example");
  const Account second = invited("c@d.example");
  const auto bind = [&](std::int64_t id) {
    return byPortal([&](auto& transaction) { return bindBroker(transaction, id, "https://broker.example 17"); });
  };
  EXPECT_TRUE(bind(first.id));
  EXPECT_FALSE(bind(second.id));
  EXPECT_EQ(findByBroker(portal_, "https://broker.example 17")->id, first.id);
  EXPECT_FALSE(findByBroker(portal_, "https://broker.example 18"));
}

TEST_F(Accounts, ThePasswordHashStaysInItsRoom) {
  active();
  const auto views = owner_.exec(
      "SELECT count(*), count(*) FILTER (WHERE column_name = 'password_hash' OR column_name LIKE '%sealed')"
      " FROM information_schema.columns NATURAL JOIN information_schema.views WHERE table_schema = 'portal'");
  EXPECT_GT(views.only().integer(0), 20);
  EXPECT_EQ(views.only().integer(1), 0);
  const Account account = *find(portal_, "j.devries@aanbieder.example");
  EXPECT_EQ(describe(account).find("argon2"), std::string::npos);
}

TEST_F(Accounts, AForgottenPasswordIsMailedToWhoHasAnAccountOnly) {
  const Account account = active();
  askAgain(" J.DeVries@aanbieder.example");
  askAgain("nobody@aanbieder.example");
  askAgain(std::string("a\0b@c.example", 13));
  askAgain(std::string(5000, 'x'));
  ASSERT_EQ(messages("wachtwoord-herstel"), 1);
  const auto row = owner_.exec("SELECT recipients[1] AS mail, facts::text AS facts FROM outbox.message").only();
  EXPECT_EQ(row.text("mail"), account.user);
  EXPECT_EQ(row.text("facts"), fmt::format("{{\"account\": \"{}\"}}", account.id));
}

TEST_F(Accounts, WhoSignsInByABrokerHasNoPasswordToForget) {
  const Account account = invited();
  byPortal([&](auto& transaction) { return bindBroker(transaction, account.id, "https://broker.example 17"); });
  askAgain(account.user);
  EXPECT_EQ(messages("wachtwoord-herstel"), 0);
  byPortal([&](auto& transaction) { setPassword(transaction, account.id, kSomeHash, now_); });
  askAgain(account.user);
  EXPECT_EQ(messages("wachtwoord-herstel"), 1);
}

TEST_F(Accounts, AskingAgainAndAgainSendsOneMail) {
  active();
  for (int i = 0; i < 5; ++i) askAgain("j.devries@aanbieder.example");
  const auto sent = messages("wachtwoord-herstel");
  EXPECT_TRUE(sent == 1 || sent == 2) << sent;  // two when a quarter of an hour began meanwhile
}

TEST_F(Accounts, ADisabledOneGetsNoMailAndNobodyIsTold) {
  const Account account = active();
  byAdmin([&](auto& transaction) { return disable(transaction, account.user, now_); });
  askAgain(account.user);
  EXPECT_EQ(messages("wachtwoord-herstel"), 0);
}

TEST_F(Accounts, AskingWritesTheSameWhetherTheAccountExistsOrNot) {
  active();
  const auto written = [&](std::string_view user) {
    const auto before = owner_.exec("SELECT pg_current_wal_insert_lsn()").only().text(0);
    askAgain(user);
    return owner_.exec("SELECT (pg_current_wal_insert_lsn() - $1::pg_lsn)::bigint", before).only().integer(0);
  };
  written("warm@aanbieder.example");
  const auto known = written("j.devries@aanbieder.example");
  const auto unknown = written("j.devriez@aanbieder.example");
  EXPECT_GT(unknown, known / 3);
  EXPECT_LT(unknown, known * 3);
}

TEST_F(Accounts, ThePortalQueuesNothingButItsOwnMails) {
  const Account account = active();
  byPortal([&](auto& transaction) { tellChange(transaction, account.id, Change::password, "ttp.example"); });
  EXPECT_EQ(messages("account-gewijzigd"), 1);
  EXPECT_THROW(portal_.exec("INSERT INTO outbox.message (message_id, channel, kind) VALUES ('a', 'mail', 'limiet')"),
               postgres::DatabaseError);
  EXPECT_THROW(portal_.exec("SELECT facts FROM outbox.message"), postgres::DatabaseError);
  EXPECT_THROW(portal_.exec("SELECT portal.tell_change($1, 'uitgezet', 'ttp.example')", account.id),
               postgres::DatabaseError);
  EXPECT_THROW(portal_.exec("SELECT portal.ask_for_reset('a@b.example', 'ttp.example>')"), postgres::DatabaseError);
  EXPECT_THROW(portal_.exec("INSERT INTO portal.account (\"user\", name, role, created) VALUES"
                            " ('a@b.example', 'A', 'operator', now())"),
               postgres::DatabaseError);
  EXPECT_THROW(portal_.exec("UPDATE portal.account SET role = 'operator', subject = NULL"), postgres::DatabaseError);
}

}  // namespace
}  // namespace sluis::account
