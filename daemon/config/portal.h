// The section `portal:`. Internal to this room.
#pragma once

#include "config/config.h"
#include "config/section.h"

namespace sluis::config {

/// `files` is the folder that comes with the program.
Portal readPortal(Section section, const Path& files);

}  // namespace sluis::config
