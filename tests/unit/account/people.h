// Accounts in a real database, made and used by the roles that do so in the real programs.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <map>
#include <string>

#include "account/account.h"
#include "account/password.h"
#include "account/second_factor.h"
#include "account/session.h"
#include "base/file.h"
#include "support/database.h"

namespace sluis::account {

inline const std::filesystem::path kCommonPasswords =
    std::filesystem::path(SLUIS_SOURCE_DIR) / "config/portal/common-passwords.txt";

// Of the right form, and cheap: where the password itself does not matter.
inline constexpr std::string_view kSomeHash = "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHQ$aGFzaA";

using test::committed;

class People : public testing::Test {
 protected:
  People() {
    writeFileDurably(sealKey_, std::string(64, 'a') + "\n", 0600);
    // One database for all tests of a program: a new one takes longer than they do.
    for (const char* table : {"portal.attempt", "portal.account", "outbox.message", "register.provider"})
      owner_.exec(fmt::format("DELETE FROM {}", table));
    owner_.exec(
        "INSERT INTO register.provider (code, name, mails, max_file_bytes, quota_bytes, open_periods,"
        " max_deleted_share, max_rejected_records) VALUES ('P0001', 'Jeugdzorg Noord', '{data@p0001.example}', 1000,"
        " 1000, 2, 0.2, 0)");
  }
  ~People() override { std::filesystem::remove(sealKey_); }

  template <typename Change>
  auto byPortal(Change change) {
    return committed(portal_, change);
  }
  template <typename Change>
  auto byAdmin(Change change) {
    return committed(admin_, change);
  }

  Account invited(const std::string& user = "j.devries@aanbieder.example") {
    return byAdmin([&](auto& transaction) {
      return add(transaction, {.user = user, .name = "J. de Vries", .role = Role::provider, .subject = "P0001"}, now_);
    });
  }
  Account active(const std::string& user = "j.devries@aanbieder.example", std::string_view secret = {}) {
    return byAdmin([&](auto& transaction) {
      return SecondFactor(sealKey_).enrolled(
          transaction, {.user = user, .name = "J. de Vries", .role = Role::provider, .subject = "P0001"}, kSomeHash,
          secret, now_);
    });
  }
  Session signedIn(const Account& account, Instant at) {
    return byPortal([&](auto& transaction) {
      return raise(transaction, begin(transaction, account, rules_, "192.0.2.1", "Firefox", at), "totp", at);
    });
  }
  Session signedIn(const Account& account) { return signedIn(account, now_); }
  // All of what the database holds about accounts, as text.
  std::string everything() {
    std::string all;
    for (const char* table : {"account", "session", "link", "device", "recovery_code", "attempt"})
      for (const auto row : owner_.exec(fmt::format("SELECT t::text FROM portal.{} AS t", table)))
        all += row.text(0) + "\n";
    return all;
  }

  static postgres::Connection& as(const std::string& role) {
    static test::Database database;
    static std::map<std::string, postgres::Connection> connections;
    auto found = connections.find(role);
    if (found == connections.end()) found = connections.emplace(role, database.connect(role)).first;
    return found->second;
  }

  postgres::Connection& owner_ = as("postgres");
  postgres::Connection& portal_ = as("sluis_portal");
  postgres::Connection& admin_ = as("sluis_admin");
  postgres::Connection& daemon_ = as("sluis_daemon");
  std::filesystem::path sealKey_ =
      std::filesystem::temp_directory_path() / fmt::format("sluis-seal-{}.key", ::getpid());
  SessionRules rules_;
  const Instant now_ = SystemClock().now();
};

}  // namespace sluis::account
