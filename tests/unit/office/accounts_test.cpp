#include "office/accounts.h"

#include <gtest/gtest.h>

#include "account/password.h"
#include "base/file.h"
#include "support/database.h"
#include "support/temp_dir.h"

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
      return invite(transaction, {.user = "A@b.example", .name = "A. de Boer", .role = account::Role::auditor},
                    isMunicipality_, post_, occasion_);
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

  int users_ = 0;
  test::Database database_;
  postgres::Connection connection_ = database_.connect(GetParam());
  postgres::Connection owner_ = database_.connect();
  const Post post_{.domain = "ttp.example", .operators = {}, .portal = "https://portal.ttp.example"};
  const IsMunicipality isMunicipality_ = [](const std::string& code) { return code == "GM0034"; };
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
    invite(transaction, {.user = "a@b.example", .name = "A", .role = account::Role::auditor}, isMunicipality_, post_,
           occasion_);
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
    invite(transaction, {.user = "a@b.example", .name = "A", .role = account::Role::auditor}, isMunicipality_,
           {.domain = "ttp.example"}, occasion_);
  });
  EXPECT_TRUE(messages().empty());
}

TEST_P(OfficeAccounts, AnAccountIsForAMunicipalityOrProviderThatThereIs) {
  owner_.exec("INSERT INTO register.provider (code, name, mails) VALUES ('P0001', 'Noord', '{a@noord.example}')");
  const auto invited = [&](account::Role role, const std::string& subject) {
    const std::string user = fmt::format("u{}@b.example", ++users_);
    try {
      return committed([&](auto& transaction) {
        return invite(transaction, {.user = user, .name = "A", .role = role, .subject = subject}, isMunicipality_,
                      post_, occasion_)
            .subject;
      });
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::usage);
      EXPECT_NE(error.hint(), "") << error.what();
      return "refused: " + error.message();
    }
  };
  using account::Role;
  EXPECT_EQ(invited(Role::municipality, "gm0034"), "GM0034");
  EXPECT_EQ(invited(Role::provider, "p0001"), "P0001");
  EXPECT_EQ(invited(Role::municipality, "GM9999"),
            "refused: there is no municipality GM9999 in the code list gemeenten");
  EXPECT_EQ(invited(Role::municipality, "P0001"),
            "refused: a municipality's account is for a municipality's code, not for \"P0001\"");
  EXPECT_EQ(invited(Role::municipality, ""), "refused: of which municipality is the account?");
  EXPECT_EQ(invited(Role::provider, "GM0034"), "refused: there is no provider GM0034");
  EXPECT_EQ(invited(Role::provider, "?"), "refused: a provider's account is for a provider's code, not for \"?\"");
  EXPECT_EQ(invited(Role::ttpOperator, "GM0034"),
            "refused: an account of role operator is the TTP's own, for no municipality or provider");
  EXPECT_EQ(messages().size(), 2U);
}

TEST(OfficeMunicipalities, AreThoseOfTheCodeListAsItIsNow) {
  const test::TempDir folder;
  config::Config config;
  config.codelists = folder.path();
  const auto write = [&](const char* codes) {
    writeFileDurably(folder / "gemeenten.yaml", fmt::format("codelist: gemeenten\ncodes:\n{}", codes), 0644);
  };
  const auto isMunicipality = municipalitiesOf(config);
  write("  - {code: GM0034, name: Almere}\n");
  EXPECT_TRUE(isMunicipality("GM0034"));
  EXPECT_FALSE(isMunicipality("GM0050"));
  write("  - {code: GM0034, name: Almere}\n  - {code: GM0050, name: Zeewolde, valid_until: 2020-01-01}\n");
  EXPECT_TRUE(isMunicipality("GM0050")) << "one that was merged still has its figures";
}

INSTANTIATE_TEST_SUITE_P(Roles, OfficeAccounts, testing::Values("sluis_admin", "sluis_daemon"));

}  // namespace
}  // namespace sluis::office
