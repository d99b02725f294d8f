// What must be done once before going on: a second factor for who has none yet, and the terms of use, again when they
// changed.
#include "account/notice.h"
#include "account/terms.h"
#include "portal/router.h"
#include "portal/sign_in_steps.h"

namespace sluis::portal {

namespace {

// Never for who has a second factor: the password alone would then replace it.
bool mayEnrol(const Visit& visit) {
  return missingStep(visit.services, *visit.session) == "/enrol" && !visit.account().hasSecondFactor;
}

web::Response enrolPage(const Visit& visit, std::string_view secret, const std::string& problem, int status) {
  web::Values values;
  showSecret(visit, secret, values);
  if (!problem.empty()) values.add("PROBLEM").set("PROBLEM_TEXT", problem);
  values.show("HAS_PROBLEM", !problem.empty()).show("FIRST");
  values.set("ACTION", "/enrol");
  return visit.page("enrol", "signin.enrol.title", values, status);
}

std::string pendingSecret(Visit& visit) {
  return visit.services.database.with([&](postgres::Connection& connection) {
    postgres::Transaction transaction(connection);
    std::string secret = visit.services.secondFactor.pendingSecret(transaction, *visit.session);
    transaction.commit();
    return secret;
  });
}

web::Response showEnrol(Visit& visit) {
  if (!mayEnrol(visit)) return onward(visit);
  return enrolPage(visit, pendingSecret(visit), {}, 200);
}

web::Response enrol(Visit& visit) {
  if (!mayEnrol(visit)) return onward(visit);
  const std::string secret = pendingSecret(visit);
  const auto step = account::SecondFactor::stepOf(secret, visit.field("code"), visit.now());
  if (!step) return enrolPage(visit, secret, visit.text("signin.enrol.wrong"), 422);
  std::vector<std::string> codes;
  adopt(visit, visit.services.database.with([&](postgres::Connection& connection) {
    postgres::Transaction transaction(connection);
    // Another browser with the same password may have been first, or be at it now.
    const auto current = account::lock(transaction, visit.account().id);
    if (!current || current->hasSecondFactor) throw web::Refused{403, "error.form-token"};
    codes = visit.services.secondFactor.enrol(transaction, visit.account().id, secret, *step, visit.now());
    enter(transaction, visit, visit.account(), "account.second-factor-set");
    Begun begun = completeSession(transaction, visit, *visit.session, "totp");
    begun.session.account.hasSecondFactor = true;
    transaction.commit();
    return begun;
  }));
  const std::string next = missingStep(visit.services, *visit.session);
  return recoveryCodesPage(visit, codes, next.empty() ? "/" : next);
}

bool isTermsDue(const Visit& visit) {
  return missingStep(visit.services, *visit.session) == "/terms";
}

web::Response showTerms(Visit& visit) {
  const std::string step = missingStep(visit.services, *visit.session);
  if (visit.services.terms.empty() || (!step.empty() && step != "/terms")) return onward(visit);
  web::Values values;
  std::string_view rest = visit.services.terms;
  while (!rest.empty()) {
    const auto end = std::min(rest.find("\n\n"), rest.size());
    if (const std::string_view paragraph = rest.substr(0, end);
        paragraph.find_first_not_of(" \r\n") != std::string_view::npos)
      values.add("PARAGRAPH").set("TEXT", paragraph);
    rest.remove_prefix(std::min(end + 2, rest.size()));
  }
  values.show("TO_ACCEPT", isTermsDue(visit))
      .show("CHANGED", !visit.account().termsAccepted.empty() && isTermsDue(visit));
  return visit.page("terms", "signin.terms.title", values);
}

web::Response acceptTerms(Visit& visit) {
  if (!isTermsDue(visit)) return onward(visit);
  visit.services.database.with([&](postgres::Connection& connection) {
    postgres::Transaction transaction(connection);
    account::acceptTerms(transaction, visit.account().id, visit.services.termsVersion);
    enter(transaction, visit, visit.account(), "account.terms-accepted", {{"version", visit.services.termsVersion}});
    transaction.commit();
  });
  visit.session->account.termsAccepted = visit.services.termsVersion;
  return onward(visit);
}

}  // namespace

Routes enrolRoutes() {
  return {
      {web::Method::get, "/enrol", Access::firstFactor, showEnrol},
      {web::Method::post, "/enrol", Access::firstFactor, enrol},
      {web::Method::get, "/terms", Access::firstFactor, showTerms},
      {web::Method::post, "/terms", Access::firstFactor, acceptTerms},
  };
}

}  // namespace sluis::portal
