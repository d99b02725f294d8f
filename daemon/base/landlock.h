// Files that this process can still reach, whatever its user may: everything else is closed to it, for good.
//
// Landlock (Linux 5.13): where the kernel has none, nothing happens. Holds for the calling thread and all it starts:
// call it before there are others. What is open already stays open.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>

#include "base/fd.h"

namespace sluis {

enum class FileRight : std::uint8_t {
  read,       ///< files and the names in folders
  readWrite,  ///< and write to files, make and remove them
  socket,     ///< make and remove a socket, nothing else
};

/// A folder with everything under it, or a file.
struct Reachable {
  Fd place;
  FileRight right = FileRight::read;
};

/// O_PATH; without a descriptor when there is no such place.
Reachable reachable(const std::filesystem::path& place, FileRight right);

/// No file is executed any more either. Places without a descriptor are passed over. Error (system) when the kernel
/// refuses.
void reachOnly(std::span<const Reachable> places);

}  // namespace sluis
