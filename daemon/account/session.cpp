#include "account/session.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "account/attempts.h"
#include "account/columns.h"
#include "base/secret.h"
#include "crypto/mac.h"
#include "crypto/random.h"

namespace sluis::account {

namespace {

constexpr std::size_t kAddressKept = 64;
constexpr std::size_t kBrowserKept = 200;
constexpr auto kSeenEvery = std::chrono::minutes(1);
// Who signs in by a broker has no password: a link would put the mailbox in the place of the broker's assurance.
constexpr std::string_view kMayHavePassword =
    "a.state <> 'disabled' AND (a.oidc_subject IS NULL OR a.password_hash IS NOT NULL)";

// A browser says of itself what it likes.
std::string clean(std::string_view text, std::size_t most) {
  std::string safe(text.substr(0, most));
  for (char& c : safe)
    if (static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) >= 0x7f) c = '?';
  return safe;
}

[[noreturn]] void over() {
  throw Error(ErrorKind::usage, "this session is over", "sign in again");
}

const std::string& living() {
  static const std::string sql = fmt::format(
      "SELECT s.id, s.created, s.last_seen, s.second_factor_at, s.means, s.address, s.browser, {}"
      " FROM portal.session AS s JOIN portal.account AS a ON a.id = s.account"
      " WHERE s.expires > $1 AND s.idle_until > $1 AND s.created > $2 AND s.last_seen > $3 AND a.state = 'active'"
      " AND (s.second_factor_at IS NOT NULL OR s.created > $4)",
      kAccountColumns);
  return sql;
}

Session sessionFrom(const postgres::Row& row) {
  Session session;
  session.id = row.integer("id");
  session.account = accountFrom(row);
  session.created = row.get<Instant>("created");
  session.lastSeen = row.get<Instant>("last_seen");
  session.secondFactorAt = row.maybe<Instant>("second_factor_at");
  session.means = row.text("means");
  session.address = row.text("address");
  session.browser = row.text("browser");
  return session;
}

// Not disabled between the password and the session, and stays so until the transaction ends.
void requireActive(postgres::Transaction& transaction, std::int64_t account) {
  if (transaction.exec("SELECT FROM portal.account WHERE id = $1 AND state = 'active' FOR SHARE", account).empty())
    throw Error(ErrorKind::usage, "this account cannot be used now", "ask the helpdesk");
}

std::string_view wordOf(Purpose purpose) {
  return purpose == Purpose::reset ? "reset" : "invitation";
}

}  // namespace

bool showedSecondFactor(const Session& session) {
  // By name: means that somebody adds later count for nothing until they stand here.
  return session.secondFactorAt && (session.means == "totp" || session.means == "recovery" || session.means == "oidc");
}

Session begin(postgres::Transaction& transaction, const Account& account, const SessionRules& rules,
              std::string_view address, std::string_view browser, Instant at) {
  requireActive(transaction, account.id);
  Session session;
  session.token = newToken();
  session.account = account;
  session.created = session.lastSeen = at;
  session.address = clean(address, kAddressKept);
  session.browser = clean(browser, kBrowserKept);
  session.id = transaction
                   .exec(
                       "INSERT INTO portal.session (token_hash, account, created, last_seen, idle_until, expires,"
                       " address, browser) VALUES ($1, $2, $3, $3, $4, $5, $6, $7) RETURNING id",
                       tokenHash(session.token), account.id, at, at + rules.idle, at + rules.longest, session.address,
                       session.browser)
                   .only()
                   .integer(0);
  // Apart, and half ones for each address: who has the password alone puts nobody out who came further, nor keeps the
  // owner from coming in. One place is for this one, when it is complete.
  const int most = std::max(rules.most, 2);
  transaction.exec(
      "DELETE FROM portal.session WHERE account = $1 AND second_factor_at IS NOT NULL AND id NOT IN"
      " (SELECT id FROM portal.session WHERE account = $1 AND second_factor_at IS NOT NULL"
      " ORDER BY last_seen DESC, id DESC LIMIT $2)",
      account.id, most - 1);
  transaction.exec(
      "DELETE FROM portal.session WHERE account = $1 AND second_factor_at IS NULL AND address = $3 AND id NOT IN"
      " (SELECT id FROM portal.session WHERE account = $1 AND second_factor_at IS NULL AND address = $3"
      " ORDER BY last_seen DESC, id DESC LIMIT $2)",
      account.id, most, session.address);
  return session;
}

Session raise(postgres::Transaction& transaction, const Session& session, std::string_view means, Instant at) {
  requireActive(transaction, session.account.id);
  Session raised = session;
  raised.token = newToken();
  raised.lastSeen = at;
  raised.secondFactorAt = at;
  raised.means = means;
  raised.account.lastSignIn = at;
  const auto moved = transaction.exec(
      "UPDATE portal.session SET token_hash = $2, second_factor_at = $3, means = $4, last_seen = $3,"
      " idle_until = $3::timestamptz + (idle_until - last_seen)"
      " WHERE token_hash = $1 AND expires > $3 AND idle_until > $3",
      tokenHash(session.token), tokenHash(raised.token), at, means);
  if (moved.affected() == 0) over();
  transaction.exec("UPDATE portal.account SET last_sign_in = $2 WHERE id = $1", session.account.id, at);
  return raised;
}

std::optional<Session> lookUpSession(postgres::Connection& connection, std::string_view token,
                                     const SessionRules& rules, Instant now) {
  const auto row = connection
                       .exec(living() + " AND s.token_hash = $5", now, now - rules.longest, now - rules.idle,
                             now - kHalfLasts, tokenHash(token))
                       .first();
  if (!row) return std::nullopt;
  Session session = sessionFrom(*row);
  session.token = token;
  return session;
}

