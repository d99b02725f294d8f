#include "base/file.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>

#include <fmt/format.h>

#include "base/error.h"

namespace sluis {

namespace fs = std::filesystem;

Fd openFile(const fs::path& path, int flags, unsigned mode) {
  Fd fd(::open(path.c_str(), flags | O_CLOEXEC, mode));
  if (!fd) throwErrno(fmt::format("cannot open {}", path.string()));
  return fd;
}

void writeAll(int fd, std::span<const std::byte> bytes, std::string_view what) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(fd, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) throwErrno(fmt::format("cannot write {}", what));
    bytes = bytes.subspan(static_cast<std::size_t>(n));
  }
}

void writeAll(int fd, std::string_view bytes, std::string_view what) {
  writeAll(fd, std::as_bytes(std::span(bytes.data(), bytes.size())), what);
}

std::size_t readSome(int fd, std::span<std::byte> buffer, std::string_view what) {
  for (;;) {
    const ssize_t n = ::read(fd, buffer.data(), buffer.size());
    if (n >= 0) return static_cast<std::size_t>(n);
    if (errno != EINTR) throwErrno(fmt::format("cannot read {}", what));
  }
}

std::size_t readSomeAt(int fd, std::uint64_t offset, std::span<std::byte> buffer, std::string_view what) {
  for (;;) {
    const ssize_t n = ::pread(fd, buffer.data(), buffer.size(), static_cast<off_t>(offset));
    if (n >= 0) return static_cast<std::size_t>(n);
    if (errno != EINTR) throwErrno(fmt::format("cannot read {}", what));
  }
}

std::string readFile(const fs::path& path, std::size_t limit) {
  const Fd fd = openFile(path, O_RDONLY);
  std::string content;
  std::array<std::byte, 65536> buffer;
  while (const std::size_t n = readSome(fd.get(), buffer, path.string())) {
    if (content.size() + n > limit)
      throw Error(ErrorKind::system, fmt::format("{} is larger than {} bytes", path.string(), limit));
    content.append(reinterpret_cast<const char*>(buffer.data()), n);
  }
  return content;
}

void syncFolder(const fs::path& folder) {
  const Fd fd = openFile(folder.empty() ? fs::path(".") : folder, O_RDONLY | O_DIRECTORY);
  if (::fsync(fd.get()) != 0) throwErrno(fmt::format("cannot sync {}", folder.string()));
}

void writeFileDurably(const fs::path& path, std::string_view content, unsigned mode) {
  // The process id keeps two writers of one file from sharing a temporary; the leading dot keeps it out of listings.
  const fs::path temporary = path.parent_path() / fmt::format(".{}.{}.tmp", path.filename().string(), ::getpid());
  try {
    const Fd fd = openFile(temporary, O_WRONLY | O_CREAT | O_TRUNC, mode);
    if (::fchmod(fd.get(), mode) != 0) throwErrno(fmt::format("cannot set the mode of {}", temporary.string()));
    writeAll(fd.get(), content, path.string());
    if (::fsync(fd.get()) != 0) throwErrno(fmt::format("cannot sync {}", path.string()));
    if (::rename(temporary.c_str(), path.c_str()) != 0)
      throwErrno(fmt::format("cannot put {} in place", path.string()));
  } catch (...) {
    ::unlink(temporary.c_str());
    throw;
  }
  syncFolder(path.parent_path());
}

void renameDurably(const fs::path& from, const fs::path& to) {
  if (::syscall(SYS_renameat2, AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) != 0)
    throwErrno(fmt::format("cannot move {} to {}", from.string(), to.string()));
  syncFolder(to.parent_path());
  if (from.parent_path() != to.parent_path()) syncFolder(from.parent_path());
}

}  // namespace sluis
