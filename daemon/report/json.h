// An outcome as JSON (CONTRACT §5), and back: what sluis-figures sends, what the command line and the portal read, and
// what `sluis report --json` prints.
//
// A row that is not shown has its key, its label and "shown": false, and nothing else. Reading is strict: every member
// that belongs there, of its type, and no other; parts and shares are taken as they are. Query::snapshot is not carried
// (Outcome::snapshot is): an outcome that was read has none. "language" is there when it is not Dutch.
#pragma once

#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "base/result.h"
#include "report/outcome.h"

namespace sluis::report {

nlohmann::ordered_json jsonOf(const Outcome& outcome);
/// One line, without a line end.
std::string toJson(const Outcome& outcome);

/// The outcome, or one English sentence that says what is wrong with the text and where ("rows[2].count is no whole
/// number"); never a value of it.
Result<Outcome, std::string> parseOutcome(std::string_view text);
/// The same of what has been parsed already.
Result<Outcome, std::string> outcomeFrom(const nlohmann::ordered_json& json);

}  // namespace sluis::report
