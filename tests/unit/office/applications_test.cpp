#include "office/applications.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "support/emptied.h"

namespace sluis::office {
namespace {

using namespace std::chrono_literals;

class Applications : public testing::Test {
 protected:
  /// As the portal writes one.
  std::int64_t applied(const std::string& organisation = "Jeugdzorg Noord", const std::string& upload = "automation") {
    return portal_
        .exec(
            "INSERT INTO portal.application (organisation, kvk, street, postcode, town, contact_name, contact_mail,"
            " contact_phone, technical_mail, municipalities, format, upload, person_names, person_mails, created)"
            " VALUES ($1, '12345678', 'Kade 1', '1315 AB', 'Almere', 'J. de Vries', 'j@noord.example', '036-1234567',"
            " 'ict@noord.example', '{GM0034,GM0050}', 'csv', $2, '{J. de Vries}', '{j@noord.example}', $3)"
            " RETURNING id",
            organisation, upload, now_)
        .only()
        .integer(0);
  }
  template <typename Step>
  void take(Step step) {
    postgres::Transaction transaction(daemon_);
    step(transaction);
    transaction.commit();
  }
  void upTo(ApplicationState state, std::int64_t id) {
    take([&](auto& transaction) { agreementSent(transaction, id, post_, occasion_); });
    if (state == ApplicationState::agreementSent) return;
    take([&](auto& transaction) { agreementReceived(transaction, id, "dossier 17", occasion_); });
    if (state == ApplicationState::agreementReceived) return;
    take([&](auto& transaction) {
      inForce(transaction, id, {.provider = {.code = "P0042"}, .from = std::chrono::sys_days(2026y / 12 / 1)}, haveKey_,
              {}, occasion_);
    });
  }
  std::vector<std::string> kinds() {
    std::vector<std::string> found;
    for (const auto row : owner_.exec("SELECT kind FROM outbox.message ORDER BY id")) found.push_back(row.text("kind"));
    return found;
  }
  std::vector<std::string> events() {
    std::vector<std::string> found;
    for (const auto& entry : audit::show(owner_, 0, 1000))
      found.push_back(nlohmann::json::parse(entry.json).at("event"));
    return found;
  }

