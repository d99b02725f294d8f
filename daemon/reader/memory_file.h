// Bytes as a file that lies in memory only and can never be changed again: what a worker is given that is no file yet.
#pragma once

#include "base/encoding.h"
#include "base/fd.h"

namespace sluis::reader {

/// Error (system) when there is no memory for it.
Fd memoryFile(BytesView bytes);

}  // namespace sluis::reader
