// Starts other programs: one to wait for, one to leave behind. Never through a shell.
//
// Error (system) when a program cannot be started at all; what it did wrong is in its outcome.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace sluis::cli {

/// Another account to run as; only root can.
struct Account {
  uid_t uid;
  gid_t gid;
};

struct Launch {
  std::vector<std::string> words;                       ///< program (a path, or a name looked up in PATH) and arguments
  std::optional<Account> as = {};                       ///< none = as this process
  std::map<std::string, std::string> environment = {};  ///< added to this process's
};

struct ProcessOutcome {
  int status;          ///< exit status; 128 + signal when killed
  std::string output;  ///< standard output and error together
};

/// Runs it to its end, with standard input closed.
ProcessOutcome runProcess(const Launch& launch);
/// The same; Error (system) with the output when it does not exit with 0.
std::string mustRun(const Launch& launch);

/// Starts it in a session of its own, in "/", with standard input closed and its output appended to `log`. It outlives
/// this process. The caller may find it ended with hasEnded().
pid_t leaveRunning(const Launch& launch, const std::filesystem::path& log);

/// Whether a child of this process has ended (and is reaped by this call).
bool hasEnded(pid_t child);

/// Whether `process` runs (a stopped one does, a zombie does not) and its command line holds `word`.
bool isRunning(pid_t process, const std::string& word);

/// Asks with `politely`, and after `patience` kills; returns when it is gone. Only a process with `word` in its command
/// line.
void endProcess(pid_t process, const std::string& word, int politely, std::chrono::seconds patience);

}  // namespace sluis::cli
