#include "intake/drop_folder.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <map>
#include <memory>

#include <fmt/format.h>

#include "base/error.h"
#include "base/fd.h"
#include "model/delivery_name.h"

namespace sluis::intake {

namespace {

Instant toInstant(const timespec& at) {
  return Instant(std::chrono::seconds(at.tv_sec) + std::chrono::microseconds(at.tv_nsec / 1000));
}

}  // namespace

const DroppedFile* Dropped::signature() const {
  if (sshSignature) return &*sshSignature;
  if (cmsSignature) return &*cmsSignature;
  return nullptr;
}

Instant Dropped::lastChanged() const {
  Instant last = Instant::min();
  for (const auto* part : {&data, &sshSignature, &cmsSignature})
    if (*part) last = std::max(last, (*part)->changed);
  return last;
}

std::string Dropped::fingerprint() const {
  std::string text;
  for (const auto* part : {&data, &sshSignature, &cmsSignature})
    if (*part)
      text += fmt::format("{}:{}:{};", (*part)->inode, (*part)->size, (*part)->changed.time_since_epoch().count());
    else
      text += ';';
  return text;
}

std::vector<Dropped> look(const std::filesystem::path& folder) {
  const Fd fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW));
  if (!fd) {
    if (errno == ENOENT) return {};
    throwErrno(fmt::format("cannot look into {}", folder.string()));
  }
  const std::unique_ptr<DIR, int (*)(DIR*)> stream(::fdopendir(::dup(fd.get())), &::closedir);
  if (!stream) throwErrno(fmt::format("cannot look into {}", folder.string()));

  std::map<std::string, Dropped> deliveries;
  while (const dirent* entry = ::readdir(stream.get())) {
    const std::string name = entry->d_name;
    const FileKind kind = kindOf(name);
    if (kind.role == FileRole::upload) continue;
    struct stat status {};
    // Gone since readdir, or no plain file: not here.
    if (::fstatat(fd.get(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(status.st_mode)) continue;
    Dropped& delivery = deliveries[kind.dataFile];
    delivery.dataFile = kind.dataFile;
    const DroppedFile file{name, static_cast<std::uint64_t>(status.st_size), toInstant(status.st_mtim),
                           toInstant(status.st_ctim), status.st_ino};
    switch (kind.role) {
      case FileRole::data:
        delivery.data = file;
        break;
      case FileRole::sshSignature:
        delivery.sshSignature = file;
        break;
      case FileRole::cmsSignature:
        delivery.cmsSignature = file;
        break;
      case FileRole::upload:
        break;
    }
  }
  std::vector<Dropped> found;
  found.reserve(deliveries.size());
  for (auto& [name, delivery] : deliveries) found.push_back(std::move(delivery));
  return found;
}

bool isClosed(const std::filesystem::path& file) {
  const Fd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (!fd) return errno != EACCES;
  if (::flock(fd.get(), LOCK_EX | LOCK_NB) == 0) return true;
  return errno != EWOULDBLOCK;
}

}  // namespace sluis::intake
