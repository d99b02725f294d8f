// One's own account: who one is here, password, second factor, recovery codes, language, sessions. What gives power
// over the account asks for the password again, and is mailed to the account.
#include <charconv>

#include <fmt/format.h>

#include "account/language.h"
#include "account/notice.h"
#include "portal/browser_name.h"
#include "portal/router.h"
#include "portal/sign_in_steps.h"

namespace sluis::portal {

namespace {

using account::Change;

template <typename Work>
void change(Visit& visit, Work&& work) {
  visit.services.database.with([&](postgres::Connection& connection) {
    postgres::Transaction transaction(connection);
    work(transaction);
    transaction.commit();
  });
}

web::Response accountPage(Visit& visit) {
  const account::Account& account = visit.account();
  const int codes = visit.services.database.with([&](postgres::Connection& connection) {
    return account::SecondFactor::recoveryCodesLeft(connection, account.id);
  });
  web::Values values;
  values.set("NAME", account.name).set("USER", account.user).set("SUBJECT", account.subject);
  values.show("HAS_SUBJECT", !account.subject.empty());
  values.set("ROLE", visit.text(fmt::format("account.role.{}", account::toString(account.role))));
  values.set("LAST_SIGN_IN", visit.time(account.lastSignIn)).set("CODES_LEFT", codes);
  values.show("HAS_SECOND_FACTOR", account.hasSecondFactor).show("NO_SECOND_FACTOR", !account.hasSecondFactor);
  values.show("FEW_CODES", account.hasSecondFactor && codes <= 3);
  values.show("HAS_PASSWORD", account.hasPassword).show("BY_BROKER", !account.hasPassword);
  values.show("DUTCH", account.language != "en").show("ENGLISH", account.language == "en");
  values.show("HAS_TERMS", !visit.services.terms.empty());
  return visit.page("account", "account.title", values);
}

/// A page of the template "account-change" that asks for the password again.
web::Response changePage(const Visit& visit, std::string_view what, const std::string& problem, int status) {
  web::Values values;
  web::Values& part = values.add(what == "password" ? "PASSWORD" : what == "codes" ? "CODES" : "SECOND_FACTOR");
  part.set("USER", visit.account().user);
  if (!problem.empty()) part.add("PROBLEM").set("PROBLEM_TEXT", problem);
  part.show("HAS_PROBLEM", !problem.empty());
  return visit.page("account-change", fmt::format("account.{}.title", what), values, status);
}

// Who signs in by a broker has no password to ask for: these are not there.
std::optional<web::Response> unlessPassword(Visit& visit) {
  if (visit.account().hasPassword) return std::nullopt;
  return errorPage(visit, 404, "error.not-found");
}

Page showChange(std::string what) {
  return [what = std::move(what)](Visit& visit) {
    if (auto instead = unlessPassword(visit)) return std::move(*instead);
    return changePage(visit, what, {}, 200);
  };
}

web::Response changePassword(Visit& visit) {
  if (auto instead = unlessPassword(visit)) return std::move(*instead);
  const std::string& fresh = visit.field("password");
  auto problem = newPasswordProblem(visit, visit.account(), fresh, visit.field("password_again"));
  if (!problem) problem = passwordProblem(visit, visit.field("current"));
  if (problem) return changePage(visit, "password", *problem, 422);
  const std::string hash = visit.services.passwords.hash(fresh);
  change(visit, [&](postgres::Transaction& transaction) {
    account::setPassword(transaction, visit.account().id, hash, visit.now());
    account::endAllOf(transaction, visit.account().id, visit.session->token);
    account::tellChange(transaction, visit.account().id, Change::password, visit.services.config.mail.domain());
    enter(transaction, visit, visit.account(), "account.password-set", {{"by", "account page"}});
  });
  return visit.redirect("/account", "password-set");
}

web::Response newCodes(Visit& visit) {
  if (auto instead = unlessPassword(visit)) return std::move(*instead);
  if (!visit.account().hasSecondFactor) return visit.redirect("/account");
  if (const auto problem = passwordProblem(visit, visit.field("current")))
    return changePage(visit, "codes", *problem, 422);
  std::vector<std::string> codes;
  change(visit, [&](postgres::Transaction& transaction) {
    codes = visit.services.secondFactor.newRecoveryCodes(transaction, visit.account().id, visit.now());
    account::tellChange(transaction, visit.account().id, Change::recoveryCodes, visit.services.config.mail.domain());
    enter(transaction, visit, visit.account(), "account.recovery-codes-made");
  });
  return recoveryCodesPage(visit, codes, "/account");
}

web::Response secretPage(const Visit& visit, std::string_view secret, const std::string& problem, int status) {
  web::Values values;
  showSecret(visit, secret, values);
  if (!problem.empty()) values.add("PROBLEM").set("PROBLEM_TEXT", problem);
  values.show("HAS_PROBLEM", !problem.empty()).show("AGAIN", visit.account().hasSecondFactor);
  values.set("ACTION", "/account/second-factor/code");
  return visit.page("enrol", "account.second-factor.title", values, status);
}

std::string pendingSecret(Visit& visit) {
  std::string secret;
  change(visit, [&](postgres::Transaction& transaction) {
    secret = visit.services.secondFactor.pendingSecret(transaction, *visit.session);
  });
  return secret;
}

web::Response beginSecondFactor(Visit& visit) {
  if (auto instead = unlessPassword(visit)) return std::move(*instead);
  if (const auto problem = passwordProblem(visit, visit.field("current")))
    return changePage(visit, "second-factor", *problem, 422);
  return secretPage(visit, pendingSecret(visit), {}, 200);
}

// A right code proves that the secret was seen, and it is only shown to who gave the password.
web::Response setSecondFactor(Visit& visit) {
  if (auto instead = unlessPassword(visit)) return std::move(*instead);
  const account::Attempt attempt = attemptOf(visit, "code", visit.account().user);
  if (const auto wait = startTry(visit, attempt))
    return tooOften(changePage(visit, "second-factor", waitText(visit, *wait), 429), *wait);
  const std::string secret = pendingSecret(visit);
  const auto step = account::SecondFactor::stepOf(secret, visit.field("code"), visit.now());
  if (!step) return changePage(visit, "second-factor", visit.text("account.second-factor.wrong"), 422);
  std::vector<std::string> codes;
  account::Session raised;
  change(visit, [&](postgres::Transaction& transaction) {
    account::wasRight(transaction, attempt, visit.now());
    codes = visit.services.secondFactor.enrol(transaction, visit.account().id, secret, *step, visit.now());
    account::endAllOf(transaction, visit.account().id, visit.session->token);
    raised = account::raise(transaction, *visit.session, "totp", visit.now());
    account::tellChange(transaction, visit.account().id, Change::secondFactor, visit.services.config.mail.domain());
    enter(transaction, visit, visit.account(), "account.second-factor-set");
  });
  adopt(visit, {std::move(raised), {}});
  return recoveryCodesPage(visit, codes, "/account");
}

web::Response sessionsPage(Visit& visit) {
  const auto sessions = visit.services.database.with([&](postgres::Connection& connection) {
    return account::sessionsOf(connection, visit.account().id, visit.services.sessionRules, visit.now());
  });
  web::Values values;
  for (const account::Session& session : sessions) {
    web::Values& row = values.add("SESSION");
    const bool own = session.id == visit.session->id;
    row.set("ID", session.id).set("BROWSER", browserName(session.browser)).set("ADDRESS", session.address);
    row.set("SINCE", visit.time(session.created)).set("LAST_SEEN", visit.time(session.lastSeen));
    row.show("OWN", own).show("OTHER", !own);
  }
  values.show("HAS_OTHERS", sessions.size() > 1);
  return visit.page("sessions", "account.sessions.title", values);
}

web::Response endSession(Visit& visit) {
  const std::string& text = visit.captured.at(0);
  std::int64_t id = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), id);
  if (read.ec != std::errc() || read.ptr != text.data() + text.size()) return errorPage(visit, 404, "error.not-found");
  bool ended = false;
  change(visit, [&](postgres::Transaction& transaction) {
    ended = account::endOf(transaction, visit.account().id, id);
    if (ended) enter(transaction, visit, visit.account(), "account.session-ended", {{"sessions", "one"}});
  });
  if (!ended) return errorPage(visit, 404, "error.not-found");
  if (id == visit.session->id) {
    visit.cookies.push_back({std::string(kSessionCookie), {}, {}});
    return visit.redirect("/sign-in", "signed-out");
  }
  return visit.redirect("/account/sessions", "session-ended");
}

