// The named steps of the sequence, so that a test can stop the real program at each of them and kill what it likes.
//
// When the environment variable SLUIS_STOP_AT names a step, the process stops itself there (SIGSTOP); a test then kills
// it, or PostgreSQL, or the gate, and lets it go on (SIGCONT). Only who starts the program can set its environment.
#pragma once

#include <string_view>

namespace sluis {

/// Marks that the program has just passed `name` ("spool.copied"). Costs one comparison when unused.
void passed(std::string_view name);

}  // namespace sluis
