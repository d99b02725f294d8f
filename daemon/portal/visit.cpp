#include "portal/visit.h"

#include <array>

#include <date/tz.h>
#include <fmt/format.h>

#include "base/error.h"
#include "base/secret.h"
#include "mail/dutch.h"
#include "portal/navigation.h"

namespace sluis::portal {

namespace {

constexpr std::array<const char*, 12> kMonths = {"January", "February", "March",     "April",   "May",      "June",
                                                 "July",    "August",   "September", "October", "November", "December"};

std::string englishDay(Day day) {
  const std::chrono::year_month_day ymd(day);
  return fmt::format("{} {} {}", static_cast<unsigned>(ymd.day()), kMonths[static_cast<unsigned>(ymd.month()) - 1],
                     static_cast<int>(ymd.year()));
}

Day localDay(Instant at, const std::string& timeZone) {
  const auto local = date::floor<date::days>(date::locate_zone(timeZone)->to_local(at));
  return Day(std::chrono::days(local.time_since_epoch().count()));
}

std::string englishTime(Instant at, const std::string& timeZone) {
  const auto local = date::locate_zone(timeZone)->to_local(std::chrono::floor<std::chrono::minutes>(at));
  const date::hh_mm_ss time{local - date::floor<date::days>(local)};
  return fmt::format("{} at {:02}:{:02}", englishDay(localDay(at, timeZone)), time.hours().count(),
                     time.minutes().count());
}

/// Where the language switch comes back to. What was done is told once only.
std::string addressOf(const web::Request& request) {
  std::string out = request.path;
  char before = '?';
  for (const auto& [name, value] : request.query.all()) {
    if (name == "done") continue;
    out += fmt::format("{}{}={}", before, percentEncoded(name), percentEncoded(value));
    before = '&';
  }
  return out;
}

}  // namespace

std::string Visit::text(std::string_view key, std::initializer_list<std::string_view> parts) const {
  return services.templates.words(language).text(key, parts);
}

web::Response Visit::page(std::string_view name, std::string_view titleKey, web::Values& values, int status) const {
  values.set("FORM_TOKEN", account::masked(formToken));
  web::Values layout;
  layout.set("CONTENT_HTML", web::SafeHtml{services.templates.render(name, language, values)});
  layout.set("TITLE", text(titleKey))
      .set("FORM_TOKEN", account::masked(formToken))
      .set("PORTAL_NAME", services.config.portal.name);
  layout.set("LANGUAGE", web::toString(language)).set("HERE", addressOf(request));
  layout.show(language == web::Language::dutch ? "IN_DUTCH" : "IN_ENGLISH");
  const auto& helpdesk = services.config.mail.helpdesk;
  layout.set("HELPDESK_NAME", helpdesk.name).set("HELPDESK_MAIL", helpdesk.mail).set("HELPDESK_PHONE", helpdesk.phone);
  layout.show("HELPDESK_HAS_MAIL", !helpdesk.mail.empty()).show("HELPDESK_HAS_PHONE", !helpdesk.phone.empty());
  layout.set("SESSION_SECONDS", session ? std::to_string(services.sessionRules.idle.count()) : std::string());
  // Only words that we have: an address cannot put a sentence of its own into a page.
  const std::string done = "done." + request.query["done"];
  if (services.templates.words(language).has(done)) layout.add("NOTICE").set("NOTICE_TEXT", text(done));
  const bool complete = session && session->secondFactorAt;
  layout.show("SIGNED_IN", complete).show("SIGNED_OUT", !session);
  if (session)
    layout.add("SIGN_OUT").set("USER_NAME", session->account.name).set("ORGANISATION", session->account.subject);
  if (complete)
    for (const NavigationItem& item : navigationOf(session->account.role)) {
      web::Values& entry = layout.add("NAV");
      entry.set("NAV_HREF", item.path).set("NAV_LABEL", text(item.label));
      entry.show("NAV_HERE", isHere(item, request.path));
    }
  web::Response response;
  response.status = status;
  response.body = services.templates.render("layout", language, layout);
  return response;
}

web::Response Visit::redirect(std::string_view path, std::string_view done) const {
  std::string target(path);
  if (!done.empty()) target += fmt::format("{}done={}", target.find('?') == std::string::npos ? '?' : '&', done);
  return web::Response::redirect(std::move(target));
}

void Visit::requireFormToken() const {
  if (!account::fitsFormToken(request.form["form_token"], formToken)) throw web::Refused{403, "error.form-token"};
}

std::string Visit::time(Instant at) const {
  const std::string& zone = services.config.run.timezone;
  return language == web::Language::dutch ? mail::dutchTime(at, zone) : englishTime(at, zone);
}

std::string Visit::day(Day day) const {
  return language == web::Language::dutch ? mail::dutchDay(day) : englishDay(day);
}

Day Visit::today() const {
  return localDay(now(), services.config.run.timezone);
}

std::string Visit::number(std::uint64_t value) const {
  std::string digits = mail::dutchNumber(value);
  if (language == web::Language::english)
    for (char& c : digits)
      if (c == '.') c = ',';
  return digits;
}

nlohmann::ordered_json Visit::askSluisd(const std::string& command, nlohmann::json arguments) const {
  arguments["session"] = session.value().token;
  return control::ask(services.sluisd, command, {}, arguments);
}

}  // namespace sluis::portal
