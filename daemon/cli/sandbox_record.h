// What of a sandbox must stay the same from one time to the next: its file sandbox.json.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

#include "cli/cluster.h"

namespace sluis::cli {

inline constexpr const char* kSandboxDatabase = "sluis";

struct SandboxRecord {
  ClusterPlaces cluster{};
  std::filesystem::path control{};
  std::filesystem::path figures{};  ///< empty in a sandbox from before there were figures
  std::uint16_t gatePort = 0;
  std::uint16_t portalPort = 0;  ///< 0 in a sandbox from before there was a portal
  int providers = 0;

  /// nullopt when there is no sandbox in `dir`; Error (config) when the file is none of ours.
  static std::optional<SandboxRecord> read(const std::filesystem::path& dir);
  /// Chooses places and free ports for a new one, and writes them down.
  static SandboxRecord start(const std::filesystem::path& dir);
  void write(const std::filesystem::path& dir) const;
  std::filesystem::path figuresSocket() const { return control.parent_path() / "figures"; }
};

}  // namespace sluis::cli