std::optional<Session> findSession(postgres::Connection& connection, std::string_view token, const SessionRules& rules,
                                   Instant now) {
  auto session = lookUpSession(connection, token, rules, now);
  if (session && now - session->lastSeen >= kSeenEvery) {
    connection.exec("UPDATE portal.session SET last_seen = $2, idle_until = $3 WHERE id = $1 AND last_seen < $2",
                    session->id, now, now + rules.idle);
    session->lastSeen = now;
  }
  return session;
}

std::vector<Session> sessionsOf(postgres::Connection& connection, std::int64_t account, const SessionRules& rules,
                                Instant now) {
  std::vector<Session> found;
  for (const auto row : connection.exec(living() + " AND a.id = $5 ORDER BY s.last_seen DESC, s.id DESC", now,
                                        now - rules.longest, now - rules.idle, now - kHalfLasts, account))
    found.push_back(sessionFrom(row));
  return found;
}

void end(postgres::Transaction& transaction, std::string_view token) {
  transaction.exec("DELETE FROM portal.session WHERE token_hash = $1", tokenHash(token));
}

bool endOf(postgres::Transaction& transaction, std::int64_t account, std::int64_t session) {
  return transaction.exec("DELETE FROM portal.session WHERE account = $1 AND id = $2", account, session).affected() > 0;
}

void endAllOf(postgres::Transaction& transaction, std::int64_t account, std::string_view exceptToken) {
  transaction.exec("DELETE FROM portal.session WHERE account = $1 AND token_hash <> $2", account,
                   tokenHash(exceptToken));
}

void sweep(postgres::Connection& connection, const SessionRules& rules, Instant now) {
  connection.exec(
      "DELETE FROM portal.session WHERE expires <= $1 OR idle_until <= $1 OR created <= $2 OR last_seen <= $3"
      " OR (second_factor_at IS NULL AND created <= $4)",
      now, now - rules.longest, now - rules.idle, now - kHalfLasts);
  connection.exec("DELETE FROM portal.link WHERE expires <= $1", now);
  connection.exec("DELETE FROM portal.device WHERE seen <= $1", now - kDeviceLasts);
  // By then the longest is forgiven whole.
  connection.exec("DELETE FROM portal.attempt WHERE last <= $1", now - std::chrono::hours(48));
}

std::string formToken(std::string_view sessionToken) {
  // A key of HMAC has 1 to 64 bytes, a token 43; before there is a session, what stands for one may be any text.
  std::array<std::byte, 32> mac{};
  crypto::Mac(Secret(sessionToken.empty() ? "-" : sessionToken.substr(0, 64)), "sluis portal form 1")
      .compute({}, std::span<std::byte, 32>(mac));
  return toBase64Url(mac);
}

std::string masked(std::string_view formToken) {
  const BytesView token = asBytes(formToken);
  Bytes both(2 * token.size());
  crypto::fillRandom(std::span(both).first(token.size()));
  for (std::size_t i = 0; i < token.size(); ++i) both[token.size() + i] = both[i] ^ token[i];
  return toBase64Url(both);
}

bool fitsFormToken(std::string_view given, std::string_view formToken) {
  std::optional<Bytes> both = fromBase64Url(given);
  if (formToken.empty() || !both || both->size() != 2 * formToken.size()) return false;
  for (std::size_t i = 0; i < formToken.size(); ++i) (*both)[i] ^= (*both)[formToken.size() + i];
  return equalInConstantTime(BytesView(*both).first(formToken.size()), asBytes(formToken));
}

std::string makeLink(postgres::Transaction& transaction, std::int64_t account, Purpose purpose, Instant at) {
  std::string token = newToken();
  const std::chrono::seconds lasts = purpose == Purpose::reset ? kResetLasts : std::chrono::seconds(kInvitationLasts);
  const auto made = transaction.exec(
      "INSERT INTO portal.link (hash, account, purpose, created, expires)"
      " SELECT $1, id, $3, $4::timestamptz, $5::timestamptz FROM portal.account WHERE id = $2 AND state <> 'disabled'",
      tokenHash(token), account, wordOf(purpose), at, at + lasts);
  if (made.affected() == 0)
    throw Error(ErrorKind::usage, fmt::format("account {} can have no link", account), "it is disabled or gone");
  return token;
}

std::optional<Link> findLink(postgres::Connection& connection, std::string_view token, Instant now) {
  const auto row =
      connection
          .exec(fmt::format("SELECT l.purpose, {} FROM portal.link AS l JOIN portal.account AS a ON a.id = l.account"
                            " WHERE l.hash = $1 AND l.used IS NULL AND l.expires > $2 AND {}",
                            kAccountColumns, kMayHavePassword),
                tokenHash(token), now)
          .first();
  if (!row) return std::nullopt;
  return Link{accountFrom(*row), row->text("purpose") == "reset" ? Purpose::reset : Purpose::invitation};
}

bool useLink(postgres::Transaction& transaction, std::string_view token, Instant at) {
  // The first of two at once has the row's lock; the second then sees it used.
  const auto used = transaction.exec(
      fmt::format("UPDATE portal.link AS l SET used = $2 FROM portal.account AS a WHERE l.hash = $1 AND l.used IS NULL"
                  " AND l.expires > $2 AND a.id = l.account AND {} RETURNING l.account",
                  kMayHavePassword),
      tokenHash(token), at);
  if (used.empty()) return false;
  transaction.exec("UPDATE portal.link SET used = $2 WHERE account = $1 AND used IS NULL", used[0].integer(0), at);
  return true;
}

}  // namespace sluis::account
