// Opening things under a folder that a provider can write to, such that neither a link nor a mount can lead away from
// it.
//
// The kernel does the resolving (openat2); there is no check here that could be raced. Failures are an errno, because
// each caller owes its client a different sentence.
#pragma once

#include <sys/stat.h>

#include <optional>
#include <string>
#include <vector>

#include "base/fd.h"

namespace sluis {

/// openat2(2) of one name in `folder`, never following a link, never blocking on a FIFO. On failure the Fd is empty and
/// errno tells why.
Fd openBeneath(int folder, const std::string& name, int flags, unsigned mode = 0);

/// The same for a folder in `parent`. That may be a mount point.
Fd openFolderBeneath(int parent, const std::string& name);

/// Of a regular file with one name that is no link; nullopt (and errno) for everything else.
std::optional<struct stat> regularFile(int folder, const std::string& name);

/// Names in the folder, without "." and "..", at most `most`. Empty also when it cannot be read.
std::vector<std::string> namesIn(int folder, std::size_t most);

}  // namespace sluis