web::Response endOthers(Visit& visit) {
  change(visit, [&](postgres::Transaction& transaction) {
    account::endAllOf(transaction, visit.account().id, visit.session->token);
    enter(transaction, visit, visit.account(), "account.session-ended", {{"sessions", "all others"}});
  });
  return visit.redirect("/account/sessions", "session-ended");
}

web::Response setLanguage(Visit& visit) {
  const std::string& wanted = visit.field("language");
  if (wanted != "nl" && wanted != "en") throw web::Refused{400, "error.bad-request"};
  visit.services.database.with(
      [&](postgres::Connection& connection) { account::setLanguage(connection, visit.account().id, wanted); });
  return visit.redirect("/account", "saved");
}

}  // namespace

Routes accountRoutes() {
  using web::Method;
  return {
      {Method::get, "/account", Access::anybodyKnown, accountPage},
      {Method::get, "/account/password", Access::anybodyKnown, showChange("password")},
      {Method::post, "/account/password", Access::anybodyKnown, changePassword},
      {Method::get, "/account/second-factor", Access::anybodyKnown, showChange("second-factor")},
      {Method::post, "/account/second-factor", Access::anybodyKnown, beginSecondFactor},
      {Method::post, "/account/second-factor/code", Access::anybodyKnown, setSecondFactor},
      {Method::get, "/account/recovery-codes", Access::anybodyKnown, showChange("codes")},
      {Method::post, "/account/recovery-codes", Access::anybodyKnown, newCodes},
      {Method::get, "/account/sessions", Access::anybodyKnown, sessionsPage},
      {Method::post, "/account/sessions/{}/end", Access::anybodyKnown, endSession},
      {Method::post, "/account/sessions/end-others", Access::anybodyKnown, endOthers},
      {Method::post, "/account/language", Access::anybodyKnown, setLanguage},
  };
}

}  // namespace sluis::portal
