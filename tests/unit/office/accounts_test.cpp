#include "office/accounts.h"

#include <gtest/gtest.h>

#include "account/password.h"
#include "support/database.h"

namespace sluis::office {
namespace {

// As `sluis` and as sluisd: both make these changes.
class OfficeAccounts : public testing::TestWithParam<const char*> {
 protected:
  template <typename Change>
  auto committed(Change change) {
    postgres::Transaction transaction(connection_);
    auto result = change(transaction);
    transaction.commit();
    return result;
  }
  account::Account invited() {
    return committed([&](auto& transaction) {
      return invite(transaction, {.user = "A@b.example", .name = "A. de Boer", .role = account::Role::auditor}, post_,
                    occasion_);
    });
  }
  std::string lastEntry() {
    const auto all = audit::show(connection_, 0, 100);
    return all.empty() ? std::string() : all.back().json;
  }
  std::vector<std::string> messages() {
    std::vector<std::string> found;
    for (const auto row : owner_.exec("SELECT kind || ' ' || recipients[1] || ' ' || facts::text FROM outbox.message"
                                      " ORDER BY id"))
      found.push_back(row.text(0));
    return found;
  }

  test::Database database_;
  postgres::Connection connection_ = database_.connect(GetParam());
  postgres::Connection owner_ = database_.connect();
  const Post post_{.domain = "ttp.example", .operators = {}, .portal = "https://portal.ttp.example"};
  const Occasion occasion_{.at = SystemClock().now(), .actor = "beheer", .system = "sluis"};
};

TEST_P(OfficeAccounts, AnInvitationIsMailedAndLoggedWithTheAccount) {
  const auto account = invited();
  EXPECT_EQ(messages(),
            std::vector<std::string>{fmt::format("uitnodiging a@b.example {{\"account\": \"{}\"}}", account.id)});
  const std::string entry = lastEntry();
  EXPECT_NE(entry.find("\"event\":\"account.added\""), std::string::npos) << entry;
  EXPECT_NE(entry.find("\"subject\":\"a@b.example\""), std::string::npos) << entry;
  EXPECT_NE(entry.find("\"role\":\"auditor\""), std::string::npos) << entry;
  EXPECT_NE(entry.find("\"actor\":\"beheer\""), std::string::npos) << entry;
}

TEST_P(OfficeAccounts, ItIsAllOrNothing) {
  {
    postgres::Transaction transaction(connection_);
    invite(transaction, {.user = "a@b.example", .name = "A", .role = account::Role::auditor}, post_, occasion_);
  }
  EXPECT_TRUE(messages().empty());
  EXPECT_EQ(lastEntry(), "");
  EXPECT_TRUE(account::accounts(connection_).empty());
}

TEST_P(OfficeAccounts, DisablingIsToldAndLoggedOnce) {
  invited();
  const auto disable = [&] {
    return committed([&](auto& transaction) { return disableAccount(transaction, "a@B.example", post_, occasion_); });
  };
  EXPECT_TRUE(disable());
  EXPECT_NE(lastEntry().find("account.disabled"), std::string::npos);
  EXPECT_FALSE(disable());
  ASSERT_EQ(messages().size(), 2U);
  EXPECT_NE(messages()[1].find("account-gewijzigd a@b.example"), std::string::npos);
  EXPECT_NE(messages()[1].find("\"wat\": \"uitgezet\""), std::string::npos);
  EXPECT_EQ(audit::show(connection_, 0, 100).size(), 2U);
  EXPECT_TRUE(committed([&](auto& transaction) { return enableAccount(transaction, "a@b.example", occasion_); }));
  EXPECT_NE(lastEntry().find("account.enabled"), std::string::npos);
  EXPECT_FALSE(committed([&](auto& transaction) { return enableAccount(transaction, "a@b.example", occasion_); }));
}

TEST_P(OfficeAccounts, AResetInvitesAgain) {
  const auto account = invited();
  auto portal = database_.connect("sluis_portal");
  {
    postgres::Transaction transaction(portal);
    account::setPassword(transaction, account.id, "$argon2id$", occasion_.at);
    transaction.commit();
  }
  Occasion later = occasion_;
  later.at += std::chrono::hours(1);
  const auto again =
      committed([&](auto& transaction) { return resetAccount(transaction, "a@b.example", post_, later); });
  EXPECT_EQ(again.state, account::State::invited);
  EXPECT_FALSE(again.hasPassword);
  EXPECT_EQ(messages().size(), 2U);
  EXPECT_NE(lastEntry().find("account.reset"), std::string::npos);
}

TEST_P(OfficeAccounts, WhatCannotBeDoneIsRefusedAndChangesNothing) {
  const auto refused = [&](auto change) {
    postgres::Transaction transaction(connection_);
    try {
      change(transaction);
      ADD_FAILURE() << "was not refused";
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::usage) << error.what();
      EXPECT_NE(error.hint(), "");
    }
  };
  refused([&](auto& transaction) { disableAccount(transaction, "x@b.example", post_, occasion_); });
  refused([&](auto& transaction) { enableAccount(transaction, "x@b.example", occasion_); });
  refused([&](auto& transaction) { resetAccount(transaction, "x@b.example", post_, occasion_); });
  refused([&](auto& transaction) {
    invite(transaction, {.user = "a@b.example", .name = "A", .role = account::Role::auditor}, {.domain = "ttp.example"},
           occasion_);
  });
  EXPECT_TRUE(messages().empty());
}

INSTANTIATE_TEST_SUITE_P(Roles, OfficeAccounts, testing::Values("sluis_admin", "sluis_daemon"));

}  // namespace
}  // namespace sluis::office
