#include "portal/sign_in.h"

#include <set>

#include <fmt/format.h>

#include "audit/audit.h"
#include "base/file.h"
#include "base/log.h"
#include "oidc/client.h"

namespace sluis::portal {

namespace {

constexpr std::size_t kLongestSecret = 4096;

std::string_view eventOf(Noted what) {
  return what == Noted::refused ? "account.sign-in-refused" : "account.reset-asked";
}

// Those whose account is with the TTP act for it, the others for whom they are of.
std::string responsibleFor(const account::Account& account) {
  return account.subject.empty() ? "TTP" : account.subject;
}

oidc::Settings settingsOf(const config::Portal& portal) {
  const config::Broker& broker = *portal.broker;
  std::string secret = readFile(broker.clientSecret, kLongestSecret);
  while (!secret.empty() && (secret.back() == '\n' || secret.back() == '\r')) secret.pop_back();
  oidc::Settings settings{.issuer = broker.issuer,
                          .clientId = broker.clientId,
                          .clientSecret = Secret(secret),
                          .authorities = broker.authorities,
                          .back = portal.url + "/oidc/back",
                          .assurance = {}};
  wipe(std::as_writable_bytes(std::span(secret)));
  std::set<std::string> seen;
  for (const auto& [role, values] : broker.assurance)
    for (const std::string& value : values)
      if (seen.insert(value).second) settings.assurance.push_back(value);
  return settings;
}

audit::Event entryOf(Noted what, std::int64_t times, Instant first, const std::optional<account::Account>& account,
                     Instant now) {
  return {.what = std::string(eventOf(what)),
          .at = now,
          .subject = account ? account->user : "unknown",
          .system = "sluis-portal",
          .actor = "unknown",
          .responsible = account ? responsibleFor(*account) : "TTP",
          .details = {{"times", std::to_string(times)}, {"since", toRfc3339(first)}}};
}

}  // namespace

SignIn::SignIn(const config::Portal& portal) {
  if (portal.broker) broker_ = std::make_unique<oidc::Client>(settingsOf(portal));
}

SignIn::~SignIn() = default;

void SignIn::note(Noted what, std::optional<std::int64_t> account, Instant at) {
  counts_.with([&](Counts& counts) {
    std::pair<Noted, std::int64_t> key{what, account.value_or(0)};
    if (counts.size() >= kMostCounted && counts.count(key) == 0) key.second = 0;
    Count& count = counts[key];
    if (count.times++ == 0) count.first = at;
  });
}

void SignIn::writeToLog(Database& database, Instant now) {
  Counts noted = counts_.with([](Counts& counts) { return std::exchange(counts, {}); });
  if (noted.empty()) return;
  try {
    database.with([&](postgres::Connection& connection) {
      postgres::Transaction transaction(connection);
      std::vector<audit::Event> events;
      for (const auto& [key, count] : noted) {
        const auto account = key.second == 0 ? std::nullopt : account::find(connection, key.second);
        events.push_back(entryOf(key.first, count.times, count.first, account, now));
      }
      for (const audit::Event& event : events) audit::appendPortal(transaction, event);
      transaction.commit();
    });
  } catch (const Error&) {
    counts_.with([&](Counts& counts) {
      for (const auto& [key, count] : noted) {
        Count& kept = counts[key];
        kept.first = kept.times == 0 ? count.first : std::min(kept.first, count.first);
        kept.times += count.times;
      }
    });
    throw;
  }
}

void enter(postgres::Transaction& transaction, const Visit& visit, const account::Account& account,
           std::string_view what, std::map<std::string, std::string> details) {
  details.emplace("address", visit.request.address);
  audit::appendPortal(transaction, {.what = std::string(what),
                                    .at = visit.now(),
                                    .subject = account.user,
                                    .system = "sluis-portal",
                                    .actor = account::describe(account),
                                    .responsible = responsibleFor(account),
                                    .details = std::move(details)});
}

}  // namespace sluis::portal
