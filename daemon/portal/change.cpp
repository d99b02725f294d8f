#include "portal/change.h"

#include "account/fresh.h"
#include "base/error.h"
#include "base/log.h"

namespace sluis::portal {

std::optional<Refusal> change(const Visit& visit, const std::string& command, nlohmann::json arguments) {
  if (mustSignIn(visit)) return Refusal{visit.text("common.sign-in-again"), {}, 403};
  try {
    visit.askSluisd(command, std::move(arguments));
    return std::nullopt;
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::usage) return Refusal{visit.text("common.refused"), error.what(), 422};
    log::error("portal: {}: {}", command, error.what());
    return Refusal{visit.text("common.sluisd-away"), {}, 503};
  }
}

void showRefusal(web::Values& values, const std::optional<Refusal>& refusal) {
  if (!refusal) return;
  web::Values& shown = values.add("REFUSAL");
  shown.set("REFUSAL_TEXT", refusal->text);
  if (!refusal->english.empty()) shown.add("REFUSAL_ENGLISH").set("REFUSAL_DETAIL", refusal->english);
}

bool mustSignIn(const Visit& visit) {
  return !account::isFresh(*visit.session, visit.now());
}

}  // namespace sluis::portal
