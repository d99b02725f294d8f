#include "run/snapshots.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>

#include <fmt/format.h>

#include "base/error.h"
#include "base/fd.h"
#include "base/file.h"
#include "base/log.h"

extern char** environ;

namespace sluis::run {

namespace {

constexpr int kLookEvery = 200;  // milliseconds
constexpr std::size_t kLongestLine = 1 << 20;
constexpr int kWrongUse = 2;  // of sluis-snapshot(8): what was asked for is not there

// The program, its standard output ours. Ended and reaped when this goes.
class Child {
 public:
  explicit Child(const std::vector<std::string>& words) {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) throwErrno("cannot make a pipe");
    output_ = Fd(ends[0]);
    const Fd theirs(ends[1]);
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawnattr_init(&attributes);
    ::posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_adddup2(&actions, theirs.get(), 1);
    // Our threads have the signals blocked that it should end by.
    sigset_t none;
    ::sigemptyset(&none);
    ::posix_spawnattr_setsigmask(&attributes, &none);
    ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
    std::vector<char*> arguments;
    for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    const int failed = ::posix_spawn(&pid_, words[0].c_str(), &actions, &attributes, arguments.data(), environ);
    ::posix_spawn_file_actions_destroy(&actions);
    ::posix_spawnattr_destroy(&attributes);
    if (failed != 0) throwErrno(fmt::format("cannot start {}", words[0]), failed);
  }
  ~Child() {
    if (pid_ < 0) return;
    ::kill(pid_, SIGTERM);
    wait();
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  /// Hands every line to `take` until the output ends; false when stopped.
  bool readLines(const std::function<void(std::string_view)>& take, const std::function<bool()>& stop) {
    std::string pending;
    std::array<std::byte, 4096> buffer{};
    while (true) {
      pollfd look{output_.get(), POLLIN, 0};
      if (::poll(&look, 1, kLookEvery) <= 0) {
        if (stop && stop()) return false;
        continue;
      }
      const std::size_t got = readSome(output_.get(), buffer, "sluis-snapshot");
      if (got == 0) return true;
      pending.append(reinterpret_cast<const char*>(buffer.data()), got);
      for (std::size_t end; (end = pending.find('\n')) != std::string::npos; pending.erase(0, end + 1))
        take(std::string_view(pending).substr(0, end));
      if (pending.size() > kLongestLine) throw Error(ErrorKind::protocol, "sluis-snapshot said too much at once");
    }
  }

  /// Its exit status, 128 + signal when it was killed.
  int wait() {
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }

 private:
  pid_t pid_ = -1;
  Fd output_;
};

}  // namespace

nlohmann::json Snapshots::make(const std::filesystem::path& configFile, const SnapshotRequest& request) {
  return making_.with([&](int) {
    std::vector<std::string> words = {request.program.string(), "--config", configFile.string(), "--json"};
    words.insert(words.end(), request.words.begin(), request.words.end());
    nlohmann::json answer = {{"snapshots", nlohmann::json::array()}};
    std::string error;
    Child child(words);
    const bool whole = child.readLines(
        [&](std::string_view line) {
          const auto said = nlohmann::json::parse(line, nullptr, false);
          if (!said.is_object()) return;
          if (said.contains("domain")) {
            answer["snapshots"].push_back(said);
          } else if (const auto text = said.find("progress"); text != said.end() && text->is_string()) {
            if (request.progress) request.progress(text->get<std::string>());
          } else if (const auto what = said.find("error"); what != said.end() && what->is_string()) {
            error = what->get<std::string>();
          }
        },
        request.stop);
    if (!whole) throw Error(ErrorKind::system, "sluisd is stopping; the snapshot was not made");
    const int status = child.wait();
    if (status == kWrongUse && !error.empty()) throw Error(ErrorKind::usage, error);
    if (status != 0)
      throw Error(ErrorKind::system, error.empty() ? fmt::format("sluis-snapshot ended with status {}", status) : error,
                  "see the log of sluisd");
    return answer;
  });
}

}  // namespace sluis::run
