#include "cli/sandbox_daemons.h"

#include <signal.h>

#include <fstream>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "base/error.h"
#include "base/file.h"
#include "cli/process.h"

namespace sluis::cli {

namespace fs = std::filesystem;
using std::chrono::steady_clock;

bool isStopped(pid_t process) {
  std::ifstream file(fmt::format("/proc/{}/stat", process));
  std::string line;
  std::getline(file, line);
  const auto name = line.rfind(") ");
  return name != std::string::npos && line.substr(name + 2, 1) == "T";
}

SandboxDaemons::SandboxDaemons(fs::path dir, fs::path programs, fs::path config)
    : dir_(std::move(dir)), programs_(std::move(programs)), config_(std::move(config)) {}

pid_t SandboxDaemons::process(const std::string& name) const {
  std::ifstream file(processFile(name));
  pid_t process = 0;
  file >> process;
  return isRunning(process, config_.string()) ? process : 0;
}

pid_t SandboxDaemons::start(const std::string& name, const std::function<bool()>& isReady) const {
  pid_t process = this->process(name);
  const bool started = process == 0;
  if (started) {
    process = leaveRunning({.words = {(programs_ / name).string(), "--config", config_.string()}}, log(name));
    writeFileDurably(processFile(name), fmt::format("{}\n", process), 0644);
  }
  const auto deadline = steady_clock::now() + kSandboxPatience;
  while (!isReady() && !isStopped(process)) {
    if (started && hasEnded(process)) throw Error(ErrorKind::system, name + " ended at once" + endOfLog(name));
    if (steady_clock::now() > deadline)
      throw Error(ErrorKind::system,
                  fmt::format("{} is not ready after {} s{}", name, kSandboxPatience.count(), endOfLog(name)));
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  return process;
}

void SandboxDaemons::end(const std::string& name) const {
  endProcess(process(name), config_.string(), SIGTERM, std::chrono::seconds(30));
}

std::string SandboxDaemons::endOfLog(const std::string& name) const {
  std::ifstream file(log(name));
  std::string end;
  for (std::string line; std::getline(file, line);) {
    end += "\n  " + line;
    if (end.size() > 2000) end.erase(0, end.find('\n', 1));
  }
  return "; its log ends:" + end;
}

}  // namespace sluis::cli
