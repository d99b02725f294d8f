// What the pages of operations share. Internal to the pages.
#pragma once

#include <optional>
#include <string>

#include "portal/change.h"
#include "portal/visit.h"

namespace sluis::portal {

/// MAY_CHANGE for an operator, and MUST_SIGN_IN where that one's second factor is too old for changes.
void showRights(const Visit& visit, web::Values& values);

/// The number in an address; web::Refused{404} when it is none.
std::int64_t numberIn(const Visit& visit, std::size_t place);

/// An instant as toRfc3339() writes it, to the second.
std::optional<Instant> instantFrom(const std::string& text);

Routes registerRoutes();  ///< /operations/providers, /operations/agreements, /operations/accounts
Routes applyRoutes();     ///< /apply

}  // namespace sluis::portal
