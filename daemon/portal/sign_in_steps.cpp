#include "portal/sign_in_steps.h"

#include <algorithm>

#include "account/notice.h"
#include "base/encoding.h"
#include "portal/router.h"

namespace sluis::portal {

namespace {

// The cookie lives as long as the device is remembered, from its last use on.
constexpr std::int64_t kDeviceSeconds = std::chrono::duration_cast<std::chrono::seconds>(account::kDeviceLasts).count();

}  // namespace

account::Attempt attemptOf(const Visit& visit, std::string_view what, std::string_view user) {
  return {.what = std::string(what),
          .user = std::string(user),
          .address = visit.request.address,
          .device = cookieOf(visit.request, kDeviceCookie)};
}

std::optional<std::chrono::seconds> startTry(const Visit& visit, const account::Attempt& attempt) {
  return visit.services.database.with([&](postgres::Connection& connection) {
    postgres::Transaction transaction(connection);
    const auto wait = account::startTry(transaction, attempt, visit.now());
    transaction.commit();
    return wait;
  });
}

std::string waitText(const Visit& visit, std::chrono::seconds wait) {
  const auto seconds = std::max<std::int64_t>(wait.count(), 1);
  if (seconds == 1) return visit.text("signin.wait-second");
  if (seconds < 100) return visit.text("signin.wait-seconds", {std::to_string(seconds)});
  return visit.text("signin.wait-minutes", {std::to_string((seconds + 59) / 60)});
}

web::Response tooOften(web::Response page, std::chrono::seconds wait) {
  page.status = 429;
  page.headers.emplace_back("Retry-After", std::to_string(std::max<std::int64_t>(wait.count(), 1)));
  return page;
}

Begun beginSession(postgres::Transaction& transaction, const Visit& visit, const account::Account& account) {
  if (visit.session) account::end(transaction, visit.session->token);
  Begun begun;
  begun.session = account::begin(transaction, account, visit.services.sessionRules, visit.request.address,
                                 visit.request.userAgent, visit.now());
  if (account.hasSecondFactor || visit.services.config.portal.mustHaveSecondFactor(account::toString(account.role)))
    return begun;
  return completeSession(transaction, visit, begun.session, account::kPasswordOnly);
}

Begun completeSession(postgres::Transaction& transaction, const Visit& visit, const account::Session& session,
                      std::string_view means) {
  Begun begun;
  begun.session = account::raise(transaction, session, means, visit.now());
  begun.device = account::rememberDevice(transaction, session.account.id, visit.now());
  enter(transaction, visit, session.account, "account.signed-in", {{"means", std::string(means)}});
  return begun;
}

void adopt(Visit& visit, Begun begun) {
  visit.cookies.push_back({std::string(kSessionCookie), begun.session.token, {}});
  if (!begun.device.empty())
    visit.cookies.push_back({std::string(kDeviceCookie), std::move(begun.device), kDeviceSeconds});
  visit.session = std::move(begun.session);
  visit.formToken = account::formToken(visit.session->token);
}

web::Response onward(Visit& visit) {
  const std::string step = missingStep(visit.services, visit.session.value());
  if (!step.empty()) return visit.redirect(step);
  const std::string kept = cookieOf(visit.request, kNextCookie);
  if (kept.empty()) return visit.redirect("/");
  visit.cookies.push_back({std::string(kNextCookie), {}, {}});
  const auto next = fromBase64Url(kept);
  return visit.redirect(next && isOwnPath(asText(*next)) ? asText(*next) : "/");
}

std::optional<std::string> passwordProblem(Visit& visit, std::string_view password) {
  const account::Account& account = visit.account();
  const auto attempt = attemptOf(visit, "password", account.user);
  if (const auto wait = startTry(visit, attempt)) return waitText(visit, *wait);
  const auto hash = visit.services.database.with(
      [&](postgres::Connection& connection) { return account::passwordHashOf(connection, account.user); });
  if (!visit.services.passwords.fits(password, hash)) {
    visit.signIn->note(Noted::refused, account.id, visit.now());
    return visit.text("account.password-wrong");
  }
  visit.services.database.with([&](postgres::Connection& connection) {
    postgres::Transaction transaction(connection);
    account::wasRight(transaction, attempt, visit.now());
    transaction.commit();
  });
  return std::nullopt;
}

std::optional<std::string> newPasswordProblem(const Visit& visit, const account::Account& account,
                                              std::string_view password, std::string_view again) {
  if (const auto refusal = visit.services.passwords.refusal(password, account)) return visit.text(*refusal);
  if (password != again) return visit.text("password.not-the-same");
  return std::nullopt;
}

void showSecret(const Visit& visit, std::string_view secret, web::Values& values) {
  const std::string address =
      account::SecondFactor::address(secret, visit.account().user, visit.services.config.portal.name);
  values.set("QR_HTML", web::SafeHtml{account::SecondFactor::qrSvg(address)});
  std::string inFours;
  for (std::size_t i = 0; i < secret.size(); ++i) {
    if (i != 0 && i % 4 == 0) inFours += ' ';
    inFours += secret[i];
  }
  values.set("SECRET", inFours).set("USER", visit.account().user);
}

web::Response recoveryCodesPage(const Visit& visit, const std::vector<std::string>& codes, std::string_view next) {
  web::Values values;
  for (const std::string& code : codes) values.add("CODE").set("RECOVERY_CODE", code);
  values.set("NEXT", next);
  return visit.page("recovery", "signin.recovery.title", values);
}

}  // namespace sluis::portal
