// The configuration of a sandbox's programs.
#pragma once

#include <filesystem>

#include "cli/sandbox_portal.h"
#include "cli/sandbox_record.h"
#include "config/layout.h"

namespace sluis::cli {

std::filesystem::path sandboxConfigFile(const std::filesystem::path& dir);
SandboxPortal portalOf(const std::filesystem::path& dir, const SandboxRecord& record);

/// Writes it where there is none. One that is there keeps what somebody changed in it, and gets what a sandbox of an
/// earlier version lacks: a place for figures, a portal; `record` then says so too.
void writeSandboxConfig(const std::filesystem::path& dir, SandboxRecord& record, const config::Layout& layout);

}  // namespace sluis::cli
