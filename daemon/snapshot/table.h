// A Table's columns by their name, as bytes.
#pragma once

#include "base/encoding.h"
#include "snapshot/snapshot.h"

namespace sluis::snapshot {

BytesView columnOf(const Table& table, Column column);

}  // namespace sluis::snapshot
