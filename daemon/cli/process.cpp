#include "cli/process.h"

#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <fstream>
#include <sstream>
#include <thread>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/error.h"
#include "base/fd.h"
#include "base/file.h"

namespace sluis::cli {

namespace {

std::vector<char*> pointersTo(std::vector<std::string>& words) {
  std::vector<char*> pointers;
  for (auto& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  return pointers;
}

std::vector<std::string> environmentOf(const Launch& launch) {
  std::vector<std::string> all;
  for (char** entry = ::environ; *entry != nullptr; ++entry) {
    const std::string text(*entry);
    if (launch.environment.count(text.substr(0, text.find('='))) == 0) all.push_back(text);
  }
  for (const auto& [name, value] : launch.environment) all.push_back(name + "=" + value);
  return all;
}

/// Between fork and exec: system calls only, and on failure errno into `trouble`.
[[noreturn]] void become(const Launch& launch, char** words, char** environment, int output, bool detached,
                         int trouble) {
  const int null = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  bool good = null >= 0 && ::dup2(null, 0) >= 0 && ::dup2(output, 1) >= 0 && ::dup2(output, 2) >= 0;
  if (good && detached) good = ::setsid() >= 0 && ::chdir("/") == 0;
  if (good && launch.as)
    good = ::setgroups(0, nullptr) == 0 && ::setgid(launch.as->gid) == 0 && ::setuid(launch.as->uid) == 0;
  // The folder of this process may be closed to that account.
  if (good && launch.as) good = ::chdir("/") == 0;
  if (good) ::execvpe(words[0], words, environment);
  const int error = errno;
  [[maybe_unused]] const auto told = ::write(trouble, &error, sizeof error);
  ::_exit(127);
}

pid_t start(const Launch& launch, int output, bool detached) {
  std::array<int, 2> trouble;
  if (::pipe2(trouble.data(), O_CLOEXEC) != 0) throwErrno("cannot make a pipe");
  const Fd readEnd(trouble[0]);
  Fd writeEnd(trouble[1]);
  std::vector<std::string> words = launch.words;
  std::vector<std::string> environment = environmentOf(launch);
  auto wordPointers = pointersTo(words);
  auto environmentPointers = pointersTo(environment);
  const pid_t child = ::fork();
  if (child < 0) throwErrno("cannot start another process");
  if (child == 0) become(launch, wordPointers.data(), environmentPointers.data(), output, detached, writeEnd.get());
  writeEnd.reset();
  int error = 0;
  if (::read(readEnd.get(), &error, sizeof error) == sizeof error) {
    ::waitpid(child, nullptr, 0);
    throwErrno(fmt::format("cannot start {}", launch.words.front()), error);
  }
  return child;
}

}  // namespace

ProcessOutcome runProcess(const Launch& launch) {
  std::array<int, 2> ends;
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) throwErrno("cannot make a pipe");
  const Fd readEnd(ends[0]);
  Fd writeEnd(ends[1]);
  const pid_t child = start(launch, writeEnd.get(), false);
  writeEnd.reset();
  ProcessOutcome outcome{0, {}};
  std::array<std::byte, 4096> buffer;
  while (const std::size_t n = readSome(readEnd.get(), buffer, launch.words.front()))
    outcome.output.append(reinterpret_cast<const char*>(buffer.data()), n);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  outcome.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return outcome;
}

std::string mustRun(const Launch& launch) {
  ProcessOutcome outcome = runProcess(launch);
  if (outcome.status != 0)
    throw Error(ErrorKind::system,
                fmt::format("{} ended with {}: {}", fmt::join(launch.words, " "), outcome.status, outcome.output));
  return std::move(outcome.output);
}

pid_t leaveRunning(const Launch& launch, const std::filesystem::path& log) {
  const Fd output = openFile(log, O_WRONLY | O_CREAT | O_APPEND);
  return start(launch, output.get(), true);
}

bool hasEnded(pid_t child) {
  return ::waitpid(child, nullptr, WNOHANG) == child;
}

namespace {

std::string ofProcess(pid_t process, const char* what) {
  std::ifstream file(fmt::format("/proc/{}/{}", process, what), std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

bool isZombieOrGone(pid_t process) {
  const std::string stat = ofProcess(process, "stat");
  const auto name = stat.rfind(") ");
  return name == std::string::npos || stat[name + 2] == 'Z' || stat[name + 2] == 'X';
}

}  // namespace

bool isRunning(pid_t process, const std::string& word) {
  if (process <= 0) return false;
  // A zombie's command line is empty, and for a moment that of who is about to become another program; the number may
  // have gone to another process since.
  std::string line = ofProcess(process, "cmdline");
  for (int patience = 0; line.empty() && patience < 500 && !isZombieOrGone(process); ++patience) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    line = ofProcess(process, "cmdline");
  }
  return line.find(word) != std::string::npos;
}

void endProcess(pid_t process, const std::string& word, int politely, std::chrono::seconds patience) {
  if (!isRunning(process, word)) return;
  ::kill(process, politely);
  // A stopped process hears nothing until it goes on.
  ::kill(process, SIGCONT);
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (isRunning(process, word)) {
    if (std::chrono::steady_clock::now() > deadline) ::kill(process, SIGKILL);
    hasEnded(process);
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
}

}  // namespace sluis::cli
