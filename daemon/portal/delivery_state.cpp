#include "portal/delivery_state.h"

#include <fmt/format.h>

#include "base/error.h"
#include "delivery/delivery.h"

namespace sluis::portal {

bool isTtp(const Visit& visit) {
  return visit.account().role == account::Role::ttpOperator || visit.account().role == account::Role::auditor;
}

void showState(const Visit& visit, DeliveryState state, web::Values& values) {
  values.set("STATE_TEXT", visit.text(fmt::format("delivery.state-{}", toString(state))));
  values.show("GOOD", state == DeliveryState::accepted);
  values.show("BAD", state == DeliveryState::rejected || state == DeliveryState::quarantined);
  values.show("WAIT", state != DeliveryState::accepted && state != DeliveryState::rejected &&
                          state != DeliveryState::quarantined);
}

namespace {

web::Values* showKind(const Visit& visit, std::string_view code, web::Values& values) {
  const RefusalKind* kind = findRefusalKind(code);
  if (kind == nullptr) return nullptr;
  const bool dutch = visit.language == web::Language::dutch;
  web::Values& shown = values.add("REFUSAL");
  shown.set("CODE", kind->text).set("REFUSAL_TEXT", dutch ? kind->dutch : kind->english);
  shown.set("REMEDY_TEXT", dutch ? kind->dutchRemedy : kind->englishRemedy);
  shown.show("TO_PROVIDER", isTtp(visit));
  return &shown;
}

// What the numbers say, in the language of the page; empty where they say nothing.
std::string countedIn(const Visit& visit, const postgres::Row& row) {
  const auto records = row.maybe<std::uint64_t>("records");
  const bool wrong = row.text("code") == kindOf(RefusalCode::VAL01).text;
  const auto other = row.maybe<std::uint64_t>(wrong ? "wrong_records" : "deleted");
  if (!records || !other) return {};
  if (wrong) return visit.text("delivery.counted-wrong", {visit.number(*other), visit.number(*records)});
  if (row.text("code") != kindOf(RefusalCode::DEL01).text) return {};
  return visit.text("delivery.counted-deleted", {visit.number(*records), visit.number(*other)});
}

}  // namespace

void showRefusal(const Visit& visit, const postgres::Row& row, web::Values& values) {
  web::Values* shown = showKind(visit, row.text("code"), values);
  if (shown == nullptr) return;
  const std::string counted = countedIn(visit, row);
  const std::string detail = row.text("detail");
  const bool dutch = visit.language == web::Language::dutch;
  if (!counted.empty() && (!dutch || detail.empty())) shown->add("COUNTED").set("COUNTED_TEXT", counted);
  // The detail is kept in Dutch only, as it went into the mail. Of wrong records it says no more than the numbers do.
  const bool allSaid = !dutch && !counted.empty() && row.text("code") == kindOf(RefusalCode::VAL01).text;
  if (!detail.empty() && !allSaid) shown->add("DETAIL").set("DETAIL_TEXT", detail);
}

void showRefusal(const Visit& visit, std::string_view code, web::Values& values) {
  showKind(visit, code, values);
}

DeliveryState stateOf(const postgres::Row& row) {
  const auto state = delivery::stateFrom(row.text("state"));
  if (!state) throw Error(ErrorKind::database, "a delivery has a state that this program does not know");
  return *state;
}

}  // namespace sluis::portal
