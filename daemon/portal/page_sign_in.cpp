// Signing in by password, and signing out. A wrong password, an unknown account, a disabled one: one answer, one time.
#include <fmt/format.h>

#include "portal/router.h"
#include "portal/sign_in_steps.h"
#include "portal/staging.h"

namespace sluis::portal {

namespace {

web::Response signInPage(const Visit& visit, std::string_view user, const std::string& problem, int status) {
  web::Values values;
  values.set("USER", user)
      .set("MINUTES", std::chrono::ceil<std::chrono::minutes>(visit.services.sessionRules.idle).count());
  if (!problem.empty()) values.add("PROBLEM").set("PROBLEM_TEXT", problem);
  values.show("HAS_PROBLEM", !problem.empty())
      .show("WANTED", visit.request.cookies.contains(kNextCookie) && problem.empty());
  if (visit.signIn->broker() != nullptr)
    values.add("BROKER").set("BROKER_NAME", visit.services.config.portal.broker->name);
  values.show("MAY_APPLY", visit.services.config.portal.applications);
  return visit.page("sign-in", "signin.title", values, status);
}

web::Response show(Visit& visit) {
  if (visit.session && visit.session->secondFactorAt) return onward(visit);
  return signInPage(visit, {}, {}, 200);
}

web::Response signIn(Visit& visit) {
  const Services& services = visit.services;
  const std::string user = account::normalUser(visit.field("user"));
  const std::string& password = visit.field("password");
  if (user.empty() || password.empty()) return signInPage(visit, user, visit.text("signin.fill-in"), 422);
  const account::Attempt attempt = attemptOf(visit, "password", user);
  const auto wait = startTry(visit, attempt);
  const auto account =
      services.database.with([&](postgres::Connection& connection) { return account::find(connection, user); });
  const auto refuse = [&](const std::string& problem, int status) {
    visit.signIn->note(Noted::refused, account ? std::optional(account->id) : std::nullopt, visit.now());
    return signInPage(visit, user, problem, status);
  };
  if (wait) return tooOften(refuse(waitText(visit, *wait), 429), *wait);
  const auto hash = services.database.with(
      [&](postgres::Connection& connection) { return account::passwordHashOf(connection, user); });
  const bool fits = services.passwords.fits(password, hash);
  if (!fits || !account || account->state != account::State::active) return refuse(visit.text("signin.wrong"), 422);
  adopt(visit, services.database.with([&](postgres::Connection& connection) {
    postgres::Transaction transaction(connection);
    account::wasRight(transaction, attempt, visit.now());
    Begun begun = beginSession(transaction, visit, *account);
    transaction.commit();
    return begun;
  }));
  return onward(visit);
}

web::Response signOut(Visit& visit) {
  visit.services.database.with([&](postgres::Connection& connection) {
    postgres::Transaction transaction(connection);
    account::end(transaction, visit.session->token);
    enter(transaction, visit, visit.account(), "account.signed-out");
    transaction.commit();
  });
  // What was uploaded and not confirmed was this session's.
  forgetStaged(visit.services.config.drop, *visit.session);
  visit.session.reset();
  visit.cookies.push_back({std::string(kSessionCookie), {}, {}});
  return visit.redirect("/sign-in", "signed-out");
}

}  // namespace

Routes signInRoutes() {
  Routes routes = {
      {web::Method::get, "/sign-in", Access::everybody, show},
      {web::Method::post, "/sign-in", Access::everybody, signIn},
      {web::Method::post, "/sign-out", Access::firstFactor, signOut},
  };
  for (Routes each : {codeRoutes(), enrolRoutes(), linkRoutes(), brokerRoutes()})
    routes.insert(routes.end(), std::make_move_iterator(each.begin()), std::make_move_iterator(each.end()));
  return routes;
}

}  // namespace sluis::portal
