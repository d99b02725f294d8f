#include "mail/dispatcher.h"

#include <filesystem>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/file.h"
#include "mail/kinds.h"
#include "sample.h"
#include "support/command.h"
#include "support/database.h"
#include "support/temp_dir.h"

namespace sluis::mail {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using outbox::Channel;
using plugin::DeliveryReport;
using plugin::Outcome;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// Remembers what it was given; answers what the test says.
class FakeChannel final : public plugin::Channel {
 public:
  void open(const plugin::ChannelSettings&) override {}
  DeliveryReport deliver(const plugin::Message& message) override {
    messages.push_back(message);
    return answer(message);
  }
  std::vector<plugin::Message> messages;
  std::function<DeliveryReport(const plugin::Message&)> answer = [](const plugin::Message&) {
    return DeliveryReport{Outcome::delivered, {}};
  };
};

class FakeClock final : public Clock {
 public:
  Instant now() const override {
    return at += 1us;
  }  // time goes on: what is put into the outbox meanwhile is not due yet
  mutable Instant at = sampleTime(59);
};

class DispatcherTest : public testing::Test {
 protected:
  DispatcherTest() : connection_(database_.connect("sluis_daemon")), texts_(sampleTexts()) {
    fs::create_directory(folder_ / "outbox");
  }

  void put(const std::string& kind, Channel channel = Channel::mail, const std::string& delivery = "D000012",
           std::vector<std::string> recipients = {"zorg@debrug.example"}, outbox::Facts facts = {}) {
    postgres::Transaction transaction(connection_);
    const std::string id =
        channel == Channel::folder ? "folder." + delivery + kind : messageId(delivery, kind, "ttp.example");
    ASSERT_TRUE(outbox::enqueue(
        transaction, {id, channel, kind, delivery, "P0001", std::move(recipients), std::move(facts)}, clock_.at));
    transaction.commit();
  }
  void putToOperators(const std::string& kind) {
    postgres::Transaction transaction(connection_);
    outbox::enqueue(transaction,
                    {messageId("run-1", kind, "ttp.example"),
                     Channel::mail,
                     kind,
                     {},
                     {},
                     {"beheer@ttp.example"},
                     {{"melding", "x"}}},
                    clock_.at);
    transaction.commit();
  }
  Drained drain() {
    Dispatcher dispatcher({sampleSettings(), "ttp.example", {"beheer@ttp.example"}}, texts_, channel_,
                          {[](const std::string& id) { return lookup(id); },
                           [this](const std::string& provider) {
                             return provider == "P0001" ? std::optional(folder_ / "outbox") : std::nullopt;
                           }});
    return dispatcher.drain(connection_, clock_);
  }
  static std::optional<DeliveryFacts> lookup(const std::string& id) {
    if (id == "D000012") return acceptedDelivery();
    if (id == "D000013") return rejectedDelivery();
    if (id == "D000014") return unnamedDelivery();
    return std::nullopt;
  }
  std::set<std::string> files() const {
    std::set<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder_ / "outbox")) names.insert(entry.path().filename().string());
    return names;
  }

  test::Database database_;
  postgres::Connection connection_;
  Texts texts_;
  FakeChannel channel_;
  FakeClock clock_;
  test::TempDir folder_;
};

TEST_F(DispatcherTest, DueMailGoesOutOnce) {
  put("verwerkingsbewijs");
  EXPECT_EQ(drain().sent, 1);
  ASSERT_EQ(channel_.messages.size(), 1u);
  EXPECT_EQ(channel_.messages[0].messageId, "D000012.verwerkingsbewijs@ttp.example");
  EXPECT_THAT(channel_.messages[0].recipients, ElementsAre("zorg@debrug.example"));
  EXPECT_THAT(channel_.messages[0].bytes, HasSubstr("X-Sluis-Delivery: D000012\r\n"));
  EXPECT_EQ(drain().sent, 0);
  EXPECT_EQ(channel_.messages.size(), 1u);
}

