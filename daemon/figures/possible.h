// What there is to ask for, for a form: the values of every dimension as this viewer may know of them, quarters, and
// snapshots in service. Looks at no figure, so it is not entered in the log; and it says nothing that depends on the
// records (report/vocabulary.h).
#pragma once

#include <nlohmann/json.hpp>

#include "figures/questions.h"

namespace sluis::figures {

/// {"values": {NAME: [[key, label], …], …}, "quarters": [first, last], "most_dimensions": n,
/// "snapshots": [{"id", "made"}, …]}: of one domain all, newest first; of several one entry with the newest of each.
/// Only {"snapshots": []} while nothing is published at all. Error (usage) when there are no figures of this viewer.
nlohmann::json possible(const Knowledge& knowledge, const report::Words& words, Snapshots& snapshots);

}  // namespace sluis::figures
