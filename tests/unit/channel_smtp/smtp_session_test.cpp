#include "smtp/smtp_session.h"

#include <string>
#include <thread>
#include <vector>

#include <Poco/Net/ServerSocket.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "smtp/smtp_channel.h"

namespace sluis::channel_smtp {
namespace {

using plugin::Outcome;
using testing::HasSubstr;

// Says `greeting`, then one of `answers` for each line it hears, then hangs up.
class FakeServer {
 public:
  FakeServer(std::string greeting, std::vector<std::string> answers)
      : socket_(Poco::Net::SocketAddress("127.0.0.1", 0)), thread_([this, greeting, answers] {
          Poco::Net::StreamSocket client = socket_.acceptConnection();
          client.setReceiveTimeout(Poco::Timespan(5, 0));
          send(client, greeting);
          for (const std::string& answer : answers) {
            char c = 0;
            try {
              while (client.receiveBytes(&c, 1) == 1 && c != '\n') {
              }
            } catch (const Poco::Exception&) {
              return;
            }
            send(client, answer);
          }
        }) {}
  ~FakeServer() { thread_.join(); }

  std::string port() const { return std::to_string(socket_.address().port()); }

 private:
  static void send(Poco::Net::StreamSocket& client, const std::string& text) {
    try {
      client.sendBytes(text.data(), static_cast<int>(text.size()));
    } catch (const Poco::Exception&) {  // the other side has had enough
    }
  }

  Poco::Net::ServerSocket socket_;
  std::thread thread_;
};

plugin::DeliveryReport deliverTo(const FakeServer& server, bool starttls, const std::string& timeout = "2") {
  plugin::ChannelSettings settings;
  settings.values = {{"host", "127.0.0.1"},
                     {"port", server.port()},
                     {"starttls", starttls ? "required" : "off"},
                     {"timeout", timeout}};
  SmtpChannel channel;
  channel.open(settings);
  return channel.deliver({"id@x", "a@b.example", {"c@d.example"}, "Subject: x\r\n\r\nx\r\n"});
}

TEST(SmtpSession, PlainTextInjectedAfterStartTlsIsRefused) {
  FakeServer server("220 hallo\r\n", {"250-hallo\r\n250 STARTTLS\r\n", "220 go\r\n250 injected\r\n"});
  const auto report = deliverTo(server, true);
  EXPECT_EQ(report.outcome, Outcome::tryLater);
  EXPECT_THAT(report.reason, HasSubstr("plain text after STARTTLS"));
}

TEST(SmtpSession, AnswersOutOfTurnAreRefused) {
  FakeServer server("220 hallo\r\n250 too early\r\n", {});
  const auto report = deliverTo(server, false);
  EXPECT_EQ(report.outcome, Outcome::tryLater);
  EXPECT_THAT(report.reason, HasSubstr("out of turn"));
}

TEST(SmtpSession, WhatIsNoSmtpIsRefused) {
  for (const char* greeting :
       {"HTTP/1.1 400 Bad Request\r\n", "22\r\n", "220x\r\n", "220-a\r\n250 b\r\n", "\r\n", "999 x\r\n"}) {
    FakeServer server(greeting, {});
    const auto report = deliverTo(server, false);
    EXPECT_EQ(report.outcome, Outcome::tryLater) << greeting;
    EXPECT_THAT(report.reason, HasSubstr("not SMTP")) << greeting;
  }
}

TEST(SmtpSession, EndlessAnswersAreCutOff) {
  FakeServer line("220 " + std::string(100000, 'x'), {});
  EXPECT_THAT(deliverTo(line, false).reason, HasSubstr("too long"));
  std::string lines;
  for (int i = 0; i < 1000; ++i) lines += "220-again\r\n";
  FakeServer many(lines, {});
  EXPECT_THAT(deliverTo(many, false).reason, HasSubstr("does not end"));
}

TEST(SmtpSession, SilentServerIsGivenUpInTime) {
  FakeServer server("", {"", ""});
  const auto before = std::chrono::steady_clock::now();
  const auto report = deliverTo(server, false, "1");
  EXPECT_EQ(report.outcome, Outcome::tryLater);
  EXPECT_THAT(report.reason, HasSubstr("no answer in time"));
  EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::seconds(5));
}

TEST(SmtpSession, ServerThatHangsUpDelaysMail) {
  FakeServer server("220 hallo\r\n", {"250 hallo\r\n", "250 ok\r\n", "250 ok\r\n", "354 go\r\n"});
  const auto report = deliverTo(server, false);
  EXPECT_EQ(report.outcome, Outcome::tryLater);
}

TEST(SmtpSession, ShutdownAnswerDelaysMailWhereverItComes) {
  FakeServer server("220 hallo\r\n", {"250 hallo\r\n", "421 closing\r\n"});
  const auto report = deliverTo(server, false);
  EXPECT_EQ(report.outcome, Outcome::tryLater);
  EXPECT_THAT(report.reason, HasSubstr("closes: 421"));
}

TEST(SmtpSession, AnswersAreMadePrintableForLogs) {
  FakeServer server("554 nee\x1b[31m\xff\r\n", {});
  EXPECT_THAT(deliverTo(server, false).reason, HasSubstr("554 nee?[31m?"));
}

}  // namespace
}  // namespace sluis::channel_smtp
