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

struct Found {
  std::map<std::string, Dropped> deliveries;                                // by the data file's name as spelled
  std::multimap<std::string, std::pair<FileRole, DroppedFile>> signatures;  // by that name as they spell it
};

std::optional<DroppedFile>& placeFor(FileRole role, Dropped& delivery) {
  return role == FileRole::sshSignature ? delivery.sshSignature : delivery.cmsSignature;
}

// ".sig" and ".SIG" of one file.
void keepLater(std::optional<DroppedFile>& place, const DroppedFile& file) {
  if (!place || place->changed < file.changed) place = file;
}

// Names are case-insensitive, folders are not: a signature belongs to the data file that it spells exactly, or else to
// the one that differs in case only. With two of these it belongs to neither, and waits for the name it spells.
std::vector<Dropped> paired(Found found) {
  std::map<std::string, std::vector<Dropped*>> byFolded;
  for (auto& [name, delivery] : found.deliveries) byFolded[foldCase(name)].push_back(&delivery);
  std::vector<const decltype(found.signatures)::value_type*> otherwise;
  for (const auto& each : found.signatures) {
    const auto exact = found.deliveries.find(each.first);
    if (exact != found.deliveries.end())
      keepLater(placeFor(each.second.first, exact->second), each.second.second);
    else
      otherwise.push_back(&each);
  }
  for (const auto* each : otherwise) {
    const auto& [role, file] = each->second;
    const auto alike = byFolded.find(foldCase(each->first));
    if (alike != byFolded.end() && alike->second.size() == 1 && !placeFor(role, *alike->second.front())) {
      placeFor(role, *alike->second.front()) = file;
      continue;
    }
    Dropped& alone = found.deliveries[each->first];
    alone.dataFile = each->first;
    keepLater(placeFor(role, alone), file);
  }
  std::vector<Dropped> deliveries;
  deliveries.reserve(found.deliveries.size());
  for (auto& [name, delivery] : found.deliveries) deliveries.push_back(std::move(delivery));
  return deliveries;
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

  Found found;
  while (const dirent* entry = ::readdir(stream.get())) {
    const std::string name = entry->d_name;
    const FileKind kind = kindOf(name);
    if (kind.role == FileRole::upload) continue;
    struct stat status {};
    // Gone since readdir, or no plain file: not here.
    if (::fstatat(fd.get(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(status.st_mode)) continue;
    const DroppedFile file{name, static_cast<std::uint64_t>(status.st_size), toInstant(status.st_mtim),
                           toInstant(status.st_ctim), status.st_ino};
    if (kind.role == FileRole::data)
      found.deliveries[name] = {name, file, std::nullopt, std::nullopt};
    else
      found.signatures.emplace(kind.dataFile, std::pair(kind.role, file));
  }
  return paired(std::move(found));
}

bool isClosed(const std::filesystem::path& file) {
  const Fd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (!fd) return errno != EACCES;
  if (::flock(fd.get(), LOCK_EX | LOCK_NB) == 0) return true;
  return errno != EWOULDBLOCK;
}

}  // namespace sluis::intake
