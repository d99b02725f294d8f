// Where everybody begins: home by role, and the six reports. No figure stands here: each one that is shown is a look
// that is logged.
#include "portal/page_reports.h"

#include <fmt/format.h>

#include "report/texts.h"

namespace sluis::portal {

namespace {

using account::Role;

struct Card {
  std::string_view href;
  std::string_view key;  ///< <key>.title and <key>.text
};

constexpr Card kOverview = {"/overview", "home.overview"};
constexpr Card kReports = {"/reports", "home.reports"};
constexpr Card kUpload = {"/upload", "home.upload"};
constexpr Card kDeliveries = {"/deliveries", "home.deliveries"};
constexpr Card kExpected = {"/expected", "home.expected"};
constexpr Card kOperations = {"/operations", "home.operations"};
constexpr Card kApplications = {"/operations/applications", "home.applications"};
constexpr Card kAccount = {"/account", "home.account"};
constexpr Card kHelp = {"/help", "home.help"};

std::vector<Card> cardsOf(Role role) {
  switch (role) {
    case Role::municipality:
      return {kOverview, kReports, kHelp, kAccount};
    case Role::provider:
      return {kUpload, kDeliveries, kExpected, kOverview, kReports, kHelp, kAccount};
    case Role::ttpOperator:
    case Role::auditor:
      break;
  }
  return {kOperations, kDeliveries, kApplications, kReports, kOverview, kHelp, kAccount};
}

web::Response home(Visit& visit) {
  web::Values values;
  values.set("NAME", visit.account().name);
  for (const Card& card : cardsOf(visit.account().role)) {
    web::Values& one = values.add("CARD");
    one.set("HREF", card.href);
    one.set("CARD_TITLE", visit.text(fmt::format("{}.title", card.key)));
    one.set("CARD_TEXT", visit.text(fmt::format("{}.text", card.key)));
  }
  return visit.page("home", "home.title", values);
}

web::Response reports(Visit& visit) {
  const report::Language language = languageOf(visit);
  const auto days = static_cast<std::uint16_t>(visit.services.config.figures.windowDays);
  web::Values values;
  for (const report::Indicator indicator : report::kIndicators) {
    web::Values& one = values.add("CARD");
    one.set("HREF", fmt::format("/reports/{}", report::toString(indicator)));
    one.set("CARD_TITLE", report::titleOf(indicator, language));
    one.set("CARD_TEXT", report::definitionOf(indicator, days, language));
  }
  return visit.page("reports", "report.title", values);
}

}  // namespace

Routes reportRoutes() {
  using web::Method;
  return {
      {Method::get, "/", Access::anybodyKnown, home},
      {Method::get, "/reports", Access::reports, reports},
      {Method::get, "/reports/{}", Access::reports, reportPage},
      {Method::get, "/overview", Access::reports, overviewPage},
  };
}

}  // namespace sluis::portal
