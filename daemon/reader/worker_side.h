// The worker's side: what sluis-reader does between its start and its end. Runs in its own process only.
#pragma once

#include <string>

namespace sluis::reader {

struct Job {
  std::string what;  ///< "format" or "signature"
  std::string pluginDirectory;
  std::string plugin;
};

/// Loads the plugin, confines itself, does the job and says how it went; the exit status.
int work(const Job& job);

}  // namespace sluis::reader
