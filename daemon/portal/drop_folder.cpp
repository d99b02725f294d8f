#include "portal/drop_folder.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <memory>

#include "base/error.h"
#include "base/file.h"

namespace sluis::portal {

namespace {

constexpr unsigned kUploadMode = 0660;  // sluisd and the gate are other users of the same group
constexpr std::size_t kChunk = 64 << 10;

Fd open2(int folder, const char* name, int flags, unsigned mode, std::uint64_t resolve) {
  open_how how{};
  how.flags = static_cast<std::uint64_t>(flags) | O_CLOEXEC | O_NOFOLLOW;
  how.mode = (flags & O_CREAT) != 0 ? mode : 0;
  how.resolve = resolve | RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
  long fd = 0;
  do {
    fd = ::syscall(SYS_openat2, folder, name, &how, sizeof how);
    // EAGAIN: a rename elsewhere made the kernel unsure whether the path stayed beneath.
  } while (fd < 0 && (errno == EINTR || errno == EAGAIN));
  return Fd(static_cast<int>(fd));
}

Fd openPlace(int provider, const char* name) {
  Fd folder = open2(provider, name, O_RDONLY | O_DIRECTORY, 0, 0);
  if (!folder) throwErrno(std::string("cannot open a provider's folder ") + name);
  return folder;
}

struct CloseDir {
  void operator()(DIR* dir) const noexcept { ::closedir(dir); }
};

// Calls `each` with name and status of every regular file.
template <typename Each>
void forEachFile(int folder, Each&& each) {
  Fd own = open2(folder, ".", O_RDONLY | O_DIRECTORY, 0, 0);
  if (!own) throwErrno("cannot list a provider's folder");
  const std::unique_ptr<DIR, CloseDir> dir(::fdopendir(own.get()));
  if (!dir) throwErrno("cannot list a provider's folder");
  static_cast<void>(own.release());
  while (const dirent* entry = ::readdir(dir.get())) {
    struct stat status {};
    if (::fstatat(folder, entry->d_name, &status, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(status.st_mode)) continue;
    if (!each(std::string_view(entry->d_name), status)) return;
  }
}

}  // namespace

DropFolder::DropFolder(const std::filesystem::path& drop, std::string_view user) {
  const Fd root = openFile(drop, O_RDONLY | O_DIRECTORY);
  const Fd provider = open2(root.get(), std::string(user).c_str(), O_RDONLY | O_DIRECTORY, 0, 0);
  if (!provider) throwErrno("cannot open a provider's drop folder");
  inbox_ = openPlace(provider.get(), "inbox");
  test_ = openPlace(provider.get(), "test");
  outbox_ = openPlace(provider.get(), "outbox");
}

Fd DropFolder::create(const std::string& name) const {
  Fd file = open2(inbox_.get(), name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOCTTY, kUploadMode, RESOLVE_NO_XDEV);
  if (!file) throwErrno("cannot begin an upload");
  // Against the umask; what sluisd looks at is the lock.
  static_cast<void>(::fchmod(file.get(), kUploadMode));
  static_cast<void>(::flock(file.get(), LOCK_SH | LOCK_NB));
  return file;
}

void DropFolder::remove(const std::string& name) const noexcept {
  static_cast<void>(::unlinkat(inbox_.get(), name.c_str(), 0));
}

bool DropFolder::rename(const std::string& from, Place to, const std::string& name) const {
  if (::renameat2(inbox_.get(), from.c_str(), of(to), name.c_str(), RENAME_NOREPLACE) == 0) return true;
  if (errno == EEXIST) return false;
  throwErrno("cannot put an upload in its place");
}

bool DropFolder::takeBack(Place from, const std::string& name, const std::string& to) const noexcept {
  return ::renameat2(of(from), name.c_str(), inbox_.get(), to.c_str(), RENAME_NOREPLACE) == 0;
}

bool DropFolder::has(Place place, const std::string& name) const {
  struct stat status {};
  return ::fstatat(of(place), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0;
}

void DropFolder::sync(Place place) const {
  if (::fsync(of(place)) != 0) throwErrno("cannot write a provider's folder");
}

DropFolder::Used DropFolder::used() const {
  Used all;
  for (const Place place : {Place::inbox, Place::test})
    forEachFile(of(place), [&](std::string_view, const struct stat& status) {
      all.bytes += static_cast<std::uint64_t>(status.st_size);
      ++all.files;
      return true;
    });
  return all;
}

std::vector<DropFolder::Entry> DropFolder::entries(Place place, std::string_view prefix) const {
  std::vector<Entry> found;
  forEachFile(of(place), [&](std::string_view name, const struct stat& status) {
    if (name.starts_with(prefix))
      found.push_back({std::string(name), Instant(std::chrono::seconds(status.st_mtim.tv_sec) +
                                                  std::chrono::microseconds(status.st_mtim.tv_nsec / 1000))});
    return found.size() < kMostListed;
  });
  return found;
}

std::optional<std::string> DropFolder::read(const std::string& name, std::size_t most) const {
  if (name.empty() || name.find('/') != std::string::npos) return std::nullopt;
  const Fd file = open2(outbox_.get(), name.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY, 0, RESOLVE_NO_XDEV);
  struct stat status {};
  if (!file || ::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode)) return std::nullopt;
  if (static_cast<std::uint64_t>(status.st_size) > most) return std::nullopt;
  std::string content;
  std::array<std::byte, kChunk> buffer;
  while (const std::size_t n = readSome(file.get(), buffer, "a document")) {
    if (content.size() + n > most) return std::nullopt;
    content += asText(BytesView(buffer).first(n));
  }
  return content;
}

}  // namespace sluis::portal
