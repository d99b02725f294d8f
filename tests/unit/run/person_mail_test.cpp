#include "run/person_mail.h"

#include <gtest/gtest.h>

#include "account/password.h"
#include "account/session.h"
#include "mail/kinds.h"
#include "support/database.h"

namespace sluis::run {
namespace {

using namespace std::chrono_literals;

constexpr const char* kPortal = "https://portal.ttp.example";

class PersonMail : public testing::Test {
 protected:
  PersonMail() {
    postgres::Transaction transaction(daemon_);
    account_ = account::add(transaction,
                            {.user = "a@b.example", .name = "A. de Boer", .role = account::Role::ttpOperator}, now_)
                   .id;
    transaction.commit();
  }
  std::optional<mail::Person> person(std::string_view kind, std::int64_t account, const char* portal = kPortal) {
    postgres::Transaction transaction(daemon_);
    auto found = personOf(transaction, account, std::string(kind), portal, now_);
    transaction.commit();
    return found;
  }
  std::optional<account::Link> linkOf(const mail::Person& person, Instant at) {
    return account::findLink(portal_, person.link.substr(person.link.rfind('/') + 1), at);
  }
  void activate() {
    postgres::Transaction transaction(portal_);
    account::setPassword(transaction, account_, "$argon2id$", now_);
    transaction.commit();
  }

  test::Database database_;
  postgres::Connection daemon_ = database_.connect("sluis_daemon");
  postgres::Connection portal_ = database_.connect("sluis_portal");
  std::int64_t account_ = 0;
  const Instant now_ = SystemClock().now();
};

TEST_F(PersonMail, AnInvitationsLinkOpensThePortalForAWeek) {
  const auto found = person(mail::kind::kInvitation, account_);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->name, "A. de Boer");
  EXPECT_TRUE(found->link.starts_with("https://portal.ttp.example/link/"));
  ASSERT_TRUE(linkOf(*found, now_));
  EXPECT_EQ(linkOf(*found, now_)->account.id, account_);
  EXPECT_EQ(found->expires, now_ + 7 * 24h);
  EXPECT_FALSE(linkOf(*found, *found->expires));
}

TEST_F(PersonMail, ALinkThatWasNotCommittedOpensNothing) {
  postgres::Transaction transaction(daemon_);
  const auto found = personOf(transaction, account_, std::string(mail::kind::kInvitation), kPortal, now_);
  transaction.rollback();
  EXPECT_FALSE(linkOf(*found, now_));
}

TEST_F(PersonMail, AnInvitationThatCameLateLetsNobodyIn) {
  activate();
  EXPECT_FALSE(person(mail::kind::kInvitation, account_));
  const auto forgotten = person(mail::kind::kForgotten, account_);
  ASSERT_TRUE(forgotten);
  EXPECT_EQ(linkOf(*forgotten, now_)->purpose, account::Purpose::reset);
}

TEST_F(PersonMail, WhoSignsInByABrokerGetsNoLinkToAPassword) {
  postgres::Transaction transaction(portal_);
  account::bindBroker(transaction, account_, "https://broker.example 17");
  transaction.commit();
  EXPECT_FALSE(person(mail::kind::kForgotten, account_));
}

TEST_F(PersonMail, ADisabledAccountGetsNoLinkButIsToldOfIt) {
  postgres::Transaction transaction(daemon_);
  account::disable(transaction, "a@b.example", now_);
  transaction.commit();
  EXPECT_FALSE(person(mail::kind::kForgotten, account_));
  EXPECT_FALSE(person(mail::kind::kInvitation, account_));
  const auto told = person(mail::kind::kAccountChanged, account_);
  ASSERT_TRUE(told);
  EXPECT_EQ(told->link, "");
}

TEST_F(PersonMail, NobodyAndNoPortalIsNothing) {
  EXPECT_FALSE(person(mail::kind::kInvitation, account_ + 1));
  EXPECT_FALSE(person(mail::kind::kInvitation, account_, ""));
}

}  // namespace
}  // namespace sluis::run
