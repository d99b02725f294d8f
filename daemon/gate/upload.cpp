#include "gate/upload.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include <fmt/format.h>

#include "base/beneath.h"
#include "base/log.h"
#include "base/step.h"

namespace sluis::gate {

namespace {

constexpr std::size_t kMaxFiles = 4096;
// Other sessions of the same provider write too; measured again after this much, their bytes are seen in time.
constexpr std::uint64_t kMeasureEvery = 1ULL << 30;

double secondsSince(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace

void Room::measure() {
  used_ = 0;
  files_ = 0;
  sinceMeasured_ = 0;
  for (const Place place : {Place::inbox, Place::test}) {
    const Fd folder = openFolderBeneath(provider_, std::string(folderName(place)));
    if (!folder) continue;
    for (const std::string& name : namesIn(folder.get(), kMaxFiles + 1)) {
      const auto status = regularFile(folder.get(), name);
      if (!status) continue;
      ++files_;
      used_ += static_cast<std::uint64_t>(status->st_size);
    }
  }
}

Answer<void> Room::prepare() {
  measure();
  if (files_ >= kMaxFiles) return refuseAloud(fmt::format("more than {} files are waiting here", kMaxFiles));
  return {};
}

bool Room::take(std::uint64_t bytes) {
  if (sinceMeasured_ + bytes > kMeasureEvery || bytes > quota_ || used_ > quota_ - bytes) measure();
  if (bytes > quota_ || used_ > quota_ - bytes) return false;
  used_ += bytes;
  sinceMeasured_ += bytes;
  return true;
}

Attributes shownAttributes(std::uint64_t size, std::int64_t modified, std::uint32_t mode) {
  const auto time = static_cast<std::uint32_t>(std::clamp<std::int64_t>(modified, 0, UINT32_MAX));
  return {.size = size, .permissions = mode, .accessed = time, .modified = time};
}

Upload::Upload(Fd folder, Fd file, ViewPath path, bool append, std::uint64_t maxFileBytes, Room& room)
    : folder_(std::move(folder)),
      file_(std::move(file)),
      path_(std::move(path)),
      append_(append),
      maxFileBytes_(maxFileBytes),
      room_(&room) {
  ::flock(file_.get(), LOCK_SH | LOCK_NB);
}

bool Upload::isStillThere(const struct stat& mine) const {
  const auto there = regularFile(folder_.get(), path_.file);
  return there && there->st_dev == mine.st_dev && there->st_ino == mine.st_ino;
}

Answer<void> Upload::die(Refusal refusal) {
  struct stat mine {};
  // Only if the name still stands for this very file: sluisd may have taken it, or another session put a new one there.
  if (::fstat(file_.get(), &mine) == 0 && isStillThere(mine)) {
    ::unlinkat(folder_.get(), path_.file.c_str(), 0);
    // Frees the disk at once even if the client keeps the handle open.
    if (::ftruncate(file_.get(), 0) != 0) log::warning("a refused upload could not be emptied");
  }
  refusal.text += "; the partial file has been removed";
  refusal.tellPerson = true;
  dead_ = refusal;
  return failure(std::move(refusal));
}

Answer<void> Upload::grow(std::uint64_t end) {
  struct stat status {};
  if (::fstat(file_.get(), &status) != 0) return failure(refusalFor(errno));
  // What sluisd has taken must not change any more, though it is open here.
  if (!isStillThere(status)) {
    dead_ = Refusal{Status::failure, "this file has been taken, renamed or removed; please send it again", true};
    return failure(*dead_);
  }
  if (end > maxFileBytes_)
    return die({Status::failure, fmt::format("file larger than {}", sizeText(maxFileBytes_)), true});
  const auto size = static_cast<std::uint64_t>(status.st_size);
  if (end > size && !room_->take(end - size))
    return die(
        {Status::failure, fmt::format("more than {} waiting for the daily run", sizeText(room_->quota())), true});
  return {};
}

Answer<void> Upload::write(std::uint64_t offset, BytesView bytes) {
  if (dead_) return failure(Refusal{dead_->status, dead_->text, false});
  if (append_) {
    struct stat status {};
    if (::fstat(file_.get(), &status) != 0) return failure(refusalFor(errno));
    offset = static_cast<std::uint64_t>(status.st_size);
  }
  if (offset > maxFileBytes_ || bytes.size() > maxFileBytes_ - offset)
    return die({Status::failure, fmt::format("file larger than {}", sizeText(maxFileBytes_)), true});
  if (auto room = grow(offset + bytes.size()); !room) return room;

  const std::size_t all = bytes.size();
  while (!bytes.empty()) {
    const ssize_t n = ::pwrite(file_.get(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) {
      log::warning("an upload to {} could not be written: {}", folderName(path_.place), refusalFor(errno).text);
      return die(refusalFor(errno));
    }
    bytes = bytes.subspan(static_cast<std::size_t>(n));
    offset += static_cast<std::uint64_t>(n);
  }
  received_ += all;
  touched_ = true;
  passed("gate.written");
  return {};
}

Answer<void> Upload::truncate(std::uint64_t size) {
  if (dead_) return failure(Refusal{dead_->status, dead_->text, false});
  if (auto room = grow(size); !room) return room;
  if (::ftruncate(file_.get(), static_cast<off_t>(size)) != 0) return failure(refusalFor(errno));
  touched_ = true;
  return {};
}

Answer<void> Upload::sync() {
  if (dead_) return failure(*dead_);
  if (!touched_) return {};
  if (::fsync(file_.get()) != 0 || ::fsync(folder_.get()) != 0) return failure(refusalFor(errno));
  touched_ = false;
  return {};
}

Answer<Attributes> Upload::attributes() const {
  struct stat status {};
  if (::fstat(file_.get(), &status) != 0) return failure(refusalFor(errno));
  return shownAttributes(static_cast<std::uint64_t>(status.st_size), status.st_mtime, S_IFREG | 0600);
}

Answer<Attributes> Upload::finish(std::string_view user) {
  if (dead_) {
    log::info("{}: {}/{} refused: {}", user, folderName(path_.place), printableName(path_.file), dead_->text);
    return failure(*dead_);
  }
  if (auto synced = sync(); !synced) return failure(synced.error());
  log::info("{}: received {}/{}, {} bytes in {:.1f} s", user, folderName(path_.place), printableName(path_.file),
            received_, secondsSince(opened_));
  passed("gate.closed");
  return attributes();
}

void Upload::abandon(std::string_view user) {
  if (dead_) return;
  log::info("{}: {}/{} left unfinished after {} bytes in {:.1f} s", user, folderName(path_.place),
            printableName(path_.file), received_, secondsSince(opened_));
}

}  // namespace sluis::gate