TEST_F(DispatcherTest, SecondTryHasTheSameBytes) {
  put("foutrapport", Channel::mail, "D000013");
  channel_.answer = [](const plugin::Message&) { return DeliveryReport{Outcome::tryLater, "away"}; };
  EXPECT_EQ(drain().later, 1);
  EXPECT_EQ(drain().later, 0);  // not due yet
  clock_.at += 61s;
  channel_.answer = [](const plugin::Message&) { return DeliveryReport{Outcome::delivered, {}}; };
  EXPECT_EQ(drain().sent, 1);
  ASSERT_EQ(channel_.messages.size(), 2u);
  EXPECT_EQ(channel_.messages[0].bytes, channel_.messages[1].bytes);
}

TEST_F(DispatcherTest, DuplicateRepeatsTheEarlierReceipt) {
  put("vervangen", Channel::mail, "D000013", {"zorg@debrug.example"}, {{"eerder", "D000012"}});
  drain();
  ASSERT_EQ(channel_.messages.size(), 1u);
  EXPECT_THAT(channel_.messages[0].bytes, HasSubstr("jeugdhulp_2026H1.csv.D000012.receipt.json"));
}

TEST_F(DispatcherTest, UndeliverableMailIsToldToTheOperatorsOnce) {
  put("ontvangst");
  channel_.answer = [](const plugin::Message&) { return DeliveryReport{Outcome::failed, "550 5.1.1 no such user"}; };
  const Drained drained = drain();
  // The mail to the operators fails as well, and begets nothing.
  EXPECT_EQ(drained.failed, 1);
  EXPECT_EQ(drain().failed, 1);
  EXPECT_EQ(drain().failed, 0);
  ASSERT_EQ(channel_.messages.size(), 2u);
  EXPECT_THAT(channel_.messages[1].recipients, ElementsAre("beheer@ttp.example"));
  EXPECT_THAT(channel_.messages[1].bytes, HasSubstr("X-Sluis-Kind: mail-onbestelbaar"));
  EXPECT_THAT(channel_.messages[1].bytes, HasSubstr("550 5.1.1 no such user"));
  EXPECT_EQ(outbox::backlog(connection_, clock_.at).failed, 2);
}

TEST_F(DispatcherTest, OneRefusedRecipientIsToldAndTheOthersAreServed) {
  put("ontvangst", Channel::mail, "D000012", {"weg@debrug.example", "later@debrug.example", "zorg@debrug.example"});
  channel_.answer = [](const plugin::Message&) {
    return DeliveryReport{Outcome::tryLater, "550; 451", {"weg@debrug.example"}, {"later@debrug.example"}};
  };
  EXPECT_EQ(drain().later, 1);
  channel_.answer = [](const plugin::Message&) { return DeliveryReport{Outcome::delivered, {}}; };
  clock_.at += 2min;
  EXPECT_EQ(drain().sent, 2);
  ASSERT_EQ(channel_.messages.size(), 3u);
  const bool operatorsFirst = channel_.messages[1].recipients.front() == "beheer@ttp.example";
  const auto& again = channel_.messages[operatorsFirst ? 2 : 1];
  const auto& told = channel_.messages[operatorsFirst ? 1 : 2];
  EXPECT_THAT(again.recipients, ElementsAre("later@debrug.example"));
  EXPECT_EQ(again.bytes, channel_.messages[0].bytes);
  EXPECT_THAT(told.bytes, HasSubstr("weg@debrug.example"));
}

TEST_F(DispatcherTest, ServerThatIsAwayIsNotAskedForEveryMessage) {
  for (const char* kind : {"ontvangst", "verwerkingsbewijs", "foutrapport", "vervangen", "herinnering"}) put(kind);
  put(std::string(kind::kDocuments), Channel::folder);
  channel_.answer = [](const plugin::Message&) { return DeliveryReport{Outcome::tryLater, "away"}; };
  const Drained drained = drain();
  EXPECT_EQ(drained.later, 3);
  EXPECT_EQ(drained.sent, 1);  // the folder does not wait for the mail server
  EXPECT_EQ(channel_.messages.size(), 3u);
  clock_.at += 61s;
  channel_.answer = [](const plugin::Message&) { return DeliveryReport{Outcome::delivered, {}}; };
  EXPECT_EQ(drain().sent, 5);
}

