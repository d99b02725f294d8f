// How the state of a delivery is told on the pages: a badge, and what to do about a refusal.
#pragma once

#include <string>

#include "model/refusal.h"
#include "portal/visit.h"
#include "postgres/rows.h"
#include "web/templates.h"

namespace sluis::portal {

/// STATE_TEXT, and one of the sections GOOD, BAD, WAIT.
void showState(const Visit& visit, DeliveryState state, web::Values& values);
/// Section REFUSAL with CODE, REFUSAL_TEXT, and where there is one REMEDY and DETAIL; nothing without a code.
void showRefusal(const Visit& visit, const std::string& code, const std::string& detail, web::Values& values);
/// The row's state; Error (database) for one that this program does not know.
DeliveryState stateOf(const postgres::Row& row);

}  // namespace sluis::portal
