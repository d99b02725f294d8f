// What sluis-figures gives up for good once it knows its configuration: to start programs, to look into others, to
// write files, and to read any but the snapshots and what the system needs for a name and a connection.
#pragma once

#include "config/config.h"

namespace sluis::figures {

/// Before there is a second thread. Error (system) when the kernel has a means and refuses it.
void confine(const config::Config& config);

}  // namespace sluis::figures
