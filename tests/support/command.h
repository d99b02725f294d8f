// Runs a real program from a test (ssh-keygen, openssl): no shell, standard input closed, output collected.
#pragma once

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

namespace sluis::test {

struct CommandOutcome {
  int status;          ///< exit status; 128 + signal when killed; 127 when the program is not there
  std::string output;  ///< standard output and standard error together
};

/// Runs `words` in `folder` and waits for it.
inline CommandOutcome tryCommand(const std::vector<std::string>& words, const std::filesystem::path& folder = {}) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("pipe failed");
  std::vector<char*> argv;
  for (const std::string& word : words) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  const pid_t child = ::fork();
  if (child < 0) throw std::runtime_error("fork failed");
  if (child == 0) {
    const int null = ::open("/dev/null", O_RDONLY);
    ::dup2(null, 0);
    ::dup2(ends[1], 1);
    ::dup2(ends[1], 2);
    if (!folder.empty() && ::chdir(folder.c_str()) != 0) ::_exit(127);
    ::execvp(argv[0], argv.data());
    ::_exit(127);
  }
  ::close(ends[1]);
  CommandOutcome outcome{0, {}};
  char buffer[4096];
  for (ssize_t n; (n = ::read(ends[0], buffer, sizeof buffer)) > 0;)
    outcome.output.append(buffer, static_cast<std::size_t>(n));
  ::close(ends[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  outcome.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return outcome;
}

/// The same, for a command that must succeed: its output; std::runtime_error with it otherwise.
inline std::string runCommand(const std::vector<std::string>& words, const std::filesystem::path& folder = {}) {
  CommandOutcome outcome = tryCommand(words, folder);
  if (outcome.status != 0) {
    std::string line;
    for (const std::string& word : words) line += word + ' ';
    throw std::runtime_error(line + "ended with " + std::to_string(outcome.status) + ": " + outcome.output);
  }
  return outcome.output;
}

}  // namespace sluis::test