TEST_F(DispatcherTest, DocumentsAppearInTheProvidersFolder) {
  put(std::string(kind::kDocuments), Channel::folder, "D000012");
  put(std::string(kind::kDocuments), Channel::folder, "D000013");
  put(std::string(kind::kDocuments), Channel::folder, "D000014");
  put(std::string(kind::kCheck), Channel::folder, "D000013");
  EXPECT_EQ(drain().sent, 4);
  EXPECT_EQ(files(), (std::set<std::string>{
                         "jeugdhulp_2026H1.csv.D000012.receipt.json", "jeugdhulp_2026H1.csv.D000013.receipt.json",
                         "jeugdhulp_2026H1.csv.D000013.findings.csv", "jeugdhulp_2026H1.csv.D000013.check.txt",
                         "sha256-0011223344556677.D000014.receipt.json"}));
  EXPECT_EQ(readFile(folder_ / "outbox/jeugdhulp_2026H1.csv.D000012.receipt.json"),
            renderReceipt(acceptedDelivery().receipt));
  EXPECT_THAT(channel_.messages, IsEmpty());
}

TEST_F(DispatcherTest, FolderThatCannotBeWrittenIsTriedAgain) {
  put(std::string(kind::kDocuments), Channel::folder);
  fs::remove_all(folder_ / "outbox");
  EXPECT_EQ(drain().later, 1);
  fs::create_directory(folder_ / "outbox");
  clock_.at += 61s;
  EXPECT_EQ(drain().sent, 1);
  EXPECT_EQ(files().size(), 1u);
}

TEST_F(DispatcherTest, MessageThatCannotBeMadeFailsAndDoesNotStopTheRest) {
  put("ontvangst", Channel::mail, "D999999");
  put("onbekende-soort");
  put("ontvangst", Channel::mail, "D000012", {});
  put("verwerkingsbewijs", Channel::mail, "D000012", {"zorg@debrug.example\r\nBcc: spy@evil.example"});
  put("foutrapport", Channel::mail, "D000013");
  const Drained drained = drain();
  EXPECT_EQ(drained.failed, 4);
  EXPECT_EQ(drained.sent, 1);
}

TEST_F(DispatcherTest, ChannelThatThrowsStopsNothing) {
  put("ontvangst");
  put("verwerkingsbewijs");
  channel_.answer = [](const plugin::Message& message) {
    if (message.messageId.find("ontvangst") != std::string::npos) throw std::runtime_error("a bug");
    return DeliveryReport{Outcome::delivered, {}};
  };
  const Drained drained = drain();
  EXPECT_EQ(drained.later, 1);
  EXPECT_EQ(drained.sent, 1);
  EXPECT_EQ(outbox::backlog(connection_, clock_.at).lastError, "a bug");
}

TEST_F(DispatcherTest, DatabaseThatFailsIsTheCallersAndLosesNothing) {
  put("ontvangst");
  FakeChannel channel;
  Dispatcher dispatcher(
      {sampleSettings(), "ttp.example", {}}, texts_, channel,
      {[](const std::string&) -> std::optional<DeliveryFacts> { throw Error(ErrorKind::database, "away"); }, {}});
  EXPECT_THROW(dispatcher.drain(connection_, clock_), Error);
  EXPECT_EQ(drain().sent, 1);
}

TEST_F(DispatcherTest, OperatorsMailIsSent) {
  putToOperators("run-mislukt");
  EXPECT_EQ(drain().sent, 1);
  EXPECT_THAT(channel_.messages[0].bytes, HasSubstr("X-Sluis-Kind: run-mislukt"));
}

TEST_F(DispatcherTest, StopIsAskedBetweenMessages) {
  put("ontvangst");
  put("verwerkingsbewijs");
  Dispatcher dispatcher({sampleSettings(), "ttp.example", {}}, texts_, channel_,
                        {[](const std::string& id) { return lookup(id); }, {}});
  EXPECT_EQ(dispatcher.drain(connection_, clock_, [this] { return channel_.messages.size() == 1; }).sent, 1);
}

