#include "run/hold.h"

#include <fmt/format.h>

#include "base/log.h"
#include "base/step.h"
#include "delivery/reason.h"
#include "model/denied.h"

namespace sluis::run {

delivery::Delivery Hold::heldHere(postgres::Transaction& transaction, const std::string& id) const {
  const auto held = delivery::lockHeld(transaction, id);
  if (!held) {
    const auto known = delivery::find(transaction.connection(), id);
    if (!known)
      throw Denied(why::kDeliveryUnknown, id, fmt::format("there is no delivery \"{}\"", id),
                   "type: sluis delivery list");
    throw Denied(why::kDeliveryNotHeld, known->id, fmt::format("{} is {}, not held", known->id, toString(known->state)),
                 "type: sluis delivery list --state held");
  }
  if (held->node != spool_.node())
    throw Error(ErrorKind::usage, fmt::format("the bytes of {} lie with another sluisd", held->id),
                fmt::format("ask the one whose node is {}", held->node));
  return *held;
}

delivery::Delivery Hold::release(postgres::Connection& connection, const std::string& id, const std::string& reason,
                                 const Occasion& occasion) {
  delivery::checkReason(reason);
  postgres::Transaction transaction(connection);
  const delivery::Delivery held = heldHere(transaction, id);
  delivery::release(transaction, held.id, held.deleted.value_or(0), occasion.at);
  Announcer(installation_).released(transaction, held, reason, occasion);
  transaction.commit();
  log::notice("{} released by {}", held.id, occasion.actor);
  return held;
}

delivery::Delivery Hold::reject(postgres::Connection& connection, const std::string& id, const std::string& reason,
                                const Occasion& occasion) {
  delivery::checkReason(reason);
  postgres::Transaction transaction(connection);
  const delivery::Delivery held = heldHere(transaction, id);
  delivery::rejectHeld(transaction, held.id,
                       reason.empty() ? "Na overleg afgewezen." : fmt::format("Afgewezen: {}", reason), occasion.at);
  const auto rejected = delivery::find(connection, held.id).value();
  Announcer(installation_).refused(transaction, rejected, occasion);
  transaction.commit();
  passed("hold.rejected");
  spool_.end(held.id);
  log::notice("{} rejected by {}", held.id, occasion.actor);
  return rejected;
}

}  // namespace sluis::run
