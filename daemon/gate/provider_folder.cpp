#include "gate/provider_folder.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <set>

#include <fmt/format.h>

#include "base/beneath.h"
#include "base/step.h"
#include "gate/taken_files.h"

namespace sluis::gate {

namespace {

constexpr std::size_t kMaxListed = 20000;
constexpr std::size_t kMaxRemembered = 4096;
constexpr unsigned kUploadMode = 0660;  // sluisd reads as another user of the same group

constexpr std::uint32_t kFolderShown = S_IFDIR | 0755;
constexpr std::uint32_t kUploadShown = S_IFREG | 0600;
constexpr std::uint32_t kReadOnlyShown = S_IFREG | 0400;

Attributes shown(const struct stat& status, std::uint32_t mode) {
  return shownAttributes(static_cast<std::uint64_t>(status.st_size), status.st_mtime, mode);
}

bool isUploadPlace(Place place) {
  return place == Place::inbox || place == Place::test;
}

}  // namespace

Answer<Fd> ProviderFolder::openPlace(Place place) const {
  const std::string name(folderName(place));
  Fd fd = openFolderBeneath(folder_.get(), name);
  if (fd) return fd;
  if (errno == ENOENT || errno == ENOTDIR || errno == ELOOP)
    return refuse(Status::noSuchFile,
                  fmt::format("the folder {} is missing on the server; please call the helpdesk", name));
  return failure(refusalFor(errno));
}

Answer<Attributes> ProviderFolder::fileAttributes(const ViewPath& path) const {
  auto folder = openPlace(path.place);
  if (!folder) return failure(folder.error());
  if (const auto status = regularFile(folder->get(), path.file)) {
    const bool hidden = path.place == Place::outbox && path.file.starts_with('.');
    if (!hidden) return shown(*status, path.isUpload() ? kUploadShown : kReadOnlyShown);
  } else if (errno != ENOENT && errno != ENAMETOOLONG) {
    return failure(refusalFor(errno));
  }
  if (path.place == Place::inbox && isUploadNameAllowed(path.file)) {
    if (const auto taken = takenFile(folder_.get(), path.file))
      return shownAttributes(taken->size, taken->modified, kUploadShown);
  }
  if (const auto sent = sent_.find(path.text); sent != sent_.end()) return sent->second;
  return refuse(Status::noSuchFile, "no such file");
}

Answer<Attributes> ProviderFolder::attributes(const ViewPath& path) const {
  struct stat status {};
  switch (path.place) {
    case Place::nowhere:
      return refuse(Status::noSuchFile, "no such file");
    case Place::root:
      if (::fstat(folder_.get(), &status) != 0) return failure(refusalFor(errno));
      return shown(status, kFolderShown);
    case Place::statusFile:
      if (const auto file = regularFile(folder_.get(), std::string(folderName(path.place))))
        return shown(*file, kReadOnlyShown);
      return failure(refusalFor(errno));
    case Place::inbox:
    case Place::test:
    case Place::outbox:
      break;
  }
  if (!path.file.empty()) return fileAttributes(path);
  auto folder = openPlace(path.place);
  if (!folder) return failure(folder.error());
  if (::fstat(folder->get(), &status) != 0) return failure(refusalFor(errno));
  return shown(status, kFolderShown);
}

Answer<std::vector<NamedAttributes>> ProviderFolder::list(const ViewPath& path) const {
  if (!path.isFolder()) return refuse(Status::noSuchFile, "no such folder");
  std::vector<NamedAttributes> entries;
  const auto add = [&](std::string name, const Answer<Attributes>& attributes) {
    if (attributes) entries.push_back({std::move(name), *attributes});
  };
  const auto own = attributes(path);
  if (!own) return failure(own.error());
  add(".", own);
  add("..", attributes(ViewPath{}));
  if (path.place == Place::root) {
    for (const Place place : {Place::inbox, Place::test, Place::outbox, Place::statusFile})
      add(std::string(folderName(place)), attributes({.place = place, .file = {}, .text = {}}));
    return entries;
  }

  auto folder = openPlace(path.place);
  if (!folder) return failure(folder.error());
  std::set<std::string> live;
  for (std::string& name : namesIn(folder->get(), kMaxListed)) {
    if (path.place == Place::outbox ? name.starts_with('.') : !isUploadNameAllowed(name)) continue;
    const auto status = regularFile(folder->get(), name);
    if (!status) continue;
    live.insert(name);
    entries.push_back({std::move(name), shown(*status, isUploadPlace(path.place) ? kUploadShown : kReadOnlyShown)});
  }
  if (path.place == Place::inbox) {
    for (TakenFile& file : takenFiles(folder_.get(), kMaxListed)) {
      if (live.contains(file.name)) continue;
      entries.push_back({std::move(file.name), shownAttributes(file.size, file.modified, kUploadShown)});
    }
  }
  return entries;
}

Answer<Upload> ProviderFolder::openUpload(const ViewPath& path, std::uint32_t flags) {
  if (!path.isUpload()) return refuse(Status::permissionDenied, "files can only be put into inbox/ and test/");
  if (!isUploadNameAllowed(path.file)) return refuse(Status::permissionDenied, "name not allowed");
  // Clients that resume ask for both; they get writing, and each read of that handle is refused.
  if ((flags & kOpenRead) != 0 && (flags & kOpenWrite) == 0)
    return refuse(Status::permissionDenied, "what has been sent cannot be read back; open for writing only");
  auto folder = openPlace(path.place);
  if (!folder) return failure(folder.error());
  if (auto room = room_.prepare(); !room) return failure(room.error());

  int how = O_WRONLY;
  if ((flags & kOpenCreate) != 0) how |= O_CREAT;
  if ((flags & kOpenExclusive) != 0) how |= O_CREAT | O_EXCL;
  if ((flags & kOpenAppend) != 0) how |= O_APPEND;
  Fd file = openBeneath(folder->get(), path.file, how, kUploadMode);
  if (!file) {
    if (errno == ENOENT && path.place == Place::inbox && takenFile(folder_.get(), path.file))
      return refuse(Status::permissionDenied, "this file has been taken for the daily run and cannot be changed");
    return failure(refusalFor(errno));
  }
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) return failure(refusalFor(errno));
  if (!S_ISREG(status.st_mode) || status.st_nlink != 1) return refuse(Status::permissionDenied, "not a plain file");
  // Only now that it is known to be a plain file; the process's umask must not take the group's right away either.
  if ((flags & kOpenTruncate) != 0 && ::ftruncate(file.get(), 0) != 0) return failure(refusalFor(errno));
  static_cast<void>(::fchmod(file.get(), kUploadMode));
  passed("gate.opened");
  return Upload(std::move(*folder), std::move(file), path, (flags & kOpenAppend) != 0, limits_.maxFileBytes, room_);
}

