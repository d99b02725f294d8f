#include "reader/ring.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/error.h"
#include "base/secret.h"
#include "reader/protocol.h"

namespace sluis::reader {

namespace {

std::span<std::byte> mapped(int fd) {
  void* memory = ::mmap(nullptr, kRingBytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (memory == MAP_FAILED) throwErrno("cannot map the memory shared with sluis-reader");
  return {static_cast<std::byte*>(memory), kRingBytes};
}

}  // namespace

Ring Ring::create() {
  Fd fd(::memfd_create("sluis-reader", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!fd || ::ftruncate(fd.get(), kRingBytes) != 0 ||
      ::fcntl(fd.get(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0)
    throwErrno("cannot make the memory shared with sluis-reader");
  const auto memory = mapped(fd.get());
  // Records pass through here: they belong neither in a core dump nor in a child that another thread forks.
  ::madvise(memory.data(), memory.size(), MADV_DONTDUMP);
  ::madvise(memory.data(), memory.size(), MADV_DONTFORK);
  return {std::move(fd), memory};
}

Ring Ring::map(int fd) {
  return {Fd(), mapped(fd)};
}

// Only what was ever written to: to overwrite the rest would first have to make it.
void Ring::wipeUsed() noexcept {
  const auto size = static_cast<off_t>(memory_.size());
  off_t end = 0;
  while (end < size) {
    const off_t begin = ::lseek(fd_.get(), end, SEEK_DATA);
    if (begin < 0) return;  // ENXIO: nothing from here on
    end = ::lseek(fd_.get(), begin, SEEK_HOLE);
    if (end <= begin) end = size;
    wipe(memory_.subspan(static_cast<std::size_t>(begin), static_cast<std::size_t>(end - begin)));
  }
}

Ring::~Ring() {
  if (memory_.empty()) return;
  if (fd_) wipeUsed();
  ::munmap(memory_.data(), memory_.size());
}

}  // namespace sluis::reader
