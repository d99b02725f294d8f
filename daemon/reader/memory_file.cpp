#include "reader/memory_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"

namespace sluis::reader {

Fd memoryFile(BytesView bytes) {
  Fd fd(::memfd_create("sluis-input", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!fd) throwErrno("cannot make a file in memory");
  writeAll(fd.get(), bytes, "a file in memory");
  if (::lseek(fd.get(), 0, SEEK_SET) < 0 ||
      ::fcntl(fd.get(), F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0)
    throwErrno("cannot seal a file in memory");
  return fd;
}

}  // namespace sluis::reader
