#include "account/attempts.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include <fmt/format.h>

#include "account/columns.h"

namespace sluis::account {

namespace {

using std::chrono::seconds;
using namespace std::chrono_literals;

constexpr seconds kLongestWait = 15min;
// 2^10 s is past the longest wait: what is counted beyond would only make forgiving take longer.
constexpr double kCountedBeyond = 11;
// Forgiven is what is forgiven whole.
constexpr double kPart = 0.01;

struct Place {
  std::string_view name;
  double free;         ///< failures without a wait
  double freeInStorm;  ///< the same while there is a storm
  seconds forgivenIn;  ///< one failure
  double mostCounted;  ///< beyond it no more is counted
  bool makesWait;
};
constexpr Place waiting(std::string_view name, double free, double freeInStorm, seconds forgivenIn) {
  return {name, free, freeInStorm, forgivenIn, free + kCountedBeyond, true};
}
constexpr Place kPair = waiting("pair", 5, 1, 15min);
constexpr Place kBlock = waiting("block", 30, 3, 1min);
constexpr Place kDevice = waiting("device", 5, 5, 15min);
constexpr Place kCodes = waiting("account", 10, 10, 15min);
constexpr Place kAccount = {"account", 20, 20, 5min, 40, false};
constexpr Place kAll = {"all", 300, 300, 10s, 600, false};

// The /64 of an IPv6 address: a subscriber has at least that many.
std::string blockOf(const std::string& address) {
  in6_addr six{};
  if (::inet_pton(AF_INET6, address.c_str(), &six) != 1) return address;
  if (IN6_IS_ADDR_V4MAPPED(&six))
    return fmt::format("{}.{}.{}.{}", six.s6_addr[12], six.s6_addr[13], six.s6_addr[14], six.s6_addr[15]);
  std::string block;
  for (int i = 0; i < 8; ++i) block += fmt::format("{:02x}", six.s6_addr[i]);
  return block;
}

// One thing that is counted: where, and the SHA-256 of what. Lengths are absorbed, so that no two run together.
struct Counter {
  Place place;
  crypto::Sha256 hash;
};
Counter counter(const Place& place, std::initializer_list<std::string_view> of) {
  std::string text(place.name);
  for (const std::string_view part : of) text += fmt::format(":{}:{}", part.size(), part);
  return {place, crypto::sha256(asBytes(text))};
}

bool isKnown(postgres::Connection& connection, const Attempt& attempt, const std::string& user, Instant now) {
  return !attempt.device.empty() && canBeUser(user) &&
         !connection
              .exec(
                  "SELECT FROM portal.device AS d JOIN portal.account AS a ON a.id = d.account"
                  " WHERE d.hash = $1 AND a.\"user\" = $2 AND d.seen > $3",
                  tokenHash(attempt.device), user, now - kDeviceLasts)
              .empty();
}

// In one order always, so that two that count at once do not lock each other out.
std::vector<Counter> countersOf(postgres::Connection& connection, const Attempt& attempt, Instant now) {
  const std::string user = normalUser(attempt.user);
  if (isKnown(connection, attempt, user, now)) return {counter(kDevice, {user, attempt.device})};
  const std::string block = blockOf(attempt.address);
  return {counter(kPair, {user, block}), counter(kBlock, {block}),
          counter(attempt.what == "code" ? kCodes : kAccount, {user}), counter(kAll, {})};
}

struct Count {
  double failures = 0;  ///< when it last failed
  Instant last{};
};

double nowOf(const Count& count, const Place& place, Instant now) {
  const double forgiven = std::chrono::duration<double>(now - count.last) / place.forgivenIn;
  return std::max(0.0, count.failures - std::max(0.0, forgiven));
}

std::optional<seconds> waitOf(const std::vector<Counter>& counters, const std::vector<Count>& counts, Instant now) {
  bool storm = false;
  for (std::size_t i = 0; i < counters.size(); ++i)
    storm =
        storm || (!counters[i].place.makesWait && nowOf(counts[i], counters[i].place, now) >= counters[i].place.free);
  Instant until = now;
  for (std::size_t i = 0; i < counters.size(); ++i) {
    const Place& place = counters[i].place;
    const double beyond = std::ceil(counts[i].failures - (storm ? place.freeInStorm : place.free) - kPart);
    // As many failures as are free are without a wait; the first wait is after those.
    if (!place.makesWait || beyond < 0) continue;
    const auto wait = std::min(kLongestWait, seconds(std::int64_t{1} << static_cast<int>(std::min(beyond, 10.0))));
    until = std::max(until, counts[i].last + wait);
  }
  if (until <= now) return std::nullopt;
  return std::min(kLongestWait, std::chrono::ceil<seconds>(until - now));
}

Count countFrom(const postgres::Rows& rows) {
  const auto row = rows.first();
  return row ? Count{row->get<double>("failures"), row->get<Instant>("last")} : Count{};
}

void add(postgres::Transaction& transaction, const std::string& what, const Counter& counter, Instant now) {
  transaction.exec(
      "INSERT INTO portal.attempt AS a (what, hash, failures, last) VALUES ($1, $2, 1, $3) ON CONFLICT (what, hash)"
      " DO UPDATE SET last = greatest(a.last, excluded.last), failures = least($5::float8, 1 + greatest(0, a.failures"
      " - greatest(0, extract(epoch FROM excluded.last - a.last)::float8) / $4::float8))",
      what, counter.hash, now, static_cast<double>(counter.place.forgivenIn.count()), counter.place.mostCounted);
}

void forget(postgres::Transaction& transaction, const std::string& what, const Counter& counter) {
  transaction.exec("DELETE FROM portal.attempt WHERE what = $1 AND hash = $2", what, counter.hash);
}

void touchDevice(postgres::Transaction& transaction, const Attempt& attempt, Instant now) {
  if (!attempt.device.empty())
    transaction.exec("UPDATE portal.device SET seen = greatest(seen, $2) WHERE hash = $1", tokenHash(attempt.device),
                     now);
}

}  // namespace

std::optional<seconds> waitOf(postgres::Connection& connection, const Attempt& attempt, Instant now) {
  const auto counters = countersOf(connection, attempt, now);
  std::vector<Count> counts;
  for (const Counter& each : counters)
    counts.push_back(countFrom(connection.exec(
        "SELECT failures, last FROM portal.attempt WHERE what = $1 AND hash = $2", attempt.what, each.hash)));
  return waitOf(counters, counts, now);
}

void failed(postgres::Transaction& transaction, const Attempt& attempt, Instant now) {
  for (const Counter& each : countersOf(transaction.connection(), attempt, now))
    add(transaction, attempt.what, each, now);
}

std::optional<seconds> startTry(postgres::Transaction& transaction, const Attempt& attempt, Instant now) {
  const auto counters = countersOf(transaction.connection(), attempt, now);
  std::vector<Count> counts;
  for (const Counter& each : counters) {
    // Who comes at the same moment waits here until this one is counted.
    transaction.exec(
        "INSERT INTO portal.attempt (what, hash, failures, last) VALUES ($1, $2, 0, $3) ON CONFLICT DO NOTHING",
        attempt.what, each.hash, now);
    counts.push_back(
        countFrom(transaction.exec("SELECT failures, last FROM portal.attempt WHERE what = $1 AND hash = $2 FOR UPDATE",
                                   attempt.what, each.hash)));
  }
  if (const auto wait = waitOf(counters, counts, now)) return wait;
  for (const Counter& each : counters) add(transaction, attempt.what, each, now);
  return std::nullopt;
}

void wasRight(postgres::Transaction& transaction, const Attempt& attempt, Instant now) {
  const auto counters = countersOf(transaction.connection(), attempt, now);
  forget(transaction, attempt.what, counters.front());
  for (std::size_t i = 1; i < counters.size(); ++i)
    transaction.exec("UPDATE portal.attempt SET failures = greatest(0, failures - 1) WHERE what = $1 AND hash = $2",
                     attempt.what, counters[i].hash);
  touchDevice(transaction, attempt, now);
}

void succeeded(postgres::Transaction& transaction, const Attempt& attempt, Instant now) {
  forget(transaction, attempt.what, countersOf(transaction.connection(), attempt, now).front());
  touchDevice(transaction, attempt, now);
}

std::string rememberDevice(postgres::Transaction& transaction, std::int64_t account, Instant at) {
  std::string device = newToken();
  transaction.exec("INSERT INTO portal.device (hash, account, seen) VALUES ($1, $2, $3)", tokenHash(device), account,
                   at);
  transaction.exec(
      "DELETE FROM portal.device WHERE account = $1 AND hash NOT IN"
      " (SELECT hash FROM portal.device WHERE account = $1 ORDER BY seen DESC LIMIT $2)",
      account, kMostDevices);
  return device;
}

}  // namespace sluis::account