  test::Database& database_ =
      test::emptied({"audit.entry", "register.agreement", "portal.application", "register.provider", "outbox.message"});
  postgres::Connection owner_ = database_.connect();
  postgres::Connection portal_ = database_.connect("sluis_portal");
  postgres::Connection daemon_ = database_.connect("sluis_daemon");
  const Instant now_ = std::chrono::sys_days(2026y / 11 / 22) + 12h;
  const Post post_{.domain = "ttp.example", .operators = {"o@ttp.example"}, .portal = "https://portal.ttp.example"};
  const Occasion occasion_{.at = now_, .actor = "b@ttp.example (account 3, operator)", .system = "sluisd"};
  const RequireKey haveKey_ = [](const std::string&) { return false; };
};

TEST_F(Applications, PortalWritesOneAndReadsNone) {
  applied();
  EXPECT_THROW(portal_.exec("SELECT organisation FROM portal.application"), postgres::DatabaseError);
  EXPECT_TRUE(portal_.exec("SELECT * FROM portal.seen_application").empty()) << "without a session of the TTP";
  EXPECT_THROW(portal_.exec("UPDATE portal.application SET kvk = '87654321'"), postgres::DatabaseError);
  EXPECT_THROW(portal_.exec("INSERT INTO portal.application (state) VALUES ('in-force')"), postgres::DatabaseError);
}

TEST_F(Applications, ContactGetsALinkThatShowsWhereItStandsAndNothingElse) {
  const auto id = applied();
  EXPECT_EQ(announceApplications(daemon_, post_, now_), 1);
  EXPECT_EQ(announceApplications(daemon_, post_, now_), 0) << "told twice";
  EXPECT_EQ(kinds(), (std::vector<std::string>{"aanmelding-ontvangen", "aanmelding"}));
  const auto row =
      owner_.exec("SELECT facts ->> 'link' AS link, recipients FROM outbox.message ORDER BY id LIMIT 1").only();
  const std::string link = row.text("link");
  const std::string prefix = "https://portal.ttp.example/apply/";
  ASSERT_TRUE(link.starts_with(prefix));
  EXPECT_EQ(row.get<std::vector<std::string>>("recipients"), std::vector<std::string>{"j@noord.example"});
  const auto status = portal_.exec("SELECT * FROM portal.application_of($1)", link.substr(prefix.size()));
  ASSERT_EQ(status.size(), 1);
  EXPECT_EQ(status.only().integer("id"), id);
  EXPECT_EQ(status.only().text("state"), "received");
  EXPECT_TRUE(portal_.exec("SELECT * FROM portal.application_of('')").empty());
}

TEST_F(Applications, BecomesAProviderStepByStep) {
  const auto id = applied();
  upTo(ApplicationState::inForce, id);
  int invited = 0;
  take([&](auto& transaction) {
    invitePeople(
        transaction, id,
        [&](auto&, const Person& person, const std::string& provider, const std::string& language) {
          EXPECT_EQ(person.mail, "j@noord.example");
          EXPECT_EQ(provider, "P0042");
          EXPECT_EQ(language, "nl");
          ++invited;
        },
        occasion_);
  });
  EXPECT_EQ(invited, 1);
  const auto provider = registry::provider(daemon_, "P0042");
  EXPECT_EQ(provider.name, "Jeugdzorg Noord");
  EXPECT_EQ(provider.mails, (std::vector<std::string>{"j@noord.example", "ict@noord.example"}));
  EXPECT_EQ(registry::agreements(daemon_, "P0042").size(), 2U);
  EXPECT_EQ(findApplication(daemon_, id)->state, ApplicationState::invited);
  EXPECT_EQ(stepsOf(daemon_, id).size(), 4U);
  EXPECT_EQ(events(), (std::vector<std::string>{"application.agreement-sent", "application.agreement-received",
                                                "provider.added", "agreement.added", "agreement.added",
                                                "application.in-force", "application.invited"}));
  EXPECT_EQ(kinds(), std::vector<std::string>{"aanmelding-overeenkomst"});
}

TEST_F(Applications, StepsAreTakenInOrderAndOnce) {
  const auto id = applied();
  const auto receive = [&](auto& transaction) { agreementReceived(transaction, id, "", occasion_); };
  EXPECT_THROW(take(receive), Error) << "before it was sent";
  upTo(ApplicationState::agreementSent, id);
  EXPECT_THROW(upTo(ApplicationState::agreementSent, id), Error) << "a second time";
  EXPECT_THROW(take([&](auto& transaction) {
                 inForce(transaction, id, {.provider = {.code = "P0042"}, .from = {}}, haveKey_, {}, occasion_);
               }),
               Error);
  EXPECT_THROW(take([&](auto& transaction) { agreementSent(transaction, 999, post_, occasion_); }), Error);
  EXPECT_EQ(events().size(), 1U);
}

TEST_F(Applications, CodeThatIsTakenLeavesItWhereItWas) {
  const auto first = applied();
  upTo(ApplicationState::inForce, first);
  const auto second = applied("Jeugdzorg Zuid");
  EXPECT_THROW(upTo(ApplicationState::inForce, second), Error);
  EXPECT_EQ(findApplication(daemon_, second)->state, ApplicationState::agreementReceived);
  EXPECT_EQ(registry::provider(daemon_, "P0042").name, "Jeugdzorg Noord");
}

TEST_F(Applications, DeclinedOneTellsWhyAndIsForgottenAYearLater) {
  const auto id = applied();
  const auto decline = [&](const std::string& reason) {
    take([&](auto& transaction) { declineApplication(transaction, id, reason, post_, occasion_); });
  };
  EXPECT_THROW(decline(""), Error);
  EXPECT_THROW(decline("burger 123456782"), Error) << "could be a citizen number";
  decline("geen jeugdhulp");
  EXPECT_EQ(kinds(), std::vector<std::string>{"aanmelding-afgewezen"});
  EXPECT_THROW(upTo(ApplicationState::agreementSent, id), Error);
  const auto forgotten = [&](Instant at) {
    int count = 0;
    take([&](auto& transaction) { count = forgetOldApplications(transaction, at); });
    return count;
  };
  EXPECT_EQ(forgotten(now_ + kApplicationsKept - 1h), 0);
  EXPECT_EQ(forgotten(now_ + kApplicationsKept + 1h), 1);
  EXPECT_FALSE(findApplication(daemon_, id));
}

TEST_F(Applications, FloodEndsAndNobodysMailboxIsFilled) {
  const auto room = [&](const char* mail) {
    return portal_.exec("SELECT portal.may_apply($1)", mail).only().get<bool>(0);
  };
  EXPECT_TRUE(room("j@noord.example"));
  for (int i = 0; i < 3; ++i) applied();
  owner_.exec("UPDATE portal.application SET created = now()");
  EXPECT_FALSE(room("J@Noord.example"));
  EXPECT_TRUE(room("else@noord.example"));
  owner_.exec(
      "INSERT INTO portal.application (organisation, kvk, street, postcode, town, contact_name, contact_mail,"
      " contact_phone, municipalities, format, upload, person_names, person_mails, created)"
      " SELECT 'O', '12345678', '', '', '', 'C', 'c' || n || '@d.example', '', '{GM0034}', 'csv', 'person',"
      " '{P}', '{p@d.example}', now() FROM generate_series(1, 200) AS n");
  EXPECT_FALSE(room("else@noord.example"));
}

}  // namespace
}  // namespace sluis::office
