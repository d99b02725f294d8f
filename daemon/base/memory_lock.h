// All memory of this process out of swap: also what libraries keep of a key, and numbers on their way to a pseudonym.
#pragma once

namespace sluis {

/// From now on, for sluisd. False where RLIMIT_MEMLOCK is not unlimited or the system refuses: then each Secret is
/// locked, and nothing else.
bool lockMemory();

}  // namespace sluis
