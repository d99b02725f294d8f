// Where the parts of Sluis lie, seen from the running program: in a build folder or where `cmake --install` put them.
// Only looks at its own place; never searches a path or the environment.
#pragma once

#include <filesystem>

namespace sluis::config {

struct Layout {
  std::filesystem::path programs;  ///< sluis
  std::filesystem::path daemons;   ///< sluisd, sluis-gate, sluis-figures
  std::filesystem::path reader;    ///< the program sluis-reader
  std::filesystem::path snapshot;  ///< the program sluis-snapshot
  std::filesystem::path plugins;   ///< the plugins that came with it
  std::filesystem::path share;     ///< datasets/, codelists/, mail/, ptables/, migrations/
};

/// From /proc/self/exe. Error (system) when that cannot be read.
Layout layout();
/// The same for a program at `executable`.
Layout layoutOf(const std::filesystem::path& executable);

}  // namespace sluis::config
