// What the pages of signing in and of one's own account share: trying, completing, and where to go next.
//
// A try is counted before it is judged (account/attempts.h), so that guesses made at the same moment do not all count
// as the first. Cookies are set after the commit only: a browser never holds a session that is not there.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "portal/sign_in.h"
#include "portal/visit.h"

namespace sluis::portal {

account::Attempt attemptOf(const Visit& visit, std::string_view what, std::string_view user);
/// How long this one must wait first; nullopt = counted, judge it.
std::optional<std::chrono::seconds> startTry(const Visit& visit, const account::Attempt& attempt);
/// "U hebt te vaak … Wacht 30 seconden …", in the visit's language.
std::string waitText(const Visit& visit, std::chrono::seconds wait);
/// The page that says so, as 429 with Retry-After.
web::Response tooOften(web::Response page, std::chrono::seconds wait);

/// A session that begins or rises, and what the browser is given of it.
struct Begun {
  account::Session session{};
  std::string device{};  ///< empty = not remembered
};
/// The password (or a link) was right: a session, complete when nothing else is asked of this account. What this
/// browser had before ends.
Begun beginSession(postgres::Transaction& transaction, const Visit& visit, const account::Account& account);
/// Signing in is complete by `means`: a new token, a browser that is known from now on, an entry in the log.
Begun completeSession(postgres::Transaction& transaction, const Visit& visit, const account::Session& session,
                      std::string_view means);
/// After the commit: the visit's session and its cookies.
void adopt(Visit& visit, Begun begun);
/// To the step that is missing, to where one was going, or home.
web::Response onward(Visit& visit);

/// The account's password, typed again: what is wrong with it as a text, or nullopt.
std::optional<std::string> passwordProblem(Visit& visit, std::string_view password);
/// Why `password` cannot be the new one, as a text; nullopt = it can.
std::optional<std::string> newPasswordProblem(const Visit& visit, const account::Account& account,
                                              std::string_view password, std::string_view again);

/// What a telephone needs to make codes: QR_HTML, SECRET.
void showSecret(const Visit& visit, std::string_view secret, web::Values& values);
/// The page that shows recovery codes, once. `next`: where its button goes.
web::Response recoveryCodesPage(const Visit& visit, const std::vector<std::string>& codes, std::string_view next);

// Its files of pages.
Routes codeRoutes();
Routes enrolRoutes();
Routes linkRoutes();
Routes brokerRoutes();

}  // namespace sluis::portal
