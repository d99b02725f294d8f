#include "portal/drop_folder.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <memory>

#include "base/beneath.h"
#include "base/error.h"
#include "base/file.h"

namespace sluis::portal {

namespace {

constexpr unsigned kUploadMode = 0660;  // sluisd and the gate are other users of the same group
constexpr std::size_t kChunk = 64 << 10;

Fd openPlace(int provider, const char* name) {
  Fd folder = openFolderBeneath(provider, name);
  if (!folder) throwErrno(std::string("cannot open a provider's folder ") + name);
  return folder;
}

struct CloseDir {
  void operator()(DIR* dir) const noexcept { ::closedir(dir); }
};

// Calls `each` with name and status of every regular file.
template <typename Each>
void forEachFile(int folder, Each&& each) {
  Fd own = openFolderBeneath(folder, ".");
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
  const Fd provider = openFolderBeneath(root.get(), std::string(user));
  if (!provider) throwErrno("cannot open a provider's drop folder");
  inbox_ = openPlace(provider.get(), "inbox");
  test_ = openPlace(provider.get(), "test");
  outbox_ = openPlace(provider.get(), "outbox");
}

Fd DropFolder::create(const std::string& name) const {
  Fd file = openBeneath(inbox_.get(), name, O_WRONLY | O_CREAT | O_EXCL, kUploadMode);
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
  const Fd file = openBeneath(outbox_.get(), name, O_RDONLY);
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
