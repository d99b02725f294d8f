// The programs of a sandbox: started where they are dead, found again by their process ids, ended.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <string>

namespace sluis::cli {

inline constexpr auto kSandboxPatience = std::chrono::seconds(60);

/// Whether it stands still, at the step that SLUIS_STOP_AT names: as far as it will come.
bool isStopped(pid_t process);

class SandboxDaemons {
 public:
  /// `programs`: the folder they lie in. Their logs and process ids are kept in `dir`.
  SandboxDaemons(std::filesystem::path dir, std::filesystem::path programs, std::filesystem::path config);

  /// Starts it when it is dead, and waits until `isReady` or it is stopped. Error (system) with the end of its log when
  /// it ends at once or is not ready in time.
  pid_t start(const std::string& name, const std::function<bool()>& isReady) const;
  bool runs(const std::string& name) const { return process(name) != 0; }
  /// Politely first.
  void end(const std::string& name) const;
  /// "; its log ends:" and the last lines, for a message.
  std::string endOfLog(const std::string& name) const;

 private:
  pid_t process(const std::string& name) const;
  std::filesystem::path log(const std::string& name) const { return dir_ / "log" / (name + ".log"); }
  std::filesystem::path processFile(const std::string& name) const { return dir_ / "run" / (name + ".pid"); }

  std::filesystem::path dir_;
  std::filesystem::path programs_;
  std::filesystem::path config_;
};

}  // namespace sluis::cli
