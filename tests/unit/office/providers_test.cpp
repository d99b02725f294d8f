#include "office/providers.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "office/agreements.h"
#include "support/emptied.h"

namespace sluis::office {
namespace {

using namespace std::chrono_literals;

class Office : public testing::Test {
 protected:
  Office() {
    postgres::Transaction transaction(admin_);
    addProvider(transaction, {.provider = {.code = "P0001", .name = "Noord", .mails = {"a@noord.example"}}}, typed_);
    transaction.commit();
  }
  template <typename Change>
  auto by(postgres::Connection& connection, Change change) {
    postgres::Transaction transaction(connection);
    auto result = change(transaction);
    transaction.commit();
    return result;
  }
  nlohmann::json lastEvent() { return nlohmann::json::parse(events().back()); }
  std::vector<std::string> events() {
    std::vector<std::string> texts;
    for (const auto& entry : audit::show(admin_, 0, 1000)) texts.push_back(entry.json);
    return texts;
  }

  test::Database& database_ = test::emptied({"audit.entry", "outbox.message", "register.login_key",
                                             "register.agreement", "portal.application", "register.provider"});
  postgres::Connection admin_ = database_.connect("sluis_admin");
  postgres::Connection daemon_ = database_.connect("sluis_daemon");
  const Instant now_ = std::chrono::sys_days(2026y / 11 / 22) + 12h;
  const Occasion typed_{.at = now_, .actor = "beheer", .system = "sluis"};
  const account::Account somebody_{
      .id = 3, .user = "b@noord.example", .name = "B. Bakker", .role = account::Role::provider, .subject = "P0001"};
  const Post post_{.domain = "ttp.example"};
  const Occasion pressed_{.at = now_, .actor = "b@ttp.example (account 3, operator)", .system = "sluisd"};
};

TEST_F(Office, ChangeIsTheSameEntryWhicheverWayItWasAsked) {
  const auto suspend = [&](const Occasion& occasion) {
    return [&](auto& transaction) { return setSuspended(transaction, "P0001", true, occasion); };
  };
  EXPECT_TRUE(by(admin_, suspend(typed_)));
  const auto first = lastEvent();
  by(admin_, [&](auto& transaction) { return setSuspended(transaction, "P0001", false, typed_); });
  EXPECT_TRUE(by(daemon_, suspend(pressed_)));
  auto second = lastEvent();
  EXPECT_EQ(second["event"], "provider.suspended");
  EXPECT_EQ(second["actor"], "b@ttp.example (account 3, operator)");
  EXPECT_EQ(second["system"], "sluisd");
  second["actor"] = first["actor"];
  second["system"] = first["system"];
  EXPECT_EQ(second, first);
}

TEST_F(Office, WhatIsSoAlreadyIsNotLogged) {
  by(daemon_, [&](auto& transaction) { return setSuspended(transaction, "P0001", true, pressed_); });
  const auto before = events().size();
  EXPECT_FALSE(by(daemon_, [&](auto& transaction) { return setSuspended(transaction, "P0001", true, pressed_); }));
  EXPECT_TRUE(by(daemon_, [&](auto& transaction) {
                return changeMails(transaction, somebody_, {"a@noord.example"}, post_, pressed_);
              }).empty());
  EXPECT_EQ(events().size(), before);
}

TEST_F(Office, MailsAreAddressesEachOnceAndAtLeastOne) {
  const auto change = [&](std::vector<std::string> mails) {
    by(daemon_, [&](auto& transaction) { return changeMails(transaction, somebody_, mails, post_, pressed_); });
  };
  EXPECT_THROW(change({"no address"}), Error);
  EXPECT_THROW(change({"a@b.example\r\nBcc: c@d.example"}), Error);
  EXPECT_THROW(change({}), Error);
  EXPECT_THROW(change(std::vector<std::string>(kMostMails + 1, "a@b.example")), Error);
  EXPECT_EQ(registry::provider(admin_, "P0001").mails, std::vector<std::string>{"a@noord.example"});
  change({"x@noord.example", "y@noord.example", "x@noord.example"});
  EXPECT_EQ(registry::provider(admin_, "P0001").mails,
            (std::vector<std::string>{"x@noord.example", "y@noord.example"}));
  EXPECT_EQ(lastEvent()["details"]["mail"], R"(["x@noord.example","y@noord.example"])");
}

TEST_F(Office, OldAndNewAddressesAreToldOfAChange) {
  Occasion occasion = pressed_;
  const auto change = [&](std::vector<std::string> mails) {
    occasion.at += 1s;
    by(daemon_, [&](auto& transaction) { return changeMails(transaction, somebody_, mails, post_, occasion); });
  };
  change({"a@noord.example"});
  EXPECT_EQ(admin_.exec("SELECT count(*) FROM outbox.message").only().integer(0), 0) << "nothing was changed";
  change({"x@noord.example", "a@noord.example"});
  change({"y@noord.example"});
  const auto told = admin_.exec(
      "SELECT kind, recipients, provider, facts->>'adressen', facts->>'door' FROM outbox.message ORDER BY id");
  ASSERT_EQ(told.size(), 2U);
  EXPECT_EQ(told[0].text(0), "adressen-gewijzigd");
  EXPECT_EQ(told[0].get<std::vector<std::string>>(1), (std::vector<std::string>{"a@noord.example", "x@noord.example"}));
  EXPECT_EQ(told[0].text(2), "P0001");
  EXPECT_EQ(told[0].text(3), "x@noord.example\na@noord.example");
  EXPECT_EQ(told[0].text(4), "B. Bakker");
  EXPECT_EQ(told[1].get<std::vector<std::string>>(1),
            (std::vector<std::string>{"x@noord.example", "a@noord.example", "y@noord.example"}));
}

TEST_F(Office, AgreementEndsAtOnceUnlessADayIsGiven) {
  registry::Agreement agreement;
  agreement.provider = "P0001";
  agreement.municipality = "GM0034";
  agreement.dataset = "jeugdhulp";
  agreement.validFrom = std::chrono::sys_days(2026y / 1 / 1);
  std::vector<std::string> keys;
  const auto added = by(daemon_, [&](auto& transaction) {
    return addAgreement(
        transaction, agreement,
        [&](const std::string& name) {
          keys.push_back(name);
          return true;
        },
        pressed_);
  });
  EXPECT_EQ(keys, std::vector<std::string>{"domain-GM0034"});
  EXPECT_EQ(lastEvent()["event"], "key.created");
  const Day yesterday = std::chrono::sys_days(2026y / 11 / 21);
  const auto ended =
      by(daemon_, [&](auto& transaction) { return endAgreement(transaction, added.id, std::nullopt, pressed_); });
  EXPECT_EQ(ended.validUntil, yesterday);
  EXPECT_EQ(lastEvent()["details"]["until"], "2026-11-21");
  EXPECT_EQ(lastEvent()["subject"], "P0001");
}

TEST_F(Office, KeyThatCannotBeMadeLeavesNoAgreement) {
  registry::Agreement agreement;
  agreement.provider = "P0001";
  agreement.municipality = "GM0363";
  agreement.dataset = "jeugdhulp";
  agreement.validFrom = std::chrono::sys_days(2026y / 1 / 1);
  const auto refuse = [](const std::string&) -> bool { throw Error(ErrorKind::usage, "no key"); };
  EXPECT_THROW(by(daemon_, [&](auto& transaction) { return addAgreement(transaction, agreement, refuse, pressed_); }),
               Error);
  EXPECT_TRUE(registry::agreements(admin_).empty());
}

TEST_F(Office, KeysCanComeLater) {
  const registry::LoginKey key{.provider = "P0001", .publicKey = "ssh-ed25519 AAAA", .fingerprint = "SHA256:a"};
  const auto add = [&](std::vector<registry::LoginKey> keys) {
    return by(admin_, [&](auto& transaction) {
      return addKeys(transaction, {.provider = {.code = "P0001"}, .loginKeys = keys, .signers = {}}, typed_);
    });
  };
  EXPECT_THROW(add({}), Error);
  EXPECT_EQ(add({key}).at("login_key_1"), "SHA256:a");
  EXPECT_EQ(lastEvent()["event"], "provider.keys-added");
  EXPECT_EQ(lastEvent()["details"]["login_key_1"], "SHA256:a");
  EXPECT_EQ(registry::loginKeys(admin_, "P0001").size(), 1U);
}

TEST(Municipality, IsWrittenOneWay) {
  EXPECT_EQ(canonicalMunicipality("gm0034"), "GM0034");
  EXPECT_EQ(canonicalMunicipality("0034"), "GM0034");
  for (const char* wrong : {"", "34", "GM34", "GM00341", "XX0034", "GM00a4"})
    EXPECT_THROW(canonicalMunicipality(wrong), Error) << wrong;
}

}  // namespace
}  // namespace sluis::office
