#include "base/beneath.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <string_view>

namespace sluis {

namespace {

Fd open2(int folder, const std::string& name, int flags, unsigned mode, std::uint64_t resolve) {
  open_how how{};
  how.flags = static_cast<std::uint64_t>(flags) | O_CLOEXEC | O_NOFOLLOW;
  how.mode = (flags & O_CREAT) != 0 ? mode : 0;
  how.resolve = resolve | RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
  long fd = 0;
  do {
    fd = ::syscall(SYS_openat2, folder, name.c_str(), &how, sizeof how);
    // EAGAIN: a rename elsewhere made the kernel unsure whether the path stayed beneath.
  } while (fd < 0 && (errno == EINTR || errno == EAGAIN));
  return Fd(static_cast<int>(fd));
}

struct CloseDir {
  void operator()(DIR* dir) const noexcept { ::closedir(dir); }
};

}  // namespace

Fd openBeneath(int folder, const std::string& name, int flags, unsigned mode) {
  return open2(folder, name, flags | O_NONBLOCK | O_NOCTTY, mode, RESOLVE_NO_XDEV);
}

Fd openFolderBeneath(int parent, const std::string& name) {
  return open2(parent, name, O_RDONLY | O_DIRECTORY, 0, 0);
}

std::optional<struct stat> regularFile(int folder, const std::string& name) {
  struct stat status {};
  if (::fstatat(folder, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) return std::nullopt;
  if (!S_ISREG(status.st_mode) || status.st_nlink != 1) {
    errno = ENOENT;
    return std::nullopt;
  }
  return status;
}

std::vector<std::string> namesIn(int folder, std::size_t most) {
  std::vector<std::string> names;
  // A descriptor of its own: readdir's position is shared by duplicates.
  Fd own = open2(folder, ".", O_RDONLY | O_DIRECTORY, 0, 0);
  if (!own) return names;
  const std::unique_ptr<DIR, CloseDir> dir(::fdopendir(own.get()));
  if (!dir) return names;
  static_cast<void>(own.release());
  while (names.size() < most) {
    const dirent* entry = ::readdir(dir.get());
    if (entry == nullptr) break;
    const std::string_view name(entry->d_name);
    if (name != "." && name != "..") names.emplace_back(name);
  }
  return names;
}

}  // namespace sluis
