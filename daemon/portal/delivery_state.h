// How the state of a delivery is told on the pages: a badge, and what to do about a refusal.
#pragma once

#include <string>

#include "model/refusal.h"
#include "portal/visit.h"
#include "postgres/rows.h"
#include "web/templates.h"

namespace sluis::portal {

/// Whether the visitor is not of the provider itself but of the TTP, and reads what is told to the provider.
bool isTtp(const Visit& visit);
/// STATE_TEXT, and one of the sections GOOD, BAD, WAIT.
void showState(const Visit& visit, DeliveryState state, web::Values& values);
/// Section REFUSAL for refusal.html, from the row's code, detail, records, wrong_records and deleted; nothing
/// without a code.
void showRefusal(const Visit& visit, const postgres::Row& row, web::Values& values);
/// The same of a code alone: a test leaves no row.
void showRefusal(const Visit& visit, std::string_view code, web::Values& values);
/// The row's state; Error (database) for one that this program does not know.
DeliveryState stateOf(const postgres::Row& row);

}  // namespace sluis::portal
