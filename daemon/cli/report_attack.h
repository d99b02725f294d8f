// What `sluis report attack` prints of an attack on a snapshot.
#pragma once

#include <string>

#include "cli/output.h"

namespace sluis::cli {

/// For people: each attack before and after withholding, the strongest with its witnesses, how much is withheld.
std::string attackText(const Json& attack);

}  // namespace sluis::cli
