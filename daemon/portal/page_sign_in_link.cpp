// A link out of a mail: an invitation, or a forgotten password. Opening it changes nothing (mail scanners do); setting
// a password uses it up. It replaces the password only: who has a second factor is still asked for it.
#include <algorithm>
#include <thread>

#include <fmt/format.h>

#include "account/notice.h"
#include "portal/router.h"
#include "portal/sign_in_steps.h"

namespace sluis::portal {

namespace {

using account::Purpose;

// Longer than asking takes, whether there is such an account or not.
constexpr auto kForgotTakes = std::chrono::milliseconds(150);

std::optional<account::Link> linkOf(Visit& visit) {
  return visit.services.database.with([&](postgres::Connection& connection) {
    return account::findLink(connection, visit.captured.at(0), visit.now());
  });
}

web::Response gone(Visit& visit) {
  web::Values values;
  values.show("GONE");
  return visit.page("link", "signin.link.gone-title", values, 404);
}

web::Response linkPage(Visit& visit, const account::Link& link, const std::string& problem, int status) {
  web::Values values;
  values.set("USER", link.account.user).set("NAME", link.account.name).set("TOKEN", visit.captured.at(0));
  const bool invited = link.purpose == Purpose::invitation;
  web::Values& open = values.add("OPEN");
  open.show(invited ? "INVITATION" : "RESET");
  if (!problem.empty()) open.add("PROBLEM").set("PROBLEM_TEXT", problem);
  open.show("HAS_PROBLEM", !problem.empty());
  const auto& broker = visit.services.config.portal.broker;
  if (invited && broker && link.account.state == account::State::invited &&
      broker->assurance.count(account::toString(link.account.role)) != 0)
    open.add("BROKER").set("BROKER_NAME", broker->name);
  return visit.page("link", invited ? "signin.link.invitation-title" : "signin.link.reset-title", values, status);
}

web::Response show(Visit& visit) {
  const auto link = linkOf(visit);
  return link ? linkPage(visit, *link, {}, 200) : gone(visit);
}

web::Response use(Visit& visit) {
  const auto link = linkOf(visit);
  if (!link) return gone(visit);
  const std::string& password = visit.field("password");
  if (const auto problem = newPasswordProblem(visit, link->account, password, visit.field("password_again")))
    return linkPage(visit, *link, *problem, 422);
  const std::string hash = visit.services.passwords.hash(password);
  std::optional<Begun> begun = visit.services.database.with([&](postgres::Connection& connection) {
    postgres::Transaction transaction(connection);
    if (!account::useLink(transaction, visit.captured.at(0), visit.now())) return std::optional<Begun>();
    account::setPassword(transaction, link->account.id, hash, visit.now());
    account::endAllOf(transaction, link->account.id);
    const auto account = account::find(connection, link->account.id).value();
    if (link->purpose == Purpose::reset)
      account::tellChange(transaction, account.id, account::Change::password, visit.services.config.mail.domain());
    enter(transaction, visit, account, "account.password-set",
          {{"by", link->purpose == Purpose::reset ? "reset link" : "invitation"}});
    std::optional<Begun> done = beginSession(transaction, visit, account);
    transaction.commit();
    return done;
  });
  if (!begun) return gone(visit);
  adopt(visit, std::move(*begun));
  return onward(visit);
}

web::Response forgotPage(const Visit& visit, const std::string& problem, int status) {
  web::Values values;
  if (!problem.empty()) values.add("PROBLEM").set("PROBLEM_TEXT", problem);
  values.show("HAS_PROBLEM", !problem.empty()).show("ASK");
  return visit.page("forgot", "signin.forgot.title", values, status);
}

web::Response showForgot(Visit& visit) {
  return forgotPage(visit, {}, 200);
}

web::Response forgot(Visit& visit) {
  const auto until = std::chrono::steady_clock::now() + kForgotTakes;
  const std::string user = account::normalUser(visit.field("user"));
  if (user.find('@') == std::string::npos || user.size() > 254)
    return forgotPage(visit, visit.text("signin.forgot.fill-in"), 422);
  // Each time counts: nobody's mailbox is filled from here.
  if (const auto wait = startTry(visit, attemptOf(visit, "forgot", user)))
    return tooOften(forgotPage(visit, waitText(visit, *wait), 429), *wait);
  const auto account = visit.services.database.with([&](postgres::Connection& connection) {
    postgres::Transaction transaction(connection);
    account::askForReset(transaction, user, visit.services.config.mail.domain());
    transaction.commit();
    return account::find(connection, user);
  });
  visit.signIn->note(Noted::resetAsked, account ? std::optional(account->id) : std::nullopt, visit.now());
  std::this_thread::sleep_until(until);
  return visit.redirect("/forgot/sent");
}

web::Response sent(Visit& visit) {
  web::Values values;
  values.show("SENT").set("MINUTES", std::chrono::duration_cast<std::chrono::minutes>(account::kResetLasts).count());
  return visit.page("forgot", "signin.forgot.sent-title", values);
}

}  // namespace

Routes linkRoutes() {
  return {
      {web::Method::get, "/link/{}", Access::everybody, show},
      {web::Method::post, "/link/{}", Access::everybody, use},
      {web::Method::get, "/forgot", Access::everybody, showForgot},
      {web::Method::post, "/forgot", Access::everybody, forgot},
      {web::Method::get, "/forgot/sent", Access::everybody, sent},
  };
}

}  // namespace sluis::portal
