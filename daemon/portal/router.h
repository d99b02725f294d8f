// From a request to the page it is for: who asks, whether that one may, whether a form is really the portal's own, and
// a clear page for everything that goes wrong.
//
// Denies by default: what is in no route, and what the role may not see, is the same 404. Every POST needs a form token
// (of the session; before there is one, of the cookie "form") and must not come from another site; multipart routes
// check the token themselves, as the first part comes in. Who is not yet signed in completely is sent to the step that
// is missing and nowhere else. Logs method, route, status and time, never an address with its values.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "portal/sign_in.h"
#include "portal/visit.h"
#include "web/message.h"

namespace sluis::portal {

// Names of cookies, without "__Host-".
inline constexpr std::string_view kSessionCookie = "session";
inline constexpr std::string_view kFormCookie = "form";          ///< before a session: what form tokens are made of
inline constexpr std::string_view kLanguageCookie = "language";  ///< "nl", "en"; an account's own comes first
inline constexpr std::string_view kDeviceCookie = "device";      ///< a browser that signed in before (attempts.h)
inline constexpr std::string_view kNextCookie = "next";          ///< where to go after signing in, base64url
inline constexpr std::string_view kBrokerCookie = "broker";      ///< what state, nonce and verifier are made of

class Router {
 public:
  /// The living session of a token (account::findSession).
  using SessionLookup = std::function<std::optional<account::Session>(std::string_view token)>;

  /// std::logic_error when two routes are for the same. `sessions`: none = those of the database.
  Router(const Services& services, Routes routes, SessionLookup sessions = {});
  ~Router();

  /// Never throws. On many threads at once.
  web::Response answer(web::Request& request);
  /// What is answered where no page can (web::Server::Broken). Never throws.
  web::Response broken(const web::Refused& refused, const web::Request* request);
  /// Once a minute and at the end: writes to the log what was refused since (sign_in.h). Error when it cannot.
  void upkeep();

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

/// The value of a cookie; "" when there is none.
std::string cookieOf(const web::Request& request, std::string_view name);

/// The page of an error: words `<key>.title` and `<key>.text` (or `<key>` alone). For pages that end in one.
web::Response errorPage(Visit& visit, int status, std::string_view key);

/// Where this session must go before it may go anywhere: "/sign-in/code", "/enrol", "/terms"; "" = it is complete.
std::string missingStep(const Services& services, const account::Session& session);

/// A path of this site that may follow signing in: one '/' first, nothing that leads elsewhere.
bool isOwnPath(std::string_view path);

}  // namespace sluis::portal
