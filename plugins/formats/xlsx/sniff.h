// What a file that is called .xlsx really is, by its first bytes.
#pragma once

#include "plugin/format.h"

namespace sluis::xlsx {

/// Throws plugin::Unreadable with what it is and what to do, unless it begins as a zip does.
void refuseOtherThanZip(plugin::ByteSource& source);

}  // namespace sluis::xlsx
