#include "account/session.h"

#include "account/attempts.h"
#include "people.h"

namespace sluis::account {
namespace {

using namespace std::chrono_literals;

class Sessions : public People {
 protected:
  Session begun(const Account& account, Instant at) {
    return byPortal([&](auto& transaction) { return begin(transaction, account, rules_, "192.0.2.1", "Firefox", at); });
  }
  std::string link(std::int64_t account, Purpose purpose) {
    return committed(daemon_, [&](auto& transaction) { return makeLink(transaction, account, purpose, now_); });
  }
  bool use(std::string_view token, Instant at) {
    return byPortal([&](auto& transaction) { return useLink(transaction, token, at); });
  }
};

TEST_F(Sessions, GetsANewTokenWithEachPrivilege) {
  const Account account = active();
  const Session half = begun(account, now_);
  ASSERT_TRUE(findSession(portal_, half.token, rules_, now_));
  EXPECT_FALSE(findSession(portal_, half.token, rules_, now_)->secondFactorAt);
  const Session whole = byPortal([&](auto& transaction) { return raise(transaction, half, "totp", now_ + 5s); });
  EXPECT_NE(whole.token, half.token);
  EXPECT_EQ(whole.token.size(), 43U);
  EXPECT_FALSE(findSession(portal_, half.token, rules_, now_ + 5s)) << "the token of before still works";
  const auto found = findSession(portal_, whole.token, rules_, now_ + 5s);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->id, half.id);
  EXPECT_EQ(found->secondFactorAt, now_ + 5s);
  EXPECT_EQ(found->means, "totp");
  EXPECT_EQ(found->account.lastSignIn, now_ + 5s);
}

TEST_F(Sessions, IsRaisedOnce) {
  const Session half = begun(active(), now_);
  byPortal([&](auto& transaction) { return raise(transaction, half, "totp", now_); });
  postgres::Transaction transaction(portal_);
  EXPECT_THROW(raise(transaction, half, "totp", now_), Error);
}

TEST_F(Sessions, NoTokenStandsInTheDatabase) {
  const Account account = active();
  const Session session = signedIn(account);
  const std::string token = link(account.id, Purpose::reset);
  const std::string device = byPortal([&](auto& transaction) { return rememberDevice(transaction, account.id, now_); });
  const std::string all = everything();
  for (const std::string& secret : {session.token, token, device}) {
    EXPECT_EQ(all.find(secret), std::string::npos);
    EXPECT_EQ(all.find(toHex(*fromBase64Url(secret))), std::string::npos);
  }
  EXPECT_EQ(all.find(formToken(session.token)), std::string::npos);
}

TEST_F(Sessions, EndsWhenItIsIdle) {
  const Session session = signedIn(active());
  EXPECT_TRUE(findSession(portal_, session.token, rules_, now_ + rules_.idle - 1s));  // used: idle begins again
  EXPECT_TRUE(findSession(portal_, session.token, rules_, now_ + rules_.idle + 10min));
  EXPECT_FALSE(findSession(portal_, session.token, rules_, now_ + 2 * rules_.idle + 10min));
}

TEST_F(Sessions, EndsAtLastHoweverMuchItIsUsed) {
  const Session session = signedIn(active());
  Instant at = now_;
  for (; at + 20min < now_ + rules_.longest; at += 20min)
    ASSERT_TRUE(findSession(portal_, session.token, rules_, at)) << (at - now_).count();
  EXPECT_FALSE(findSession(portal_, session.token, rules_, now_ + rules_.longest));
}

TEST_F(Sessions, AShorterRuleHoldsForThoseThatBeganBefore) {
  const Session session = signedIn(active());
  EXPECT_FALSE(findSession(portal_, session.token, {.idle = 5min, .longest = 10h}, now_ + 5min));
  EXPECT_FALSE(findSession(portal_, session.token, {.idle = 30min, .longest = 5min}, now_ + 5min));
}

TEST_F(Sessions, OfAPasswordAloneLastsHalfAnHour) {
  const Session half = begun(active(), now_);
  EXPECT_TRUE(findSession(portal_, half.token, rules_, now_ + 20min));
  EXPECT_FALSE(findSession(portal_, half.token, rules_, now_ + kHalfLasts));
}

TEST_F(Sessions, OfAnAccountAreFewAndTheOldestEnds) {
  const Account account = active();
  rules_.most = 3;
  std::vector<Session> all;
  for (int i = 0; i < 4; ++i) all.push_back(signedIn(account, now_ + i * 1min));
  EXPECT_FALSE(findSession(portal_, all[0].token, rules_, now_ + 4min));
  EXPECT_TRUE(findSession(portal_, all[1].token, rules_, now_ + 4min));
  EXPECT_EQ(sessionsOf(portal_, account.id, rules_, now_ + 4min).size(), 3U);
}

TEST_F(Sessions, WhoHasThePasswordAlonePutsNobodyOut) {
  const Account account = active();
  rules_.most = 3;
  const Session whole = signedIn(account);
  const Session half =
      byPortal([&](auto& transaction) { return begin(transaction, account, rules_, "198.51.100.7", "Firefox", now_); });
  std::vector<Session> guesses;
  for (int i = 1; i <= 6; ++i) guesses.push_back(begun(account, now_ + i * 1s));
  EXPECT_TRUE(findSession(portal_, whole.token, rules_, now_ + 10s)) << "put out by passwords alone";
  EXPECT_TRUE(findSession(portal_, half.token, rules_, now_ + 10s)) << "kept from coming in by another address";
  EXPECT_FALSE(findSession(portal_, guesses[2].token, rules_, now_ + 10s));
  EXPECT_TRUE(findSession(portal_, guesses[3].token, rules_, now_ + 10s));
}

TEST_F(Sessions, AreListedWithoutTokensAndEndOneByOne) {
  const Account mine = active();
  const Account other = active("other@aanbieder.example");
  const Session first = signedIn(mine);
  const Session second = signedIn(mine, now_ + 1min);
  const Session foreign = signedIn(other);
  const auto listed = sessionsOf(portal_, mine.id, rules_, now_ + 1min);
  ASSERT_EQ(listed.size(), 2U);
  EXPECT_EQ(listed[0].id, second.id);
  EXPECT_EQ(listed[0].token + listed[1].token, "");
  EXPECT_FALSE(byPortal([&](auto& transaction) { return endOf(transaction, mine.id, foreign.id); }));
  EXPECT_TRUE(findSession(portal_, foreign.token, rules_, now_));
  EXPECT_TRUE(byPortal([&](auto& transaction) { return endOf(transaction, mine.id, first.id); }));
  EXPECT_FALSE(findSession(portal_, first.token, rules_, now_));
  const Session third = signedIn(mine, now_ + 2min);
  byPortal([&](auto& transaction) { endAllOf(transaction, mine.id, third.token); });
  EXPECT_FALSE(findSession(portal_, second.token, rules_, now_ + 2min));
  EXPECT_TRUE(findSession(portal_, third.token, rules_, now_ + 2min));
  byPortal([&](auto& transaction) { end(transaction, third.token); });
  EXPECT_FALSE(findSession(portal_, third.token, rules_, now_ + 2min));
}

TEST_F(Sessions, TheDaemonLooksAndMovesNothing) {
  const Session session = signedIn(active());
  const auto found = lookUpSession(daemon_, session.token, rules_, now_ + 10min);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->lastSeen, now_);
  EXPECT_FALSE(lookUpSession(daemon_, session.token, rules_, now_ + rules_.idle));
}

