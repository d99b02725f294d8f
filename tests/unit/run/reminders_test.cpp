#include "run/reminders.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/database.h"

namespace sluis::run {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Day day(int y, unsigned m, unsigned d) {
  return Day(std::chrono::year(y) / std::chrono::month(m) / std::chrono::day(d));
}

const ReminderSettings kSettings{.afterDays = 14, .closesDays = 14, .expiresDays = 30, .mailDomain = "ttp.example"};

class RemindersTest : public testing::Test {
 protected:
  // As the daemon's own role: its rights must be enough.
  RemindersTest() : owner_(database_.connect()), connection_(database_.connect("sluis_daemon")) {
    owner_.script(
        "INSERT INTO register.provider (code, name, mails, added) VALUES "
        "('P0001', 'De Brug', '{a@b.nl,c@b.nl}', '2024-01-01')");
    owner_.script(
        "INSERT INTO register.agreement (provider, municipality, dataset, valid_from) VALUES "
        "('P0001', 'GM0034', 'jeugdhulp', '2024-01-01')");
    signer_ = addSigner("ssh", "x", "sleutel van Jan", "NULL");
  }

  std::int64_t addSigner(const std::string& kind, const std::string& fingerprint, const std::string& label,
                         const std::string& until) {
    return owner_
        .exec(fmt::format("INSERT INTO register.signer (provider, kind, public_key, fingerprint, label, valid_until) "
                          "VALUES ('P0001', '{}', convert_to('{}', 'UTF8'), 'SHA256:{}', '{}', {}) RETURNING id",
                          kind, fingerprint, fingerprint, label, until))
        .only()
        .integer(0);
  }

  void delivered(const std::string& period, const std::string& state = "accepted") {
    ++number_;
    owner_.script(fmt::format(
        "INSERT INTO intake.delivery (id, provider, file, name_digest, dataset, period, state, code, node, size, "
        "sha256, signer_id, signer_fingerprint, first_seen, received, queued_at, processed) VALUES "
        "('D{:06}', 'P0001', 'f.csv', sha256('{}'), 'jeugdhulp', '{}', '{}', {}, 'n1', 5, sha256('{}'), {}, "
        "'SHA256:x', "
        "'2026-01-01', '2026-01-01', '2026-01-01', '2026-01-01')",
        number_, number_, period, state, state == "rejected" || state == "held" ? "'VAL01'" : "NULL", number_,
        signer_));
  }

  registry::Provider provider() { return registry::provider(connection_, "P0001"); }
  std::vector<std::string> expected(Day today) {
    std::vector<std::string> texts;
    for (const auto& one : expectedOf(connection_, provider(), today))
      texts.push_back(one.period.text() + " until " + toIsoDate(one.lastDay));
    return texts;
  }
  std::vector<std::string> reminders(Day today) {
    std::vector<std::string> texts;
    for (const auto& one : remindersFor(connection_, provider(), kSettings, today)) texts.push_back(one.about);
    return texts;
  }
  int remindOn(Day today) { return remind(connection_, kSettings, today, Instant(today) + 2h); }

