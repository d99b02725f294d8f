// Tells the operators, once a day for each thing, when a limit of the machine comes near: a disk that fills up, a
// delivery that has been queued for more than a day.
#pragma once

#include <string>

#include "base/time.h"
#include "postgres/connection.h"
#include "run/installation.h"

namespace sluis::run {

void watchLimits(const Installation& installation, postgres::Connection& connection, const std::string& node,
                 Instant now);

}  // namespace sluis::run
