#include "outbox/outbox.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/database.h"

namespace sluis::outbox {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

const Instant kNow = std::chrono::sys_days(std::chrono::year(2026) / 11 / 22) + 1h;

NewMessage sample(const std::string& id, Channel channel = Channel::mail) {
  return {id,
          channel,
          "ontvangst",
          "D000001",
          "P0001",
          {"a@p1.example", "b@p1.example"},
          {{"volgende_run", "morgen \"04:00\""}}};
}

class OutboxTest : public testing::Test {
 protected:
  // As the daemon's own role: its rights must be enough.
  OutboxTest() : connection_(database_.connect("sluis_daemon")) {}

  void put(const NewMessage& message, Instant at = kNow) {
    postgres::Transaction transaction(connection_);
    ASSERT_TRUE(enqueue(transaction, message, at));
    transaction.commit();
  }
  std::vector<Message> due(Instant at, Channel channel = Channel::mail) {
    postgres::Transaction transaction(connection_);
    return claimDue(transaction, at, 100, channel);
  }
  template <typename Mark>
  auto mark(Mark&& mark, Instant at = kNow) {
    postgres::Transaction transaction(connection_);
    const auto messages = claimDue(transaction, at, 1, Channel::mail);
    if (messages.empty()) throw std::runtime_error("nothing is due");
    mark(transaction, messages.front());
    transaction.commit();
  }

  test::Database database_;
  postgres::Connection connection_;
};

TEST_F(OutboxTest, MessageComesBackAsItWasPut) {
  put(sample("m1"));
  const auto messages = due(kNow);
  ASSERT_EQ(messages.size(), 1u);
  const Message& message = messages.front();
  EXPECT_EQ(message.messageId, "m1");
  EXPECT_EQ(message.channel, Channel::mail);
  EXPECT_EQ(message.kind, "ontvangst");
  EXPECT_EQ(message.delivery, "D000001");
  EXPECT_EQ(message.provider, "P0001");
  EXPECT_THAT(message.recipients, ElementsAre("a@p1.example", "b@p1.example"));
  EXPECT_EQ(message.to, message.recipients);
  EXPECT_EQ(message.facts.at("volgende_run"), "morgen \"04:00\"");
  EXPECT_EQ(message.attempts, 0);
  EXPECT_EQ(message.created, kNow);
}

TEST_F(OutboxTest, MessageStandsOrFallsWithItsTransaction) {
  {
    postgres::Transaction transaction(connection_);
    EXPECT_TRUE(enqueue(transaction, sample("m1"), kNow));
  }
  EXPECT_THAT(due(kNow), IsEmpty());
}

TEST_F(OutboxTest, SecondMessageWithTheSameIdIsIgnored) {
  put(sample("m1"));
  postgres::Transaction transaction(connection_);
  EXPECT_FALSE(enqueue(transaction, sample("m1"), kNow));
  transaction.commit();
  EXPECT_EQ(due(kNow).size(), 1u);
}

TEST_F(OutboxTest, OldestComesFirstAndOnlyOfThatChannel) {
  put(sample("late"), kNow + 1s);
  put(sample("early"), kNow);
  put(sample("documents", Channel::folder), kNow);
  EXPECT_EQ(due(kNow - 1s).size(), 0u);
  const auto mails = due(kNow + 1s);
  ASSERT_EQ(mails.size(), 2u);
  EXPECT_EQ(mails[0].messageId, "early");
  ASSERT_EQ(due(kNow + 1s, Channel::folder).size(), 1u);
}

TEST_F(OutboxTest, TwoDaemonsNeverHoldTheSameMessage) {
  put(sample("m1"));
  put(sample("m2"));
  auto other = database_.connect("sluis_daemon");
  postgres::Transaction mine(connection_);
  postgres::Transaction theirs(other);
  const auto first = claimDue(mine, kNow, 1, Channel::mail);
  const auto second = claimDue(theirs, kNow, 10, Channel::mail);
  ASSERT_EQ(first.size(), 1u);
  ASSERT_EQ(second.size(), 1u);
  EXPECT_NE(first[0].messageId, second[0].messageId);
  mine.rollback();
  EXPECT_EQ(claimDue(theirs, kNow, 10, Channel::mail).size(), 2u);
}

TEST_F(OutboxTest, SentIsNeverDueAgain) {
  put(sample("m1"));
  mark([](auto& transaction, const Message& message) { markSent(transaction, message, kNow); });
  EXPECT_THAT(due(kNow + 1000h), IsEmpty());
  EXPECT_EQ(nextDue(connection_), std::nullopt);
  EXPECT_EQ(backlog(connection_, kNow).pending, 0);
}

TEST_F(OutboxTest, WaitsDoubleFromAMinuteToFourHours) {
  EXPECT_EQ(backOff(1), 1min);
  EXPECT_EQ(backOff(2), 2min);
  EXPECT_EQ(backOff(8), 128min);
  EXPECT_EQ(backOff(9), 4h);
  EXPECT_EQ(backOff(1000), 4h);
  put(sample("m1"));
  mark([](auto& transaction, const Message& message) {
    EXPECT_EQ(markLater(transaction, message, kNow, "away"), Retry::scheduled);
  });
  EXPECT_EQ(nextDue(connection_), kNow + 1min);
  mark([](auto& transaction, const Message& message) { markLater(transaction, message, kNow + 1min, "still away"); },
       kNow + 1min);
  EXPECT_EQ(nextDue(connection_), kNow + 3min);
  const Backlog waiting = backlog(connection_, kNow);
  EXPECT_EQ(waiting.pending, 1);
  EXPECT_EQ(waiting.delayed, 1);
  EXPECT_EQ(waiting.oldest, kNow);
  EXPECT_EQ(waiting.lastError, "still away");
}

TEST_F(OutboxTest, GivesUpAfterFiveDays) {
  put(sample("m1"));
  mark([](auto& transaction, const Message& message) {
    EXPECT_EQ(markLater(transaction, message, kNow + 120h - 1us, "away"), Retry::scheduled);
  });
  mark(
      [](auto& transaction, const Message& message) {
        EXPECT_EQ(markLater(transaction, message, kNow + 120h, "away\r\nfor \x01good"), Retry::givenUp);
      },
      kNow + 200h);
  EXPECT_THAT(due(kNow + 1000h), IsEmpty());
  EXPECT_EQ(backlog(connection_, kNow + 120h).failed, 1);
  const auto list = failed(connection_, kNow + 120h);
  ASSERT_EQ(list.size(), 1u);
  EXPECT_EQ(list[0].messageId, "m1");
  EXPECT_EQ(list[0].reason, "away  for  good");
  EXPECT_EQ(list[0].provider, "P0001");
  EXPECT_THAT(failed(connection_, kNow + 2000h), IsEmpty());
}

TEST_F(OutboxTest, WhoHasItIsNotSentItAgainButStaysInTheHeader) {
  put(sample("m1"));
  mark([](auto& transaction, const Message& message) {
    markLater(transaction, message, kNow, "451", {"b@p1.example"});
  });
  mark([](auto& transaction,
          const Message& message) { markLater(transaction, message, kNow + 1min, "451", {"b@p1.example"}); },
       kNow + 1min);
  const auto messages = due(kNow + 1h);
  ASSERT_EQ(messages.size(), 1u);
  EXPECT_THAT(messages[0].recipients, ElementsAre("b@p1.example"));
  EXPECT_THAT(messages[0].to, ElementsAre("a@p1.example", "b@p1.example"));
  EXPECT_EQ(messages[0].facts.size(), 1u);
}

}  // namespace
}  // namespace sluis::outbox
