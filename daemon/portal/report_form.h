// The filters of a report as a form: every filter of JEUGDHULP §8 that the role has, how rows are made, and which
// snapshot. Filled in with what the address says, right or wrong.
#pragma once

#include "portal/report_view.h"
#include "web/templates.h"

namespace sluis::portal {

/// Sections FIELD and MORE (less used; section MORE_OPEN when one of them is set): NAME, LABEL, HINT, OPTION, PROBLEM.
void fillForm(web::Values& values, const Visit& visit, const ReadView& read, const Possible& possible);

/// What is wrong, in the visit's language.
std::string textOf(const Visit& visit, const Problem& problem);

}  // namespace sluis::portal
