// The section `figures:`. Internal to this room.
#pragma once

#include <filesystem>

#include "config/config.h"
#include "config/section.h"

namespace sluis::config {

/// `table` is the one that comes with the program.
Figures readFigures(Section section, const Path& state, const Path& table);

/// The indicators a norm can be of, as on the command line, with the keys of their parts.
const std::map<std::string, std::vector<std::string>, std::less<>>& indicatorParts();

}  // namespace sluis::config
