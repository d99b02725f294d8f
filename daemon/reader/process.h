// One sluis-reader process, started with nothing but its descriptors: no environment, no other files, no new
// privileges, hard limits. Killed and reaped when the object goes.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/fd.h"

namespace sluis::reader {

struct Limits {
  std::uint64_t memoryBytes;
  unsigned cpuSeconds;
};

class Process {
 public:
  /// Starts `program` with `arguments` (argv[1]…); the descriptors become 1, 3 and 4 of reader/protocol.h, 0 and 2 are
  /// /dev/null. The kernel kills it when the thread that started it ends. Error (system) when it cannot be started; a
  /// program that is not there ends at once with status 127.
  Process(const std::filesystem::path& program, const std::vector<std::string>& arguments, const Limits& limits,
          int messages, int tokens, int ring);
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  /// SIGKILL; harmless when it has ended.
  void kill() noexcept;

 private:
  Fd handle_;  // a pidfd: never another process, however long this one has ended
};

/// What the parent holds and what the worker gets of one channel. Both close on exec and lie above the descriptors of
/// the protocol.
struct Channel {
  Fd ours;
  Fd theirs;
};
/// The worker writes, the parent reads. Error (system).
Channel messagePipe();
/// Both ways. Error (system).
Channel tokenSocket();

}  // namespace sluis::reader
