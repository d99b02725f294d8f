// The worker's side: what sluis-reader does between its start and its end. Runs in its own process only.
#pragma once

#include <string>

namespace sluis::reader {

/// Waits for a job, loads the plugin it names, confines itself, does the job and says how it went; the exit status.
/// `expectedFormat` is loaded while it waits; empty for none.
int work(const std::string& pluginDirectory, const std::string& expectedFormat);

}  // namespace sluis::reader
