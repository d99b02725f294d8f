// What is explained to everybody: help by subject, the accessibility statement; and what every page is made of: the
// language and the assets.
#include <algorithm>
#include <array>
#include <memory>
#include <mutex>

#include <fmt/format.h>

#include "account/language.h"
#include "portal/assets.h"
#include "portal/router.h"
#include "portal/visit.h"

namespace sluis::portal {

namespace {

// In the order in which the index lists them.
constexpr std::array<std::string_view, 8> kTopics = {"figures",  "withheld", "noise",   "deliver",
                                                     "findings", "sign-in",  "privacy", "ttp"};

/// A subject is words and nothing else: help.<topic>.title, .lead, and from 1 up .N (a heading) with .N.1, .N.2 … below
/// it: a paragraph, or with "- " before it an item of a list.
web::Response explain(Visit& visit, const std::string& topic) {
  const std::string prefix = "help." + topic;
  const web::Words& words = visit.services.templates.words(visit.language);
  const auto& helpdesk = visit.services.config.mail.helpdesk;
  const auto said = [&](const std::string& key) {
    return words.text(key, {visit.services.config.portal.name, helpdesk.name, helpdesk.mail, helpdesk.phone,
                            visit.services.config.portal.url});
  };
  web::Values values;
  values.set("HEADING", said(prefix + ".title")).set("LEAD", said(prefix + ".lead"));
  for (int number = 1; words.has(fmt::format("{}.{}", prefix, number)); ++number) {
    web::Values& part = values.add("PART");
    part.set("HEAD", said(fmt::format("{}.{}", prefix, number)));
    web::Values* list = nullptr;
    for (int line = 1; words.has(fmt::format("{}.{}.{}", prefix, number, line)); ++line) {
      const std::string text = said(fmt::format("{}.{}.{}", prefix, number, line));
      const bool isItem = text.starts_with("- ");
      if (!isItem) {
        list = nullptr;
        part.add("BLOCK").add("PARAGRAPH").set("TEXT", text);
        continue;
      }
      if (list == nullptr) list = &part.add("BLOCK").add("LIST");
      list->add("ITEM").set("TEXT", text.substr(2));
    }
  }
  values.show("OF_HELP", topic != "accessibility");
  return visit.page("help-topic", prefix + ".title", values);
}

web::Response index(Visit& visit) {
  web::Values values;
  for (const std::string_view topic : kTopics) {
    web::Values& entry = values.add("TOPIC");
    entry.set("HREF", fmt::format("/help/{}", topic));
    entry.set("HEADING", visit.text(fmt::format("help.{}.title", topic)));
    entry.set("LEAD", visit.text(fmt::format("help.{}.lead", topic)));
  }
  return visit.page("help", "help.title", values);
}

web::Response topic(Visit& visit) {
  const std::string& name = visit.captured.at(0);
  if (std::find(kTopics.begin(), kTopics.end(), name) == kTopics.end()) return errorPage(visit, 404, "error.not-found");
  return explain(visit, name);
}

web::Response language(Visit& visit) {
  const std::string& wanted = visit.field("language");
  if (wanted != "nl" && wanted != "en") throw web::Refused{400, "error.bad-request"};
  if (visit.session)
    visit.services.database.with(
        [&](postgres::Connection& connection) { account::setLanguage(connection, visit.account().id, wanted); });
  constexpr std::int64_t kYear = 365 * 24 * 3600;
  visit.cookies.push_back({.name = std::string(kLanguageCookie), .value = wanted, .maxAgeSeconds = kYear});
  const std::string& back = visit.field("back");
  return visit.redirect(isOwnPath(back) ? back : "/");
}

/// Read when the first one is asked for: a routes' maker knows no configuration. A reload makes new routes.
struct Shelf {
  std::once_flag once;
  Assets assets;
};

web::Response serve(const Visit& visit, Shelf& shelf) {
  std::call_once(shelf.once, [&] { shelf.assets = loadAssets(visit.services.config.portal.files / "static"); });
  const auto found = shelf.assets.find(visit.captured.at(0));
  if (found == shelf.assets.end()) throw web::Refused{404, "error.not-found"};
  return {.type = found->second.type, .body = found->second.body, .mayBeCached = true};
}

}  // namespace

Routes helpRoutes() {
  using web::Method;
  const auto shelf = std::make_shared<Shelf>();
  return {
      {Method::get, "/help", Access::everybody, index},
      {Method::get, "/help/{}", Access::everybody, topic},
      {Method::get, "/accessibility", Access::everybody, [](Visit& visit) { return explain(visit, "accessibility"); }},
      {Method::post, "/language", Access::everybody, language},
      {Method::get, "/static/{}", Access::everybody, [shelf](Visit& visit) { return serve(visit, *shelf); }},
  };
}

}  // namespace sluis::portal
