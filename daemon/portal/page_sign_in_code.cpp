// The second step of signing in: a code of the telephone, or one of the recovery codes.
#include <functional>

#include "portal/router.h"
#include "portal/sign_in_steps.h"

namespace sluis::portal {

namespace {

using Accept = std::function<bool(postgres::Transaction&, std::string_view code)>;

bool isDue(const Visit& visit) {
  return missingStep(visit.services, *visit.session) == "/sign-in/code";
}

web::Response codePage(const Visit& visit, bool recovery, const std::string& problem, int status) {
  web::Values values;
  if (!problem.empty()) values.add("PROBLEM").set("PROBLEM_TEXT", problem);
  values.show(recovery ? "RECOVERY" : "TELEPHONE").show("HAS_PROBLEM", !problem.empty());
  return visit.page("code", recovery ? "signin.code.recovery-title" : "signin.code.title", values, status);
}

web::Response judge(Visit& visit, bool recovery, const Accept& accept) {
  if (!isDue(visit)) return onward(visit);
  const account::Attempt attempt = attemptOf(visit, "code", visit.account().user);
  if (const auto wait = startTry(visit, attempt)) {
    visit.signIn->note(Noted::refused, visit.account().id, visit.now());
    return tooOften(codePage(visit, recovery, waitText(visit, *wait), 429), *wait);
  }
  std::optional<Begun> begun = visit.services.database.with([&](postgres::Connection& connection) {
    postgres::Transaction transaction(connection);
    if (!accept(transaction, visit.field("code"))) return std::optional<Begun>();
    account::wasRight(transaction, attempt, visit.now());
    std::optional<Begun> done = completeSession(transaction, visit, *visit.session, recovery ? "recovery" : "totp");
    transaction.commit();
    return done;
  });
  if (!begun) {
    visit.signIn->note(Noted::refused, visit.account().id, visit.now());
    return codePage(visit, recovery, visit.text(recovery ? "signin.code.recovery-wrong" : "signin.code.wrong"), 422);
  }
  adopt(visit, std::move(*begun));
  return onward(visit);
}

web::Response show(Visit& visit) {
  return isDue(visit) ? codePage(visit, false, {}, 200) : onward(visit);
}

web::Response showRecovery(Visit& visit) {
  return isDue(visit) ? codePage(visit, true, {}, 200) : onward(visit);
}

web::Response judgeCode(Visit& visit) {
  return judge(visit, false, [&](postgres::Transaction& transaction, std::string_view code) {
    return visit.services.secondFactor.accept(transaction, visit.account().id, code, visit.now());
  });
}

web::Response judgeRecovery(Visit& visit) {
  return judge(visit, true, [&](postgres::Transaction& transaction, std::string_view code) {
    return visit.services.secondFactor.acceptRecovery(transaction, visit.account().id, code, visit.now());
  });
}

}  // namespace

Routes codeRoutes() {
  return {
      {web::Method::get, "/sign-in/code", Access::firstFactor, show},
      {web::Method::post, "/sign-in/code", Access::firstFactor, judgeCode},
      {web::Method::get, "/sign-in/recovery", Access::firstFactor, showRecovery},
      {web::Method::post, "/sign-in/recovery", Access::firstFactor, judgeRecovery},
  };
}

}  // namespace sluis::portal
