#include "account/attempts.h"

#include "people.h"

namespace sluis::account {
namespace {

using namespace std::chrono_literals;

class Attempts : public People {
 protected:
  std::optional<std::chrono::seconds> wait(const Attempt& attempt, Instant at) { return waitOf(portal_, attempt, at); }
  void fail(const Attempt& attempt, Instant at, int times = 1) {
    byPortal([&](auto& transaction) {
      for (int i = 0; i < times; ++i) failed(transaction, attempt, at);
    });
  }
  std::optional<std::chrono::seconds> start(const Attempt& attempt, Instant at) {
    return byPortal([&](auto& transaction) { return startTry(transaction, attempt, at); });
  }
  Attempt guess(const std::string& user, const std::string& address, const std::string& device = {}) {
    return {.what = "password", .user = user, .address = address, .device = device};
  }
  // So many wrong guesses, each from an address of its own.
  void storm(const std::string& user, int guesses, Instant at) {
    for (int i = 0; i < guesses; ++i) fail(guess(user, fmt::format("203.0.{}.{}", i / 250, i % 250)), at);
  }
};

TEST_F(Attempts, FiveAreFreeThenEachWaitIsTwiceTheLast) {
  const Attempt mine = guess("a@b.example", "192.0.2.1");
  for (int i = 0; i < 5; ++i) {
    EXPECT_FALSE(wait(mine, now_)) << i;
    fail(mine, now_);
  }
  Instant at = now_;
  for (const auto expected : {1s, 2s, 4s, 8s, 16s, 32s, 64s, 128s, 256s, 512s}) {
    ASSERT_EQ(wait(mine, at), expected);
    at += expected;
    ASSERT_FALSE(wait(mine, at));
    fail(mine, at);
  }
}

TEST_F(Attempts, APatientGuesserGetsAHundredADay) {
  const Attempt mine = guess("a@b.example", "192.0.2.1");
  int guesses = 0;
  for (Instant at = now_; at < now_ + 24h; ++guesses) {
    fail(mine, at);
    at += wait(mine, at).value_or(0s);
  }
  EXPECT_LT(guesses, 130);
}

TEST_F(Attempts, WhetherTheUserExistsChangesNothing) {
  active("known@b.example");
  for (int i = 0; i < 8; ++i) {
    EXPECT_EQ(wait(guess("known@b.example", "192.0.2.1"), now_), wait(guess("other@b.example", "192.0.2.2"), now_));
    fail(guess("known@b.example", "192.0.2.1"), now_);
    fail(guess("other@b.example", "192.0.2.2"), now_);
  }
  EXPECT_TRUE(wait(guess("other@b.example", "192.0.2.2"), now_));
}

TEST_F(Attempts, FailuresAreForgivenAsTimeGoesBy) {
  const Attempt mine = guess("a@b.example", "192.0.2.1");
  fail(mine, now_, 5);
  ASSERT_TRUE(wait(mine, now_));
  fail(mine, now_ + 75min);  // all five are forgiven
  EXPECT_FALSE(wait(mine, now_ + 75min));
}

TEST_F(Attempts, AddressesOfOneSubscriberAreOne) {
  fail(guess("a@b.example", "2001:db8:1:2::1"), now_, 6);
  EXPECT_TRUE(wait(guess("a@b.example", "2001:db8:1:2:ffff::9"), now_));
  EXPECT_FALSE(wait(guess("a@b.example", "2001:db8:1:3::1"), now_));
  fail(guess("a@b.example", "::ffff:192.0.2.7"), now_, 6);
  EXPECT_TRUE(wait(guess("a@b.example", "192.0.2.7"), now_));
  EXPECT_TRUE(wait(guess(" A@B.example", "192.0.2.7"), now_)) << "as typed otherwise";
}

TEST_F(Attempts, OneAddressThatTriesManyUsersWaitsForAll) {
  for (int i = 0; i < 31; ++i) fail(guess(fmt::format("user{}@b.example", i), "192.0.2.1"), now_);
  EXPECT_TRUE(wait(guess("fresh@b.example", "192.0.2.1"), now_));
  EXPECT_FALSE(wait(guess("fresh@b.example", "192.0.2.2"), now_));
}

TEST_F(Attempts, NobodyElsewhereLocksTheOwnerOut) {
  active("owner@b.example");
  fail(guess("owner@b.example", "203.0.113.5"), now_, 200);
  storm("owner@b.example", 500, now_);
  EXPECT_FALSE(wait(guess("owner@b.example", "192.0.2.1"), now_)) << "from a browser that was never seen";
}

TEST_F(Attempts, AStormGetsOneGuessFromEachAddress) {
  storm("owner@b.example", 21, now_);
  const Attempt again = guess("owner@b.example", "198.51.100.1");
  EXPECT_FALSE(wait(again, now_));
  fail(again, now_);
  EXPECT_TRUE(wait(again, now_));
  const Attempt elsewhere = guess("other@b.example", "198.51.100.2");
  fail(elsewhere, now_, 2);
  EXPECT_FALSE(wait(elsewhere, now_)) << "a storm on one account is none on another";
}

TEST_F(Attempts, AKnownBrowserHasACountOfItsOwn) {
  const Account account = active("owner@b.example");
  const std::string device = byPortal([&](auto& transaction) { return rememberDevice(transaction, account.id, now_); });
  EXPECT_EQ(device.size(), 43U);
  // Even from the office the guesses come from.
  fail(guess("owner@b.example", "192.0.2.1"), now_, 100);
  ASSERT_TRUE(wait(guess("owner@b.example", "192.0.2.1"), now_));
  const Attempt owner = guess("owner@b.example", "192.0.2.1", device);
  EXPECT_FALSE(wait(owner, now_));
  fail(owner, now_, 6);
  EXPECT_TRUE(wait(owner, now_)) << "a stolen cookie guesses no faster";
  byPortal([&](auto& transaction) { succeeded(transaction, owner, now_); });
  EXPECT_FALSE(wait(owner, now_));
}

TEST_F(Attempts, ADeviceIsKnownToItsAccountOnlyAndNotForEver) {
  const Account account = active("owner@b.example");
  active("other@b.example");
  const std::string device = byPortal([&](auto& transaction) { return rememberDevice(transaction, account.id, now_); });
  fail(guess("other@b.example", "192.0.2.1"), now_, 6);
  EXPECT_TRUE(wait(guess("other@b.example", "192.0.2.1", device), now_));
  const Instant later = now_ + kDeviceLasts;
  fail(guess("owner@b.example", "192.0.2.1"), later, 6);
  EXPECT_TRUE(wait(guess("owner@b.example", "192.0.2.1", device), later));
  EXPECT_TRUE(wait(guess("owner@b.example", "192.0.2.1", std::string(5000, 'x')), later));
}

TEST_F(Attempts, AnAccountHasAFewKnownBrowsersAndTheOldestGoes) {
  const Account account = active();
  for (int i = 0; i <= kMostDevices; ++i)
    byPortal([&](auto& transaction) { return rememberDevice(transaction, account.id, now_ + i * 1s); });
  const auto rows = owner_.exec("SELECT count(*), min(seen) FROM portal.device").only();
  EXPECT_EQ(rows.integer(0), kMostDevices);
  EXPECT_EQ(rows.get<Instant>(1), now_ + 1s);
}

TEST_F(Attempts, SigningInForgetsThePairAndNotTheAddress) {
  for (int i = 0; i < 31; ++i) fail(guess(fmt::format("user{}@b.example", i), "192.0.2.1"), now_);
  const Attempt own = guess("attacker@b.example", "192.0.2.1");
  byPortal([&](auto& transaction) { succeeded(transaction, own, now_); });
  EXPECT_TRUE(wait(guess("fresh@b.example", "192.0.2.1"), now_)) << "an account of one's own resets the count";
}

TEST_F(Attempts, CodesAreGuessedNoFasterFromManyAddresses) {
  for (int i = 0; i < 10; ++i) {
    const Attempt code{.what = "code", .user = "a@b.example", .address = fmt::format("203.0.113.{}", i)};
    EXPECT_FALSE(wait(code, now_));
    fail(code, now_);
  }
  EXPECT_TRUE(wait({.what = "code", .user = "a@b.example", .address = "198.51.100.1"}, now_));
  EXPECT_FALSE(wait({.what = "code", .user = "b@b.example", .address = "198.51.100.1"}, now_));
  EXPECT_FALSE(wait(guess("a@b.example", "198.51.100.1"), now_));
}

TEST_F(Attempts, WhatIsTriedAtTheSameMomentIsCountedFirst) {
  const Attempt mine = guess("a@b.example", "192.0.2.1");
  int begun = 0;
  for (int i = 0; i < 20; ++i) begun += start(mine, now_) ? 0 : 1;  // none of them judged yet
  EXPECT_EQ(begun, 5);
}

TEST_F(Attempts, WhatWasRightWasNoFailure) {
  for (int i = 0; i < 100; ++i) {
    const Attempt each = guess(fmt::format("user{}@b.example", i), "192.0.2.1");
    ASSERT_FALSE(start(each, now_)) << "an office of " << i << " people waits";
    byPortal([&](auto& transaction) { wasRight(transaction, each, now_); });
  }
  // And it gives no credit.
  for (int i = 0; i < 30; ++i) ASSERT_FALSE(start(guess(fmt::format("g{}@b.example", i), "192.0.2.1"), now_)) << i;
  EXPECT_TRUE(start(guess("one@b.example", "192.0.2.1"), now_));
}

TEST_F(Attempts, StrangeTextIsCountedLikeAnyOther) {
  const Attempt strange{.what = "forgot",
                        .user = std::string("a\0\xff'", 4),
                        .address = std::string("not an address\0", 15),
                        .device = std::string("\0", 1)};
  fail(strange, now_, 6);
  EXPECT_TRUE(wait(strange, now_));
  EXPECT_EQ(everything().find("not an address"), std::string::npos);
}

}  // namespace
}  // namespace sluis::account
