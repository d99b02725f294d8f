#include "smtp/smtp_channel.h"

#include <chrono>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "mail_server.h"

namespace sluis::channel_smtp {
namespace {

using plugin::Outcome;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class SmtpChannelTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    authority_ = new test::Authority;
    authority_->issue("good", "DNS:localhost");
    authority_->issue("elsewhere", "DNS:mail.example.nl");
    authority_->issue("expired", "DNS:localhost", -1);
    stranger_ = new test::Authority;
    stranger_->issue("good", "DNS:localhost");
  }
  static void TearDownTestSuite() {
    delete authority_;
    delete stranger_;
  }

  static std::vector<std::string> tls(const std::string& name = "good", const test::Authority* by = nullptr) {
    if (by == nullptr) by = authority_;
    return {"--cert", by->certFile(name), "--key", by->keyFile(name), "--user", "sluis", "--password", "geheim woord"};
  }

  static plugin::ChannelSettings settings(const std::string& port,
                                          std::map<std::string, std::string, std::less<>> more = {},
                                          const std::string& password = "geheim woord") {
    plugin::ChannelSettings result;
    result.values = {{"host", "localhost"}, {"port", port},
                     {"user", "sluis"},     {"ca_file", authority_->caFile()},
                     {"timeout", "5"},      {"hello", "sluis.example"}};
    for (const auto& [name, value] : more) result.values[name] = value;
    std::erase_if(result.values, [](const auto& setting) { return setting.second.empty(); });
    result.secret = [password](std::string_view name) { return name == "password" ? Secret(password) : Secret(); };
    return result;
  }

  static plugin::Message message(std::vector<std::string> recipients, const std::string& more = "") {
    return {
        "D1.ontvangst@ttp.example", "sluis@ttp.example", std::move(recipients),
        "Subject: proef\r\nMessage-ID: <D1.ontvangst@ttp.example>\r\n" + more + "\r\neen\r\n.\r\n..twee\r\nslot\r\n"};
  }

  static plugin::DeliveryReport deliver(const plugin::ChannelSettings& settings, const plugin::Message& message) {
    SmtpChannel channel;
    channel.open(settings);
    return channel.deliver(message);
  }

  static test::Authority* authority_;
  static test::Authority* stranger_;
};

test::Authority* SmtpChannelTest::authority_ = nullptr;
test::Authority* SmtpChannelTest::stranger_ = nullptr;

TEST_F(SmtpChannelTest, DeliversOverTlsAndLogsIn) {
  test::MailServer server(tls());
  const auto report = deliver(settings(server.port()), message({"zorg@p1.example", "kopie@p1.example"}));
  EXPECT_EQ(report.outcome, Outcome::delivered) << report.reason;
  ASSERT_EQ(server.taken(), 1);
  EXPECT_EQ(server.content(1), message({}).bytes);
  EXPECT_EQ(server.envelope(1), R"({"from": "sluis@ttp.example", "hello": "sluis.example", "tls": true, )"
                                R"("to": ["zorg@p1.example", "kopie@p1.example"], "user": "sluis"})");
}

TEST_F(SmtpChannelTest, LogsInWithLoginWherePlainIsNotOffered) {
  auto options = tls();
  options.insert(options.end(), {"--mechanisms", "LOGIN"});
  test::MailServer server(options);
  const auto report = deliver(settings(server.port()), message({"zorg@p1.example"}));
  EXPECT_EQ(report.outcome, Outcome::delivered) << report.reason;
  EXPECT_EQ(server.taken(), 1);
}

TEST_F(SmtpChannelTest, WrongPasswordDelaysMailAndIsNotRepeatedInTheReason) {
  test::MailServer server(tls());
  const auto report = deliver(settings(server.port(), {}, "fout woord"), message({"zorg@p1.example"}));
  EXPECT_EQ(report.outcome, Outcome::tryLater);
  EXPECT_THAT(report.reason, HasSubstr("user and password: 535"));
  EXPECT_THAT(report.reason, Not(HasSubstr("fout woord")));
  EXPECT_EQ(server.taken(), 0);
}

TEST_F(SmtpChannelTest, CertificateOfAStrangerIsRefused) {
  test::MailServer server(tls("good", stranger_));
  const auto report = deliver(settings(server.port()), message({"zorg@p1.example"}));
  EXPECT_EQ(report.outcome, Outcome::tryLater);
  EXPECT_THAT(report.reason, HasSubstr("certificate verify failed"));
  EXPECT_EQ(server.taken(), 0);
}

