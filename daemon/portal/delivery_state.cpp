#include "portal/delivery_state.h"

#include <fmt/format.h>

#include "base/error.h"
#include "delivery/delivery.h"

namespace sluis::portal {

void showState(const Visit& visit, DeliveryState state, web::Values& values) {
  values.set("STATE_TEXT", visit.text(fmt::format("delivery.state-{}", toString(state))));
  values.show("GOOD", state == DeliveryState::accepted);
  values.show("BAD", state == DeliveryState::rejected || state == DeliveryState::quarantined);
  values.show("WAIT", state != DeliveryState::accepted && state != DeliveryState::rejected &&
                          state != DeliveryState::quarantined);
}

void showRefusal(const Visit& visit, const std::string& code, const std::string& detail, web::Values& values) {
  const RefusalKind* kind = findRefusalKind(code);
  if (kind == nullptr) return;
  const bool dutch = visit.language == web::Language::dutch;
  web::Values& shown = values.add("REFUSAL");
  shown.set("CODE", kind->text).set("REFUSAL_TEXT", dutch ? kind->dutch : kind->english);
  // What to do about it is written in Dutch only, as in the mails; a page says which language it speaks.
  if (!kind->dutchRemedy.empty()) shown.add("REMEDY").set("REMEDY_TEXT", kind->dutchRemedy);
  if (!detail.empty()) shown.add("DETAIL").set("DETAIL_TEXT", detail);
}

DeliveryState stateOf(const postgres::Row& row) {
  const auto state = delivery::stateFrom(row.text("state"));
  if (!state) throw Error(ErrorKind::database, "a delivery has a state that this program does not know");
  return *state;
}

}  // namespace sluis::portal
