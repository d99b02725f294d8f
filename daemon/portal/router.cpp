#include "portal/router.h"

#include <algorithm>
#include <chrono>
#include <stdexcept>

#include <fmt/format.h>

#include "base/encoding.h"
#include "base/log.h"
#include "base/secret.h"
#include "crypto/random.h"
#include "portal/language.h"
#include "portal/route_table.h"
#include "portal/sign_in_steps.h"

namespace sluis::portal {

namespace {

using web::Method;
using web::Response;
using SteadyClock = std::chrono::steady_clock;

constexpr std::size_t kTokenLength = 43;
constexpr std::size_t kLongestNext = 1024;
constexpr std::int64_t kNextSeconds = 15 * 60;

/// For what is answered where no request could be read.
class NoRequest final : public web::Request {
 public:
  void readParts(std::uint64_t, const std::function<std::unique_ptr<web::PartSink>(const web::PartHead&)>&) override {
    throw web::Refused{400, "error.bad-request"};
  }
};

bool looksLikeAToken(std::string_view text) {
  return text.size() == kTokenLength && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
         });
}

bool mayRole(Access access, account::Role role) {
  using account::Role;
  switch (access) {
    case Access::everybody:
    case Access::firstFactor:
    case Access::anybodyKnown:
    case Access::reports:
      return true;
    case Access::municipality:
      return role == Role::municipality;
    case Access::provider:
      return role == Role::provider;
    case Access::ttp:
      return role == Role::ttpOperator || role == Role::auditor;
    case Access::ttpOperator:
      return role == Role::ttpOperator;
  }
  return false;
}

// A browser that tells where a form came from has the last word; one that does not is held to the form's token alone.
// Under "no-referrer" a page of our own sends Origin: null, hence the second clause.
bool isFromHere(const web::Request& request, std::string_view own) {
  const bool sameSite = request.fetchSite == "same-origin";
  if (!request.fetchSite.empty() && !sameSite && request.fetchSite != "none") return false;
  return request.origin.empty() || request.origin == own || (request.origin == "null" && sameSite);
}

std::string_view wordOf(Method method) {
  return method == Method::post ? "POST" : method == Method::head ? "HEAD" : "GET";
}

std::string addressOf(const web::Request& request) {
  std::string out;
  for (std::size_t from = 1; from <= request.path.size();) {
    const auto end = std::min(request.path.find('/', from), request.path.size());
    out += "/" + percentEncoded(std::string_view(request.path).substr(from, end - from));
    from = end + 1;
  }
  char before = '?';
  for (const auto& [name, value] : request.query.all()) {
    out += fmt::format("{}{}={}", before, percentEncoded(name), percentEncoded(value));
    before = '&';
  }
  return out.empty() ? "/" : out;
}

}  // namespace

std::string cookieOf(const web::Request& request, std::string_view name) {
  const auto found = request.cookies.find(name);
  return found == request.cookies.end() ? std::string() : found->second;
}

struct Router::Parts {
  const Services& services;
  RouteTable table;
  SignIn signIn;
  SessionLookup sessions;
  std::string origin;

  Response route(Visit& visit, std::string_view& pattern);
  Response dispatch(Visit& visit, const Route& route);
  void findSession(Visit& visit) const;
  void prepareForms(Visit& visit, const Route* route) const;
  std::optional<Response> barred(Visit& visit, const Route& route) const;
  void requireOwnForm(const Visit& visit, const Route& route) const;
  Response toSignIn(Visit& visit) const;
  Response failed(Visit& visit, std::exception_ptr why) const;
};

Router::Router(const Services& services, Routes routes, SessionLookup sessions)
    : parts_(new Parts{services, RouteTable(std::move(routes)), SignIn(services.config.portal), std::move(sessions),
                       services.config.portal.url}) {
  if (!parts_->sessions)
    parts_->sessions = [&services](std::string_view token) {
      return services.database.with([&](postgres::Connection& connection) {
        return account::findSession(connection, token, services.sessionRules, services.clock.now());
      });
    };
}

Router::~Router() = default;

void Router::upkeep() {
  parts_->signIn.writeToLog(parts_->services.database, parts_->services.clock.now());
}

Response Router::answer(web::Request& request) {
  const auto begun = SteadyClock::now();
  std::string_view pattern = "-";
  Visit visit(request, parts_->services);
  visit.signIn = &parts_->signIn;
  visit.language = languageOf(request, nullptr);
  Response response;
  try {
    response = parts_->route(visit, pattern);
  } catch (...) {
    response = parts_->failed(visit, std::current_exception());
  }
  response.cookies.insert(response.cookies.end(), visit.cookies.begin(), visit.cookies.end());
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(SteadyClock::now() - begun);
  log::info("{} {} {} {} ms", wordOf(request.method), pattern, response.status, took.count());
  return response;
}

Response Router::broken(const web::Refused& refused, const web::Request* request) {
  NoRequest copy;
  if (request != nullptr) {
    copy.path = request->path;
    copy.cookies = request->cookies;
    copy.acceptLanguage = request->acceptLanguage;
  }
  Visit visit(copy, parts_->services);
  visit.language = languageOf(copy, nullptr);
  return parts_->failed(visit, std::make_exception_ptr(refused));
}

Response Router::Parts::route(Visit& visit, std::string_view& pattern) {
  const auto found = table.find(visit.request.method, visit.request.path, visit.captured);
  if (found.route != nullptr) pattern = found.route->pattern;
  // What everybody may have cached needs nobody's session.
  if (!visit.request.path.starts_with("/static/")) findSession(visit);
  visit.language = languageOf(visit.request, visit.session ? &visit.session->account : nullptr);
  prepareForms(visit, found.route);
  if (found.route != nullptr) return dispatch(visit, *found.route);
  const bool mayOther =
      found.other != nullptr && (found.other->access == Access::everybody ||
                                 (visit.session && mayRole(found.other->access, visit.account().role)));
  if (!mayOther) return errorPage(visit, 404, "error.not-found");
  Response response = errorPage(visit, 405, "error.not-allowed");
  response.headers.emplace_back("Allow", found.other->method == Method::post ? "POST" : "GET, HEAD");
  return response;
}

