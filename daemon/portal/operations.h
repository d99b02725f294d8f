// What the pages of operations share: asking sluisd for a change in the name of the person, and how its refusal is
// shown. Internal to the pages.
#pragma once

#include <optional>
#include <string>

#include "portal/visit.h"

namespace sluis::portal {

/// What came of a change: nothing to say, or a sentence for the page.
struct Refusal {
  std::string text{};     ///< in the page's language
  std::string english{};  ///< what sluisd itself said, where there is something to add
  int status = 422;
};

/// Asks sluisd; nullopt when it was done. A second factor that is too old, or sluisd being away, is said in words.
std::optional<Refusal> change(const Visit& visit, const std::string& command, nlohmann::json arguments);

/// The section REFUSAL (REFUSAL_TEXT, section REFUSAL_ENGLISH) of a page, when there is one.
void showRefusal(web::Values& values, const std::optional<Refusal>& refusal);

/// MAY_CHANGE for an operator, and MUST_SIGN_IN where that one's second factor is too old for changes.
void showRights(const Visit& visit, web::Values& values);

/// The number in an address; web::Refused{404} when it is none.
std::int64_t numberIn(const Visit& visit, std::size_t place);

/// An instant as toRfc3339() writes it, to the second.
std::optional<Instant> instantFrom(const std::string& text);

Routes registerRoutes();  ///< /operations/providers, /operations/agreements, /operations/accounts
Routes applyRoutes();     ///< /apply

}  // namespace sluis::portal