TEST_F(Sessions, WhatABrowserSaysOfItselfIsMadeHarmless) {
  const Account account = active();
  const Session session = byPortal([&](auto& transaction) {
    return begin(transaction, account, rules_, "::1", std::string("a\0b\x1b[2J\xff", 7) + std::string(5000, 'x'), now_);
  });
  EXPECT_EQ(session.browser.size(), 200U);
  EXPECT_EQ(session.browser.substr(0, 7), "a?b?[2J");
}

TEST_F(Sessions, AnyTextMayBeAskedFor) {
  for (const std::string& token : {std::string(), std::string("\0", 1), std::string(100000, 'x'), std::string("\xff'")})
    EXPECT_FALSE(findSession(portal_, token, rules_, now_) || findLink(portal_, token, now_));
}

TEST_F(Sessions, TheDatabaseShowsViewsToWhoIsSignedInCompletelyOnly) {
  const Account account = active();
  const Session half = begun(account, now_);
  const auto seen = [&](std::string_view token) {
    postgres::Transaction transaction(portal_);
    transaction.exec("SELECT set_config('sluis.session', $1, true)", token);
    return transaction.exec("SELECT code FROM portal.provider").size();
  };
  EXPECT_EQ(seen(half.token), 0);
  const Session whole = byPortal([&](auto& transaction) { return raise(transaction, half, "totp", now_); });
  EXPECT_EQ(seen(whole.token), 1);
  byAdmin([&](auto& transaction) { return disable(transaction, account.user, now_); });
  EXPECT_EQ(seen(whole.token), 0);
}