Response Router::Parts::dispatch(Visit& visit, const Route& route) {
  if (auto instead = barred(visit, route)) return std::move(*instead);
  if (visit.request.method == Method::post) requireOwnForm(visit, route);
  return route.page(visit);
}

void Router::Parts::findSession(Visit& visit) const {
  const std::string token = cookieOf(visit.request, kSessionCookie);
  if (token.empty()) return;
  if (looksLikeAToken(token)) visit.session = sessions(token);
  if (!visit.session) visit.cookies.push_back({std::string(kSessionCookie), {}, {}});
}

void Router::Parts::prepareForms(Visit& visit, const Route* route) const {
  if (visit.session) {
    visit.formToken = account::formToken(visit.session->token);
    return;
  }
  std::string cookie = cookieOf(visit.request, kFormCookie);
  if (!looksLikeAToken(cookie)) {
    if (route == nullptr || visit.request.method == Method::post || visit.request.path.starts_with("/static/")) return;
    cookie = toBase64Url(crypto::randomSecret(32).reveal());
    visit.cookies.push_back({std::string(kFormCookie), cookie, {}});
  }
  visit.formToken = account::formToken(cookie);
}

// The role comes first: where one may never go is not there, whatever step of signing in is missing.
std::optional<Response> Router::Parts::barred(Visit& visit, const Route& route) const {
  if (route.access == Access::everybody) return std::nullopt;
  if (!visit.session) return toSignIn(visit);
  if (!mayRole(route.access, visit.account().role)) return errorPage(visit, 404, "error.not-found");
  if (route.access == Access::firstFactor) return std::nullopt;
  const std::string step = missingStep(services, *visit.session);
  if (step.empty()) return std::nullopt;
  return visit.redirect(step);
}

void Router::Parts::requireOwnForm(const Visit& visit, const Route& route) const {
  if (!isFromHere(visit.request, origin)) throw web::Refused{403, "error.form-token"};
  if (route.multipart) return;
  const std::string& given = visit.request.form["form_token"];
  if (account::fitsFormToken(given, visit.formToken)) return;
  // A page for everybody may have been open since before somebody signed in here.
  const std::string before = cookieOf(visit.request, kFormCookie);
  if (route.access == Access::everybody && looksLikeAToken(before) &&
      account::fitsFormToken(given, account::formToken(before)))
    return;
  throw web::Refused{403, "error.form-token"};
}

Response Router::Parts::toSignIn(Visit& visit) const {
  if (visit.request.method == Method::get) {
    const std::string here = addressOf(visit.request);
    if (here != "/" && here.size() <= kLongestNext && isOwnPath(here))
      visit.cookies.push_back({std::string(kNextCookie), toBase64Url(asBytes(here)), kNextSeconds});
  }
  // With a cookie of a session there was one.
  return visit.redirect("/sign-in", cookieOf(visit.request, kSessionCookie).empty() ? "" : "session-over");
}

Response Router::Parts::failed(Visit& visit, std::exception_ptr why) const {
  try {
    try {
      std::rethrow_exception(why);
    } catch (const web::Refused& refused) {
      return errorPage(visit, refused.status, refused.key);
    } catch (const Error& error) {
      log::error("{}", error.what());
      visit.session.reset();
      if (error.kind() == ErrorKind::database) return errorPage(visit, 503, "error.database");
      if (error.kind() == ErrorKind::system || error.kind() == ErrorKind::network)
        return errorPage(visit, 503, "error.service");
      return errorPage(visit, 500, "error.broken");
    } catch (const std::exception& error) {
      log::error("{}", error.what());
      return errorPage(visit, 500, "error.broken");
    }
  } catch (const std::exception& error) {
    log::error("no page for an error: {}", error.what());
    return Response::text(500,
                          "Er ging iets mis. Probeer het later opnieuw. / Something went wrong. Try again later.\n");
  }
}

Response errorPage(Visit& visit, int status, std::string_view key) {
  const web::Words& words = visit.services.templates.words(visit.language);
  const std::string title =
      words.has(fmt::format("{}.title", key)) ? fmt::format("{}.title", key) : "error.broken.title";
  std::string text = fmt::format("{}.text", key);
  if (!words.has(text)) text = words.has(key) ? std::string(key) : "error.broken.text";
  web::Values values;
  values.set("ERROR_TITLE", visit.text(title)).set("ERROR_TEXT", visit.text(text));
  values.show("MAY_RETRY", status == 503);
  return visit.page("error", title, values, status);
}

std::string missingStep(const Services& services, const account::Session& session) {
  const account::Account& account = session.account;
  const bool passwordOnly = !account::showedSecondFactor(session);
  if (passwordOnly && account.hasSecondFactor) return "/sign-in/code";
  if (passwordOnly && services.config.portal.mustHaveSecondFactor(account::toString(account.role))) return "/enrol";
  if (!session.secondFactorAt) return "/sign-in/code";
  if (!services.terms.empty() && account.termsAccepted != services.termsVersion) return "/terms";
  return {};
}

bool isOwnPath(std::string_view path) {
  return !path.empty() && path.size() <= kLongestNext && path[0] == '/' && !path.starts_with("//") &&
         std::all_of(path.begin(), path.end(), [](char c) { return c > ' ' && c <= '~' && c != '\\'; });
}

}  // namespace sluis::portal
