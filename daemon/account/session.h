// Sessions and one-time links: random tokens that the browser or the mail has, and the database as SHA-256 only.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "account/account.h"

namespace sluis::account {

struct SessionRules {
  std::chrono::seconds idle = std::chrono::minutes(30);
  std::chrono::seconds longest = std::chrono::hours(10);
  int most = 10;  ///< of one account at once; the oldest ends
};
/// Who has only shown a password must complete signing in within this time.
inline constexpr auto kHalfLasts = std::chrono::minutes(30);

struct Session {
  std::int64_t id = 0;  ///< for the list of sessions; no secret
  std::string token{};  ///< as in the cookie; 43 characters of base64url
  Account account{};
  Instant created{};
  Instant lastSeen{};
  std::optional<Instant> secondFactorAt{};  ///< none: only the password was right so far
  std::string means{};                      ///< "totp", "recovery", "oidc": how the second factor was shown
  std::string address{};                    ///< where it began
  std::string browser{};
};

/// `means` of who had nothing to show but the password.
inline constexpr std::string_view kPasswordOnly = "password";
/// Signed in completely, and by more than the password.
bool showedSecondFactor(const Session& session);

/// A new token each time a privilege is gained (sign-in, second factor): no fixation.
Session begin(postgres::Transaction& transaction, const Account& account, const SessionRules& rules,
              std::string_view address, std::string_view browser, Instant at);
/// Signing in is complete: the same session under a new token. `means`: how the second factor was shown, "password"
/// when the role needs none. Error (usage) when the session ended meanwhile, as begin() when the account is not active.
Session raise(postgres::Transaction& transaction, const Session& session, std::string_view means, Instant at);
/// The living session of that token; moves lastSeen at most once a minute. nullopt: unknown, over, account disabled.
std::optional<Session> findSession(postgres::Connection& connection, std::string_view token, const SessionRules& rules,
                                   Instant now);
/// The same, but only looks: for who may not write sessions (sluisd).
std::optional<Session> lookUpSession(postgres::Connection& connection, std::string_view token,
                                     const SessionRules& rules, Instant now);
std::vector<Session> sessionsOf(postgres::Connection& connection, std::int64_t account, const SessionRules& rules,
                                Instant now);  ///< newest first, without tokens
void end(postgres::Transaction& transaction, std::string_view token);
/// One of this account's, by id; false when it is none of its.
bool endOf(postgres::Transaction& transaction, std::int64_t account, std::int64_t session);
void endAllOf(postgres::Transaction& transaction, std::int64_t account, std::string_view exceptToken = {});
/// Deletes what is over: sessions, links, devices, counts of attempts. For the portal's housekeeping.
void sweep(postgres::Connection& connection, const SessionRules& rules, Instant now);

/// Ties a form to a session: HMAC of the token, base64url. In pages only masked().
std::string formToken(std::string_view sessionToken);
/// The same for one page: another text each time, so that a page may be compressed without its size telling the token
/// bit by bit (BREACH).
std::string masked(std::string_view formToken);
/// Whether what a form brought is that token, masked; in a time that tells nothing. False where there is no token.
bool fitsFormToken(std::string_view given, std::string_view formToken);

enum class Purpose : std::uint8_t { invitation, reset };
inline constexpr auto kInvitationLasts = std::chrono::hours(24 * 7);
inline constexpr auto kResetLasts = std::chrono::hours(1);

/// A new link's token (43 characters); earlier ones stay valid until used or over. Error (usage) when the account is
/// disabled, or there is none.
std::string makeLink(postgres::Transaction& transaction, std::int64_t account, Purpose purpose, Instant at);
struct Link {
  Account account;
  Purpose purpose = Purpose::invitation;
};
/// Looks; does not use it up (mail scanners open links).
std::optional<Link> findLink(postgres::Connection& connection, std::string_view token, Instant now);
/// All of the account's links are used up; false when this one was not valid any more.
bool useLink(postgres::Transaction& transaction, std::string_view token, Instant at);

}  // namespace sluis::account