TEST_F(SmtpChannelTest, SystemStoreDoesNotKnowATestAuthority) {
  test::MailServer server(tls());
  const auto report = deliver(settings(server.port(), {{"ca_file", ""}}), message({"zorg@p1.example"}));
  EXPECT_EQ(report.outcome, Outcome::tryLater);
  EXPECT_THAT(report.reason, HasSubstr("certificate verify failed"));
}

TEST_F(SmtpChannelTest, CertificateOfAnotherHostIsRefused) {
  test::MailServer server(tls("elsewhere"));
  const auto report = deliver(settings(server.port()), message({"zorg@p1.example"}));
  EXPECT_EQ(report.outcome, Outcome::tryLater);
  EXPECT_THAT(report.reason, HasSubstr("certificate verify failed"));
  EXPECT_EQ(server.taken(), 0);
}

TEST_F(SmtpChannelTest, HostNameIsCheckedAlsoWhenTheHostIsAnAddress) {
  test::MailServer server(tls());
  const auto report = deliver(settings(server.port(), {{"host", "127.0.0.1"}}), message({"zorg@p1.example"}));
  EXPECT_EQ(report.outcome, Outcome::tryLater);
  EXPECT_THAT(report.reason, HasSubstr("certificate verify failed"));
}

TEST_F(SmtpChannelTest, ExpiredCertificateIsRefused) {
  test::MailServer server(tls("expired"));
  const auto report = deliver(settings(server.port()), message({"zorg@p1.example"}));
  EXPECT_EQ(report.outcome, Outcome::tryLater);
  EXPECT_THAT(report.reason, HasSubstr("certificate verify failed"));
}

TEST_F(SmtpChannelTest, OldTlsIsRefused) {
  auto options = tls();
  options.insert(options.end(), {"--max-tls", "1.1"});
  test::MailServer old(options);
  EXPECT_EQ(deliver(settings(old.port()), message({"zorg@p1.example"})).outcome, Outcome::tryLater);
  EXPECT_EQ(old.taken(), 0);
  options.back() = "1.2";
  test::MailServer enough(options);
  EXPECT_EQ(deliver(settings(enough.port()), message({"zorg@p1.example"})).outcome, Outcome::delivered);
}

TEST_F(SmtpChannelTest, ServerWithoutStartTlsGetsNothing) {
  test::MailServer server({});
  const auto report = deliver(settings(server.port(), {{"user", ""}}), message({"zorg@p1.example"}));
  EXPECT_EQ(report.outcome, Outcome::tryLater);
  EXPECT_THAT(report.reason, HasSubstr("does not offer STARTTLS"));
  EXPECT_EQ(server.taken(), 0);
}

TEST_F(SmtpChannelTest, PlainTextIsPossibleOnThisMachineOnly) {
  test::MailServer server({});
  const auto report = deliver(settings(server.port(), {{"user", ""}, {"starttls", "off"}, {"ca_file", ""}}),
                              message({"zorg@p1.example"}));
  EXPECT_EQ(report.outcome, Outcome::delivered) << report.reason;
  SmtpChannel channel;
  EXPECT_THROW(channel.open(settings("25", {{"host", "mail.example.nl"}, {"starttls", "off"}})), Error);
  EXPECT_THROW(channel.open(settings("25", {{"host", "mail.example.nl"}, {"starttls", "false"}})), Error);
}

TEST_F(SmtpChannelTest, TransientRefusalIsTriedAgainAndThenTaken) {
  test::MailServer server(tls());
  SmtpChannel channel;
  channel.open(settings(server.port()));
  const auto first = channel.deliver(message({"once@p1.example"}));
  EXPECT_EQ(first.outcome, Outcome::tryLater);
  EXPECT_EQ(first.reason, "once@p1.example: 451 4.2.1 try again");
  EXPECT_EQ(channel.deliver(message({"once@p1.example"})).outcome, Outcome::delivered);
  EXPECT_EQ(server.taken(), 1);
}

