#include "portal/change.h"

#include "account/fresh.h"
#include "base/log.h"
#include "model/denied.h"

namespace sluis::portal {

std::optional<Refusal> change(const Visit& visit, const std::string& command, nlohmann::json arguments) {
  if (mustSignIn(visit)) return Refusal{visit.text("common.sign-in-again"), {}, 403};
  try {
    visit.askSluisd(command, std::move(arguments));
    return std::nullopt;
  } catch (const Denied& denied) {
    // A sluisd that is newer than this portal may know a reason that we have no words for.
    const std::string words = "refused." + denied.reason();
    if (!visit.services.templates.words(visit.language).has(words))
      return Refusal{visit.text("common.refused"), denied.what(), 422};
    return Refusal{visit.text(words, {denied.about()}), {}, 422};
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
