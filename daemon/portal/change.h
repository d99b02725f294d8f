// Asking sluisd for a change in the name of the person, and how its refusal is shown. Internal to the pages.
#pragma once

#include <optional>
#include <string>

#include "portal/visit.h"

namespace sluis::portal {

/// What came of a change that was not made: a sentence for the page.
struct Refusal {
  std::string text{};     ///< in the page's language
  std::string english{};  ///< what sluisd itself said, where there is something to add
  int status = 422;
};

/// Asks sluisd; nullopt when it was done. What is Denied (model/denied.h), a second factor that is too old, or sluisd
/// being away, is said in words; the rest as sluisd said it.
std::optional<Refusal> change(const Visit& visit, const std::string& command, nlohmann::json arguments);

/// The section REFUSAL (REFUSAL_TEXT, section REFUSAL_ENGLISH) of a page, when there is one.
void showRefusal(web::Values& values, const std::optional<Refusal>& refusal);

/// Whether the person must sign in again before a change (account/fresh.h).
bool mustSignIn(const Visit& visit);

}  // namespace sluis::portal
