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
  /// Starts `program` with `arguments` (argv[1]…); the descriptors become 0, 1, 3 and 4 of reader/protocol.h, 2 is
  /// /dev/null. Error (system) when it cannot be started; a program that is not there ends at once with status 127.
  Process(const std::filesystem::path& program, const std::vector<std::string>& arguments, const Limits& limits,
          int input, int messages, int tokens, int ring);
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  /// SIGKILL; harmless when it has ended.
  void kill() noexcept;

 private:
  Fd handle_;  // a pidfd: never another process, however long this one has ended
};

/// Both ends close on exec and lie above the descriptors of the protocol. Error (system).
struct Pipe {
  Pipe();
  Fd readEnd;
  Fd writeEnd;
};

}  // namespace sluis::reader