TEST_F(SmtpChannelTest, PermanentRefusalIsFinal) {
  test::MailServer server(tls());
  const auto recipient = deliver(settings(server.port()), message({"refused@p1.example"}));
  EXPECT_EQ(recipient.outcome, Outcome::failed);
  EXPECT_EQ(recipient.reason, "refused@p1.example: 550 5.1.1 no such user");
  auto fromBad = message({"zorg@p1.example"});
  fromBad.from = "bad@ttp.example";
  EXPECT_EQ(deliver(settings(server.port()), fromBad).outcome, Outcome::failed);
  const auto content = deliver(settings(server.port()), message({"zorg@p1.example"}, "X-Test-Data: 554\r\n"));
  EXPECT_EQ(content.outcome, Outcome::failed);
  EXPECT_THAT(content.refused, ElementsAre("zorg@p1.example"));
  const auto busy = deliver(settings(server.port()), message({"zorg@p1.example"}, "X-Test-Data: 452\r\n"));
  EXPECT_EQ(busy.outcome, Outcome::tryLater);
  EXPECT_THAT(busy.retry, ElementsAre("zorg@p1.example"));
  EXPECT_EQ(server.taken(), 0);
}

TEST_F(SmtpChannelTest, OneRefusedRecipientDoesNotLoseTheOthers) {
  test::MailServer server(tls());
  const auto mixed =
      deliver(settings(server.port()), message({"refused@p1.example", "zorg@p1.example", "later@p1.example"}));
  EXPECT_EQ(mixed.outcome, Outcome::tryLater);
  EXPECT_THAT(mixed.retry, ElementsAre("later@p1.example"));
  EXPECT_THAT(mixed.refused, ElementsAre("refused@p1.example"));
  const auto two = deliver(settings(server.port()), message({"refused@p1.example", "zorg@p1.example"}));
  EXPECT_EQ(two.outcome, Outcome::delivered);
  EXPECT_THAT(two.refused, ElementsAre("refused@p1.example"));
  EXPECT_THAT(two.reason, HasSubstr("550"));
  EXPECT_EQ(server.taken(), 2);
}

TEST_F(SmtpChannelTest, HostileAddressNeverReachesTheServer) {
  test::MailServer server(tls());
  const auto report = deliver(settings(server.port()),
                              message({"x@y>\r\nRCPT TO:<spy@evil.example", "a b@c.example", "zorg@p1.example"}));
  EXPECT_EQ(report.outcome, Outcome::delivered);
  EXPECT_EQ(report.refused.size(), 2u);
  EXPECT_THAT(server.envelope(1), HasSubstr(R"("to": ["zorg@p1.example"])"));
  EXPECT_THAT(report.reason, Not(HasSubstr("spy")));
}

TEST_F(SmtpChannelTest, MessageLargerThanTheServerTakesFailsBeforeItIsSent) {
  auto options = tls();
  options.insert(options.end(), {"--size", "50"});
  test::MailServer server(options);
  const auto report = deliver(settings(server.port()), message({"zorg@p1.example"}));
  EXPECT_EQ(report.outcome, Outcome::failed);
  EXPECT_THAT(report.reason, HasSubstr("larger than the 50 bytes"));
}

TEST_F(SmtpChannelTest, LargeMessageArrivesWhole) {
  test::MailServer server(tls());
  auto large = message({"zorg@p1.example"});
  for (int i = 0; i < 100000; ++i) large.bytes += "regel van een grote bijlage 0123456789\r\n";
  EXPECT_EQ(deliver(settings(server.port()), large).outcome, Outcome::delivered);
  ASSERT_EQ(server.taken(), 1);
  EXPECT_EQ(server.content(1), large.bytes);
}

TEST_F(SmtpChannelTest, ServerThatIsAwayDelaysMail) {
  std::string port;
  {
    test::MailServer gone({});
    port = gone.port();
  }
  const auto report = deliver(settings(port), message({"zorg@p1.example"}));
  EXPECT_EQ(report.outcome, Outcome::tryLater);
  EXPECT_THAT(report.reason, HasSubstr("cannot reach the mail server localhost:" + port));
  EXPECT_THAT(report.retry, IsEmpty());
}

TEST_F(SmtpChannelTest, EveryWrongSettingIsNamed) {
  plugin::ChannelSettings wrong;
  wrong.values = {{"host", "mail.example.nl\r\nQUIT"},
                  {"port", "0"},
                  {"starttls", "maybe"},
                  {"user", "sluis"},
                  {"verify", "no"},
                  {"ca_file", "/nonexistent/ca.pem"},
                  {"timeout", "1000"}};
  SmtpChannel channel;
  try {
    channel.open(wrong);
    FAIL() << "opened";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::config);
    for (const char* part :
         {"\"host\"", "\"port\"", "\"starttls\"", "password", "\"verify\"", "\"ca_file\"", "\"timeout\""})
      EXPECT_THAT(error.message(), HasSubstr(part));
  }
}

}  // namespace
}  // namespace sluis::channel_smtp