Answer<Fd> ProviderFolder::openDownload(const ViewPath& path) const {
  if (path.isUpload()) return refuse(Status::permissionDenied, "what has been sent cannot be read back");
  if (path.isFolder()) return refuse(Status::failure, "that is a folder");
  Fd file;
  if (path.place == Place::statusFile) {
    file = openBeneath(folder_.get(), std::string(folderName(path.place)), O_RDONLY);
  } else if (path.place == Place::outbox && !path.file.starts_with('.')) {
    auto folder = openPlace(path.place);
    if (!folder) return failure(folder.error());
    file = openBeneath(folder->get(), path.file, O_RDONLY);
  } else {
    return refuse(Status::noSuchFile, "no such file");
  }
  if (!file) return failure(refusalFor(errno));
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) return failure(refusalFor(errno));
  if (!S_ISREG(status.st_mode) || status.st_nlink != 1) return refuse(Status::noSuchFile, "no such file");
  return file;
}

Answer<void> ProviderFolder::mustBeOwnFile(const ViewPath& path, int folder, std::string_view doing) const {
  if (regularFile(folder, path.file)) return {};
  const int errnum = errno;
  if (path.place == Place::inbox && isUploadNameAllowed(path.file) && takenFile(folder_.get(), path.file))
    return refuse(Status::permissionDenied,
                  fmt::format("this file has been taken for the daily run and cannot be {} any more", doing));
  return failure(refusalFor(errnum));
}

Answer<void> ProviderFolder::remove(const ViewPath& path) {
  if (!path.isUpload()) return refuse(Status::permissionDenied, "only own files in inbox/ and test/ can be removed");
  auto folder = openPlace(path.place);
  if (!folder) return failure(folder.error());
  if (auto mine = mustBeOwnFile(path, folder->get(), "removed"); !mine) return mine;
  if (::unlinkat(folder->get(), path.file.c_str(), 0) != 0) return failure(refusalFor(errno));
  sent_.erase(path.text);
  passed("gate.removed");
  return {};
}

Answer<void> ProviderFolder::rename(const ViewPath& from, const ViewPath& to, bool replace) {
  if (!from.isUpload() || from.place != to.place || to.file.empty())
    return refuse(Status::permissionDenied, "files can only be renamed within inbox/ or within test/");
  if (!isUploadNameAllowed(to.file)) return refuse(Status::permissionDenied, "name not allowed");
  auto folder = openPlace(from.place);
  if (!folder) return failure(folder.error());
  if (auto mine = mustBeOwnFile(from, folder->get(), "renamed"); !mine) return mine;
  const unsigned flags = replace ? 0 : RENAME_NOREPLACE;
  if (::syscall(SYS_renameat2, folder->get(), from.file.c_str(), folder->get(), to.file.c_str(), flags) != 0)
    return failure(refusalFor(errno));
  if (::fsync(folder->get()) != 0) return failure(refusalFor(errno));
  if (const auto known = sent_.extract(from.text); !known.empty()) sent_.insert_or_assign(to.text, known.mapped());
  passed("gate.renamed");
  return {};
}

Answer<void> ProviderFolder::truncate(const ViewPath& path, std::uint64_t size) {
  auto upload = openUpload(path, kOpenWrite);
  if (!upload) return failure(upload.error());
  return upload->truncate(size);
}

void ProviderFolder::remember(const ViewPath& path, const Attributes& attributes) {
  if (sent_.size() >= kMaxRemembered) sent_.erase(sent_.begin());
  sent_.insert_or_assign(path.text, attributes);
}

void ProviderFolder::rememberRefused(const ViewPath& path, const Refusal& why) {
  if (sent_.size() >= kMaxRemembered) sent_.erase(sent_.begin());
  sent_.insert_or_assign(path.text, refuse(Status::noSuchFile, "no such file: " + why.text));
}

}  // namespace sluis::gate
