#include "run/persons.h"

#include <gtest/gtest.h>

#include "account/session.h"
#include "base/error.h"
#include "run/office_requests.h"
#include "support/emptied.h"

namespace sluis::run {
namespace {

using namespace std::chrono_literals;
using account::Role;

class Persons : public testing::Test {
 protected:
  Persons() {
    portal_.account = "sluis-portal";
    portal_.secondFactor = {"operator", "provider"};
    portal_.idle = 30min;
    portal_.longest = 10h;
    owner_.exec("INSERT INTO register.provider (code, name, mails) VALUES ('P0001', 'Noord', '{a@noord.example}')");
  }
  // The token of a session of somebody with that role, as the portal makes them.
  std::string session(Role role, const char* means = "totp", const std::string& state = "active") {
    const std::string user = fmt::format("u{}@ttp.example", ++users_);
    const auto id = owner_
                        .exec(
                            "INSERT INTO portal.account (\"user\", name, role, subject, state, password_hash, created)"
                            " VALUES ($1, 'N', $2, $3, 'active', 'x', $4) RETURNING id",
                            user, account::toString(role),
                            role == Role::provider ? std::optional<std::string>("P0001") : std::nullopt, now_)
                        .only()
                        .integer(0);
    postgres::Transaction transaction(owner_);
    const auto account = account::find(owner_, id).value();
    auto begun = account::begin(transaction, account, rules_, "192.0.2.1", "", now_);
    if (means != nullptr) begun = account::raise(transaction, begun, means, now_);
    transaction.commit();
    owner_.exec("UPDATE portal.account SET state = $2 WHERE id = $1", id, state);
    return begun.token;
  }
  control::Request request(const std::string& command, nlohmann::json arguments = nlohmann::json::object()) const {
    return {command, std::move(arguments), "sluis-portal", {}};
  }
  std::string refusal(const control::Request& request, Instant at) {
    try {
      personAsking(daemon_, portal_, request, at);
      return "";
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::usage);
      return error.message();
    }
  }
  bool may(const std::string& command, const std::string& token) {
    return refusal(request(command, {{"session", token}}), now_ + 1min).empty();
  }

  test::Database& database_ = test::emptied({"portal.account", "register.provider"});
  postgres::Connection owner_ = database_.connect();
  postgres::Connection daemon_ = database_.connect("sluis_daemon");
  config::Portal portal_;
  const account::SessionRules rules_;
  const Instant now_ = std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
  int users_ = 0;
};

TEST_F(Persons, PortalAsksNothingInItsOwnName) {
  for (const char* command : {"release", "run", "reload", "rotate", "snapshot", "erase-snapshot", "no-such"})
    EXPECT_TRUE(isAskedForSomebody(portal_, request(command))) << command;
  EXPECT_FALSE(isAskedForSomebody(portal_, request("status")));
  EXPECT_NE(refusal(request("release"), now_), "");
  auto root = request("release");
  root.actor = "root";
  EXPECT_FALSE(isAskedForSomebody(portal_, root));
  root.arguments = {{"session", "x"}};
  EXPECT_TRUE(isAskedForSomebody(portal_, root)) << "a session is judged, whoever brings it";
}

TEST_F(Persons, ForgedSessionIsNobodys) {
  session(Role::ttpOperator);
  for (const nlohmann::json& forged :
       {nlohmann::json(""), nlohmann::json("x"), nlohmann::json(std::string(43, 'A')),
        nlohmann::json(std::string(5000, 'A')), nlohmann::json(7), nlohmann::json(nullptr), nlohmann::json::object(),
        nlohmann::json("' OR '1'='1")})
    EXPECT_EQ(refusal(request("release", {{"session", forged}}), now_), "that session is over")
        << forged.dump().substr(0, 20);
}

TEST_F(Persons, OperatorMayChangeAndAuditorOnlyLook) {
  const auto op = session(Role::ttpOperator);
  const auto auditor = session(Role::auditor);
  EXPECT_TRUE(may("status", op));
  EXPECT_TRUE(may("status", auditor));
  for (const char* command :
       {"release", "reject", "run", "provider-suspend", "provider-resume", "agreement-end", "application-in-force",
        "application-invite", "application-decline", "account-invite", "account-disable", "account-reset"}) {
    EXPECT_TRUE(may(command, op)) << command;
    EXPECT_FALSE(may(command, auditor)) << command;
  }
}

TEST_F(Persons, ProviderMayChangeItsAddressesAndNothingElse) {
  const auto provider = session(Role::provider);
  EXPECT_TRUE(may("provider-mails", provider));
  EXPECT_FALSE(may("provider-mails", session(Role::ttpOperator)));
  for (const char* command : {"status", "release", "provider-suspend", "application-decline", "account-invite"})
    EXPECT_FALSE(may(command, provider)) << command;
}

TEST_F(Persons, NobodyAsksAtThePortalForWhatIsForAdministrators) {
  const auto op = session(Role::ttpOperator);
  for (const char* command : {"rotate", "reload", "snapshot", "erase-snapshot", "no-such"})
    EXPECT_FALSE(may(command, op)) << command;
}

TEST_F(Persons, HalfASignInIsNone) {
  EXPECT_FALSE(may("release", session(Role::ttpOperator, nullptr)));
  EXPECT_FALSE(may("release", session(Role::ttpOperator, "password"))) << "the role needs a second factor";
  EXPECT_FALSE(may("release", session(Role::ttpOperator, "totp", "disabled")));
}

TEST_F(Persons, ChangesNeedAFreshSecondFactorAndLookingDoesNot) {
  const auto op = session(Role::ttpOperator);
  const auto provider = session(Role::provider);
  owner_.exec(
      "UPDATE portal.session SET idle_until = now() + interval '9 hours', last_seen = now() + interval '2 hours'");
  EXPECT_EQ(refusal(request("release", {{"session", op}}), now_ + 59min), "");
  EXPECT_NE(refusal(request("release", {{"session", op}}), now_ + 61min), "");
  EXPECT_EQ(refusal(request("status", {{"session", op}}), now_ + 61min), "");
  EXPECT_EQ(refusal(request("provider-mails", {{"session", provider}}), now_ + 59min), "");
  EXPECT_NE(refusal(request("provider-mails", {{"session", provider}}), now_ + 61min), "");
}

}  // namespace
}  // namespace sluis::run