// Gives out links as run/ does, within the message's own transaction.
class PersonalMail : public DispatcherTest {
 protected:
  void putFor(const std::string& kind, outbox::Facts facts) {
    put(kind, Channel::mail, "", {"j.devries@debrug.example"}, std::move(facts));
    connection_.exec("UPDATE outbox.message SET delivery = NULL, provider = NULL");
  }
  Drained drainPersonal() {
    Lookups lookups;
    lookups.delivery = [](const std::string&) { return std::nullopt; };
    lookups.person = [this](std::int64_t account, const std::string&, postgres::Transaction&) {
      ++asked_;
      return account == 12
                 ? std::optional(Person{.name = "J. de Vries",
                                        .user = "j.devries@debrug.example",
                                        .portal = "https://portal.ttp.example",
                                        .link = fmt::format("https://portal.ttp.example/link/token-{}", asked_),
                                        .expires = sampleTime(59)})
                 : std::nullopt;
    };
    Dispatcher dispatcher({sampleSettings(), "ttp.example", {}}, texts_, channel_, lookups);
    return dispatcher.drain(connection_, clock_);
  }
  // The text part, whatever its encoding did to long lines.
  std::string text(std::size_t message) {
    const fs::path file = folder_ / "mail.eml";
    writeFileDurably(file, channel_.messages.at(message).bytes);
    return nlohmann::json::parse(
        test::runCommand({"/usr/bin/python3", std::string(SLUIS_SOURCE_DIR) + "/tests/unit/mail/parse_mail.py",
                          file.string()}))["parts"][0]["content"];
  }
  int asked_ = 0;
};

TEST_F(PersonalMail, GetsItsLinkWhenItIsRenderedAndNoneStandsInTheOutbox) {
  putFor("uitnodiging", {{"account", "12"}});
  channel_.answer = [](const plugin::Message&) { return DeliveryReport{Outcome::tryLater, "the server is away"}; };
  EXPECT_EQ(drainPersonal().later, 1);
  clock_.at += 1h;
  channel_.answer = [](const plugin::Message&) { return DeliveryReport{Outcome::delivered, {}}; };
  EXPECT_EQ(drainPersonal().sent, 1);
  ASSERT_EQ(channel_.messages.size(), 2U);
  EXPECT_EQ(channel_.messages[0].messageId, channel_.messages[1].messageId);
  EXPECT_THAT(text(0), HasSubstr("https://portal.ttp.example/link/token-1"));
  EXPECT_THAT(text(1), HasSubstr("https://portal.ttp.example/link/token-2"));
  EXPECT_THAT(text(1), HasSubstr("Geachte J. de Vries,"));
  EXPECT_THAT(text(1), HasSubstr("English:"));
  EXPECT_THAT(text(1), HasSubstr("helpdesk@ttp.example"));
  for (const auto row : connection_.exec("SELECT m::text FROM outbox.message AS m"))
    EXPECT_THAT(row.text(0), testing::Not(HasSubstr("token-")));
}

TEST_F(PersonalMail, SaysWhatWasChangedAndOnlyThat) {
  putFor("account-gewijzigd", {{"account", "12"}, {"wat", "tweede-factor"}});
  EXPECT_EQ(drainPersonal().sent, 1);
  EXPECT_THAT(text(0), HasSubstr("Wat: u hebt een nieuwe app of telefoon voor de codes"));
  EXPECT_THAT(text(0), HasSubstr("What: your account has a new app or telephone for codes"));
  EXPECT_THAT(text(0), testing::Not(HasSubstr("nieuw wachtwoord")));
  EXPECT_THAT(text(0), testing::Not(HasSubstr("token-")));
}

TEST_F(PersonalMail, ToNobodyFailsForGood) {
  putFor("uitnodiging", {{"account", "13"}});
  EXPECT_EQ(drainPersonal().failed, 1);
  EXPECT_THAT(channel_.messages, IsEmpty());
}

TEST_F(PersonalMail, OfNoNumberFailsForGood) {
  putFor("uitnodiging", {{"account", "12; DROP"}});
  EXPECT_EQ(drainPersonal().failed, 1);
  EXPECT_EQ(asked_, 0);
}

}  // namespace
}  // namespace sluis::mail