TEST_F(Sessions, SweepingTakesWhatIsOverAndNothingElse) {
  const Account account = active();
  const Session living = signedIn(account, now_);
  const Session old = signedIn(account, now_ - 2h);
  link(account.id, Purpose::reset);
  sweep(portal_, rules_, now_ + 1min);
  const auto left = owner_.exec("SELECT id FROM portal.session");
  ASSERT_EQ(left.size(), 1);
  EXPECT_EQ(left[0].integer(0), living.id);
  EXPECT_EQ(owner_.exec("SELECT FROM portal.link").size(), 1);
  sweep(portal_, rules_, now_ + 2h);
  EXPECT_EQ(owner_.exec("SELECT FROM portal.link").size(), 0);
}

TEST_F(Sessions, AFormTokenIsOfOneSession) {
  EXPECT_EQ(formToken("a"), formToken("a"));
  EXPECT_NE(formToken("a"), formToken("b"));
  EXPECT_EQ(formToken("a").size(), 43U);
  EXPECT_EQ(formToken("").size(), 43U);
}

TEST(FormToken, LooksDifferentInEachPageAndFitsAllTheSame) {
  const std::string token = formToken("a");
  const std::string one = masked(token);
  EXPECT_NE(one, masked(token));
  EXPECT_EQ(one.find(token), std::string::npos);
  EXPECT_TRUE(fitsFormToken(one, token));
  EXPECT_TRUE(fitsFormToken(masked(token), token));
  EXPECT_FALSE(fitsFormToken(one, formToken("b")));
  EXPECT_FALSE(fitsFormToken(token, token));
  EXPECT_FALSE(fitsFormToken(one.substr(0, one.size() - 2), token));
  EXPECT_FALSE(fitsFormToken("", token));
  EXPECT_FALSE(fitsFormToken("", ""));
  EXPECT_FALSE(fitsFormToken("not base64url!", token));
}

TEST_F(Sessions, ALinkWorksOnceAndTakesTheOthersWithIt) {
  const Account account = invited();
  const std::string first = link(account.id, Purpose::invitation);
  const std::string second = link(account.id, Purpose::reset);
  ASSERT_TRUE(findLink(portal_, first, now_));
  EXPECT_EQ(findLink(portal_, first, now_)->purpose, Purpose::invitation);
  EXPECT_EQ(findLink(portal_, second, now_)->account.id, account.id);
  EXPECT_TRUE(findLink(portal_, first, now_)) << "looking used it up";
  EXPECT_TRUE(use(first, now_));
  EXPECT_FALSE(use(first, now_));
  EXPECT_FALSE(use(second, now_));
  EXPECT_FALSE(findLink(portal_, second, now_));
}

TEST_F(Sessions, ALinkEnds) {
  const Account account = invited();
  const std::string invitation = link(account.id, Purpose::invitation);
  const std::string forgotten = link(account.id, Purpose::reset);
  EXPECT_TRUE(findLink(portal_, forgotten, now_ + kResetLasts - 1s));
  EXPECT_FALSE(findLink(portal_, forgotten, now_ + kResetLasts));
  EXPECT_FALSE(use(forgotten, now_ + kResetLasts));
  EXPECT_TRUE(findLink(portal_, invitation, now_ + kInvitationLasts - 1s));
  EXPECT_FALSE(use(invitation, now_ + kInvitationLasts));
}

TEST_F(Sessions, ALinkPutsNoPasswordBesideTheBroker) {
  const Account account = invited();
  byPortal([&](auto& transaction) { return bindBroker(transaction, account.id, "https://broker.example 17"); });
  const std::string forgotten = link(account.id, Purpose::reset);
  EXPECT_FALSE(findLink(portal_, forgotten, now_));
  EXPECT_FALSE(use(forgotten, now_));
}

TEST_F(Sessions, NoLinkIsMadeForADisabledAccount) {
  const Account account = invited();
  byAdmin([&](auto& transaction) { return disable(transaction, account.user, now_); });
  EXPECT_THROW(link(account.id, Purpose::invitation), Error);
  EXPECT_THROW(link(account.id + 1, Purpose::invitation), Error);
}

}  // namespace
}  // namespace sluis::account
