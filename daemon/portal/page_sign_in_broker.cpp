// Signing in by a broker (OpenID Connect), e.g. with eHerkenning. An account is found by the broker's name for the
// person, which is bound to it once: by who opened the invitation in this browser and then signed in at the broker
// (docs/decisions/0021). An assurance that the configuration names for the role counts as the second factor.
#include <algorithm>

#include <fmt/format.h>

#include "base/encoding.h"
#include "base/log.h"
#include "crypto/random.h"
#include "oidc/client.h"
#include "portal/router.h"
#include "portal/sign_in_steps.h"

namespace sluis::portal {

namespace {

constexpr std::size_t kToken = 43;
constexpr std::int64_t kFlowSeconds = 15 * 60;

web::Response refused(Visit& visit, std::string_view why) {
  log::notice("sign-in by the broker refused: {}", why);
  return errorPage(visit, 403, "error.broker");
}

bool isStrongEnough(const Visit& visit, account::Role role, const std::string& assurance) {
  const auto& known = visit.services.config.portal.broker->assurance;
  const auto found = known.find(account::toString(role));
  return !assurance.empty() && found != known.end() &&
         std::find(found->second.begin(), found->second.end(), assurance) != found->second.end();
}

// The issuer is part of it: another broker's "42" is another person.
std::string subjectOf(const Visit& visit, const oidc::Identity& identity) {
  return visit.services.config.portal.broker->issuer + " " + identity.subject;
}

web::Response start(Visit& visit) {
  oidc::Client* broker = visit.signIn->broker();
  if (broker == nullptr) return errorPage(visit, 404, "error.not-found");
  std::string binding = toBase64Url(crypto::randomSecret(32).reveal());
  const std::string address = broker->addressFor(binding, visit.now());
  const std::string& link = visit.request.query["link"];
  const bool isLink = link.size() == kToken && fromBase64Url(link);
  // Another site must not bind whoever is signed in at the broker to an invitation of its own choice.
  if (isLink && !visit.request.fetchSite.empty() && visit.request.fetchSite != "same-origin")
    return visit.redirect("/link/" + link);
  visit.cookies.push_back({std::string(kBrokerCookie), binding + (isLink ? link : std::string()), kFlowSeconds});
  return web::Response::redirectAway(address);
}

/// The account of an invitation that was opened in this browser, bound to this person; nullopt when it cannot be.
std::optional<account::Account> bindInvited(postgres::Transaction& transaction, Visit& visit, std::string_view link,
                                            const oidc::Identity& identity) {
  const auto invited = account::findLink(transaction.connection(), link, visit.now());
  if (!invited || invited->purpose != account::Purpose::invitation ||
      invited->account.state != account::State::invited || invited->account.hasPassword ||
      !isStrongEnough(visit, invited->account.role, identity.assurance) ||
      (!identity.mail.empty() && identity.mail != invited->account.user))
    return std::nullopt;
  if (!account::useLink(transaction, link, visit.now()) ||
      !account::bindBroker(transaction, invited->account.id, subjectOf(visit, identity)))
    return std::nullopt;
  return account::find(transaction.connection(), invited->account.id);
}

web::Response back(Visit& visit) {
  oidc::Client* broker = visit.signIn->broker();
  if (broker == nullptr) return errorPage(visit, 404, "error.not-found");
  const auto cookie = visit.request.cookies.find(kBrokerCookie);
  const std::string kept = cookie == visit.request.cookies.end() ? std::string() : cookie->second;
  visit.cookies.push_back({std::string(kBrokerCookie), {}, {}});
  if (kept.size() != kToken && kept.size() != 2 * kToken) return refused(visit, "this browser did not ask");
  const auto& query = visit.request.query;
  const auto identity = broker->finish(kept.substr(0, kToken),
                                       {query["code"], query["state"], query["iss"], query["error"]}, visit.now());
  if (!identity) return refused(visit, identity.error());
  std::string why;
  std::optional<Begun> begun = visit.services.database.with([&](postgres::Connection& connection) {
    postgres::Transaction transaction(connection);
    auto account = account::findByBroker(connection, subjectOf(visit, *identity));
    if (!account && kept.size() == 2 * kToken)
      account = bindInvited(transaction, visit, kept.substr(kToken), *identity);
    if (!account || account->state != account::State::active) {
      why = "nobody here is known by that name";
      return std::optional<Begun>();
    }
    if (!isStrongEnough(visit, account->role, identity->assurance)) {
      why = "the assurance is too low for the role";
      return std::optional<Begun>();
    }
    if (visit.session) account::end(transaction, visit.session->token);
    const auto session = account::begin(transaction, *account, visit.services.sessionRules, visit.request.address,
                                        visit.request.userAgent, visit.now());
    std::optional<Begun> done = completeSession(transaction, visit, session, "oidc");
    transaction.commit();
    return done;
  });
  if (!begun) return refused(visit, why);
  adopt(visit, std::move(*begun));
  return onward(visit);
}

}  // namespace

Routes brokerRoutes() {
  return {
      {web::Method::get, "/oidc/start", Access::everybody, start},
      {web::Method::get, "/oidc/back", Access::everybody, back},
  };
}

}  // namespace sluis::portal
