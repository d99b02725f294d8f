// One request on its way to a page: who asks, in which language, and what pages need to answer. Pages are functions of
// a Visit; the router (router.h) has judged session, role and form token before a page is called.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "account/attempts.h"
#include "account/password.h"
#include "account/second_factor.h"
#include "account/session.h"
#include "config/config.h"
#include "control/client.h"
#include "portal/database.h"
#include "web/message.h"
#include "web/templates.h"

namespace sluis::portal {

/// What all pages share; outlives every visit. Reached by many threads: everything here is const or locks itself.
struct Services {
  const config::Config& config;
  const Clock& clock;
  Database& database;
  const web::Templates& templates;
  const account::Passwords& passwords;
  const account::SecondFactor& secondFactor;
  std::string terms;         ///< the terms of use, plain paragraphs; empty = none to accept
  std::string termsVersion;  ///< first 16 hex digits of their SHA-256
  account::SessionRules sessionRules;
  control::Peer figures;
  control::Peer sluisd;
};

/// Who may see a page. Everything that is not `everybody` needs a session, and everything but `firstFactor` one whose
/// second factor was shown (where the role's must be) and whose terms were accepted.
enum class Access : std::uint8_t {
  everybody,
  firstFactor,   ///< the password was right: the second step of signing in, enrolment, terms
  anybodyKnown,  ///< any role, signed in
  municipality,
  provider,
  reports,  ///< municipality, provider and both TTP roles
  ttp,      ///< operator and auditor
  ttpOperator,
};

class SignIn;

class Visit {
 public:
  Visit(web::Request& request, const Services& services) : request(request), services(services) {}

  web::Request& request;
  const Services& services;
  std::optional<account::Session> session;
  web::Language language = web::Language::dutch;
  std::vector<std::string> captured;  ///< the {…} of the route's pattern, in order
  std::vector<web::Cookie> cookies;   ///< set with whatever is answered
  std::string formToken;              ///< what this browser's forms must carry; the router sets it
  SignIn* signIn = nullptr;           ///< for the pages of signing in only (sign_in.h)

  const account::Account& account() const { return session.value().account; }
  Instant now() const { return services.clock.now(); }
  /// Words of this visit's language.
  std::string text(std::string_view key, std::initializer_list<std::string_view> parts = {}) const;
  const std::string& field(std::string_view name) const { return request.form[name]; }

  /// Template `name` inside the layout: title, navigation by role, language switch, helpdesk, and what redirect() said
  /// was done. `values` gets FORM_TOKEN for its forms.
  web::Response page(std::string_view name, std::string_view titleKey, web::Values& values, int status = 200) const;
  /// See other; with `done` ("saved") the next page shows the words "done.saved" once, as ?done=saved in its address.
  web::Response redirect(std::string_view path, std::string_view done = {}) const;
  /// For a multipart form, from inside readParts(): throws web::Refused{403} unless the form's token came first and
  /// fits.
  void requireFormToken() const;
  /// The account's language, local time "22 november 2026, 14:05".
  std::string time(Instant at) const;
  std::string time(const std::optional<Instant>& at) const { return at ? time(*at) : std::string(); }
  std::string day(Day day) const;  ///< "22 november 2026"
  Day today() const;               ///< by the TTP's clock on the wall
  std::string number(std::uint64_t value) const;

  /// Asks sluisd in the name of this session (argument "session"): it looks for itself whose it is and what that person
  /// may. Its refusal is an Error whose message may be shown.
  nlohmann::ordered_json askSluisd(const std::string& command,
                                   nlohmann::json arguments = nlohmann::json::object()) const;
};

using Page = std::function<web::Response(Visit&)>;

struct Route {
  web::Method method = web::Method::get;  ///< a get route answers head too
  std::string pattern;                    ///< "/deliveries/{}/findings": {} is one path element
  Access access = Access::anybodyKnown;
  Page page;
  bool multipart = false;  ///< a POST that reads its parts itself and calls requireFormToken()
};
using Routes = std::vector<Route>;

// Each file of pages gives its routes; router.cpp puts them together.
Routes signInRoutes();       ///< /sign-in, /sign-in/code, /sign-out, /link/{}, /forgot, /enrol, /terms, /oidc/…
Routes accountRoutes();      ///< /account, sessions, password, second factor, recovery codes
Routes reportRoutes();       ///< /, /reports, /reports/{indicator}[.csv|.xlsx|.html], /overview
Routes deliveryRoutes();     ///< /deliveries, /deliveries/{}, their findings and receipts, /expected, /contacts
Routes uploadRoutes();       ///< /upload …
Routes operationsRoutes();   ///< /operations …
Routes applicationRoutes();  ///< /apply (public) and /operations/applications
Routes helpRoutes();         ///< /help, /accessibility, /language, /static/…

}  // namespace sluis::portal
