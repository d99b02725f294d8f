// The shared memory between sluisd and one worker. Its size is sealed: a worker that shrank it could crash the parent.
#pragma once

#include <cstddef>
#include <span>
#include <utility>

#include "base/fd.h"

namespace sluis::reader {

class Ring {
 public:
  /// New memory of kRingBytes; Error (system).
  static Ring create();
  /// The memory behind `fd`; Error (system).
  static Ring map(int fd);

  Ring(Ring&& other) noexcept : fd_(std::move(other.fd_)), memory_(std::exchange(other.memory_, {})) {}
  Ring& operator=(Ring&&) = delete;
  /// Wipes the memory when this side created it, and unmaps it.
  ~Ring();

  std::span<std::byte> memory() const { return memory_; }
  int fd() const { return fd_.get(); }

 private:
  void wipeUsed() noexcept;
  Ring(Fd fd, std::span<std::byte> memory) : fd_(std::move(fd)), memory_(memory) {}

  Fd fd_;  // only where it was created
  std::span<std::byte> memory_;
};

}  // namespace sluis::reader