  test::Database database_;
  postgres::Connection owner_;
  postgres::Connection connection_;
  std::int64_t signer_ = 0;
  int number_ = 0;
};

TEST_F(RemindersTest, ExpectWhatWasDeliveredOfTheSameKindBefore) {
  delivered("2026-08");
  EXPECT_THAT(expected(day(2026, 11, 22)), ElementsAre("2026-09 until 2026-11-30", "2026-10 until 2026-12-31"));
  delivered("2026-09");
  EXPECT_THAT(expected(day(2026, 11, 22)), ElementsAre("2026-10 until 2026-12-31"));
  delivered("2026-10");
  EXPECT_THAT(expected(day(2026, 11, 22)), IsEmpty());
}

TEST_F(RemindersTest, ExpectNothingThatIsOnItsWayButAgainWhatWasRefused) {
  delivered("2026-09");
  delivered("2026-10", "rejected");
  EXPECT_THAT(expected(day(2026, 11, 22)), ElementsAre("2026-10 until 2026-12-31"));
  delivered("2026-10", "held");
  EXPECT_THAT(expected(day(2026, 11, 22)), IsEmpty());
}

TEST_F(RemindersTest, ExpectNoHalfYearFromWhoDeliveredItsMonths) {
  delivered("2025H2");
  EXPECT_THAT(expected(day(2026, 7, 20)), ElementsAre("2026H1 until 2027-06-30"));
  for (const char* month : {"2026-01", "2026-02", "2026-03", "2026-04", "2026-05", "2026-06"}) delivered(month);
  EXPECT_THAT(expected(day(2026, 7, 20)), IsEmpty());
}

TEST_F(RemindersTest, ExpectHalfYearsFromWhoNeverDelivered) {
  EXPECT_THAT(expected(day(2026, 7, 20)), ElementsAre("2025H2 until 2026-12-31", "2026H1 until 2027-06-30"));
}

TEST_F(RemindersTest, ExpectNothingFromBeforeTheProviderOrItsAgreement) {
  owner_.script("UPDATE register.provider SET added = '2026-03-01'");
  EXPECT_THAT(expected(day(2026, 7, 20)), ElementsAre("2026H1 until 2027-06-30"));
  owner_.script("UPDATE register.agreement SET valid_from = '2026-07-01'");
  EXPECT_THAT(expected(day(2026, 7, 20)), IsEmpty());
  owner_.script("UPDATE register.agreement SET valid_from = '2024-01-01', valid_until = '2026-07-19'");
  EXPECT_THAT(expected(day(2026, 7, 20)), IsEmpty()) << "without an agreement in force it would be refused";
}

TEST_F(RemindersTest, ComeSomeDaysAfterThePeriodAndSomeDaysBeforeItCloses) {
  delivered("2026-08");
  delivered("2026-09");
  EXPECT_THAT(reminders(day(2026, 11, 13)), IsEmpty());
  EXPECT_THAT(reminders(day(2026, 11, 14)), ElementsAre("P0001-jeugdhulp-2026-10-verwacht"));
  delivered("2026-11");
  EXPECT_THAT(reminders(day(2026, 12, 16)), ElementsAre("P0001-jeugdhulp-2026-10-verwacht"));
  EXPECT_THAT(reminders(day(2026, 12, 17)), ElementsAre("P0001-jeugdhulp-2026-10-sluit"));
  EXPECT_THAT(reminders(day(2026, 12, 31)), ElementsAre("P0001-jeugdhulp-2026-10-sluit"));
  EXPECT_THAT(reminders(day(2027, 1, 1)), IsEmpty()) << "it is closed";
}

TEST_F(RemindersTest, WarnOfAKeyThatExpiresUnlessAnotherTookItsPlace) {
  const auto old = addSigner("cms", "c", "certificaat van Jan", "'2026-12-20'");
  for (const char* month : {"2026-09", "2026-10", "2026-11"}) delivered(month);
  const std::string about = fmt::format("P0001-ondertekenaar-{}-2026-12-20", old);
  EXPECT_THAT(reminders(day(2026, 11, 19)), IsEmpty());
  EXPECT_THAT(reminders(day(2026, 11, 20)), ElementsAre(about));
  EXPECT_THAT(reminders(day(2026, 12, 20)), ElementsAre(about));
  EXPECT_THAT(reminders(day(2026, 12, 21)), IsEmpty());
  addSigner("cms", "d", "nieuw", "'2027-12-20'");
  EXPECT_THAT(reminders(day(2026, 11, 20)), IsEmpty());
}

TEST_F(RemindersTest, AreSentOnceEachWithAnEntryInTheLog) {
  delivered("2026-08");
  delivered("2026-09");
  EXPECT_EQ(remindOn(day(2026, 11, 14)), 1);
  EXPECT_EQ(remindOn(day(2026, 11, 14)), 0);
  EXPECT_EQ(remindOn(day(2026, 11, 15)), 0);
  EXPECT_EQ(remindOn(day(2026, 12, 20)), 2) << "the one that closes, and November, expected since";
  const auto rows = owner_.exec(
      "SELECT message_id, kind, provider, array_to_string(recipients, ' ') AS recipients, facts->>'melding' AS melding,"
      " facts->>'verloopt' AS verloopt FROM outbox.message ORDER BY id LIMIT 1");
  EXPECT_EQ(rows.only().get<std::string>("message_id"), "P0001-jeugdhulp-2026-10-verwacht.herinnering@ttp.example");
  EXPECT_EQ(rows.only().get<std::string>("kind"), "herinnering");
  EXPECT_EQ(rows.only().get<std::string>("provider"), "P0001");
  EXPECT_EQ(rows.only().get<std::string>("recipients"), "a@b.nl c@b.nl");
  EXPECT_THAT(rows.only().get<std::string>("melding"), HasSubstr("jeugdhulp over 2026-10"));
  EXPECT_EQ(rows.only().get<std::string>("verloopt"), "31 december 2026");
  EXPECT_EQ(owner_.exec("SELECT count(*) FROM audit.entry").only().integer(0), 3);
}

TEST_F(RemindersTest, LeaveASuspendedProviderAlone) {
  delivered("2026-09");
  owner_.script("UPDATE register.provider SET suspended = true");
  EXPECT_EQ(remindOn(day(2026, 11, 14)), 0);
  EXPECT_THAT(expected(day(2026, 11, 14)), IsEmpty());
  owner_.script("UPDATE register.provider SET suspended = false");
  EXPECT_EQ(remindOn(day(2026, 11, 14)), 1);
}

}  // namespace
}  // namespace sluis::run
