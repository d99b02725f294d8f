#include "spool/spool.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <charconv>

#include <fmt/format.h>

#include "base/error.h"
#include "base/file.h"
#include "base/step.h"
#include "crypto/random.h"

namespace sluis::spool {

namespace fs = std::filesystem;

namespace {

constexpr const char* kOrigin = "origin";    // provenance, one value a line
constexpr const char* kArrived = "arrived";  // the moved inode: an uploader may still hold it open
constexpr const char* kData = "data";        // our own copy
constexpr const char* kSignature = "signature";
constexpr std::size_t kSignatureLimit = 64 << 10;
constexpr std::size_t kCopyPiece = 1 << 20;

bool isThere(const fs::path& path) {
  struct stat status {};
  return ::lstat(path.c_str(), &status) == 0;
}

std::vector<std::string> namesIn(const fs::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder)) names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

Fd openPlain(const fs::path& path) {
  Fd fd = openFile(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  struct stat status {};
  if (::fstat(fd.get(), &status) != 0 || !S_ISREG(status.st_mode))
    throw Error(ErrorKind::system, fmt::format("{} is no plain file", path.string()));
  return fd;
}

// One pass over the bytes: digests them, and copies them when `to` is a file.
Sealed digestAndCopy(int from, int to, const std::string& what) {
  crypto::MultiDigest digest(true, true);
  std::vector<std::byte> piece(kCopyPiece);
  Sealed sealed;
  while (const std::size_t n = readSome(from, piece, what)) {
    const BytesView bytes(piece.data(), n);
    digest.update(bytes);
    if (to >= 0) writeAll(to, bytes, what);
    sealed.size += n;
  }
  wipe(piece);
  sealed.digests = digest.finish();
  return sealed;
}

// A file that may be gone already: its owner could still rename it, or a crash came in between.
bool moveIfThere(const fs::path& from, const fs::path& to) {
  if (::rename(from.c_str(), to.c_str()) == 0) return true;
  if (errno != ENOENT) throwErrno(fmt::format("cannot take over a file from {}", from.parent_path().string()));
  return false;
}

std::string encode(const Origin& origin) {
  // Names in hex: a file name may hold anything, line ends included.
  return fmt::format("{}\n{}\n{}\n{}\n{}\n", origin.provider, toHex(asBytes(origin.folder.native())),
                     toHex(asBytes(origin.dataFile)), toHex(asBytes(origin.signatureFile)),
                     origin.received.time_since_epoch().count());
}

}  // namespace

Instant Spool::made() const {
  struct stat status {};
  if (::stat((root_ / "node").c_str(), &status) != 0) throwErrno("cannot look at the spool");
  return Instant(std::chrono::seconds(status.st_mtim.tv_sec));
}

Spool::Spool(fs::path root) : root_(std::move(root)) {
  for (const char* folder : {"", "incoming", "queued", "ended"}) {
    const fs::path path = root_ / folder;
    fs::create_directories(path);
    fs::permissions(path, fs::perms::owner_all);
  }
  lock_ = openFile(root_ / "lock", O_RDWR | O_CREAT, 0600);
  if (::flock(lock_.get(), LOCK_EX | LOCK_NB) != 0)
    throw Error(ErrorKind::system, fmt::format("another sluisd uses the spool {}", root_.string()),
                "one daemon for each spool; give the second one its own `state:`");
  if (!isThere(root_ / "node")) writeFileDurably(root_ / "node", toHex(crypto::randomSecret(8).reveal()), 0600);
  node_ = readFile(root_ / "node");
}

fs::path Spool::find(const std::string& id) const {
  const fs::path queued = root_ / "queued" / id;
  return isThere(queued) ? queued : root_ / "incoming" / id;
}

bool Spool::take(const std::string& id, const Origin& origin) {
  const fs::path folder = root_ / "incoming" / id;
  fs::create_directory(folder);
  writeFileDurably(folder / kOrigin, encode(origin), 0600);
  syncFolder(folder.parent_path());
  passed("spool.prepared");
  return completeTake(id);
}

bool Spool::completeTake(const std::string& id) {
  const fs::path folder = root_ / "incoming" / id;
  if (!isThere(folder / kOrigin)) {  // the crash came before anything was moved
    fs::remove_all(folder);
    return false;
  }
  if (isThere(folder / kData)) return true;
  const Origin from = origin(id);
  bool taken = isThere(folder / kArrived);
  if (!taken && !from.dataFile.empty()) {
    taken = moveIfThere(from.folder / from.dataFile, folder / kArrived);
    passed("spool.taken");
  }
  // A signature without its data file decides for itself.
  if (!isThere(folder / kSignature) && !from.signatureFile.empty() && (taken || from.dataFile.empty()))
    taken = moveIfThere(from.folder / from.signatureFile, folder / kSignature) || taken;
  taken = taken || (from.dataFile.empty() && isThere(folder / kSignature));
  if (!taken) {
    fs::remove_all(folder);
    return false;
  }
  syncFolder(folder);
  syncFolder(from.folder);
  passed("spool.moved");
  return true;
}

Sealed Spool::seal(const std::string& id) {
  const fs::path folder = root_ / "incoming" / id;
  if (isThere(folder / kData)) {
    const Fd data = openPlain(folder / kData);
    return digestAndCopy(data.get(), -1, (folder / kData).string());
  }
  if (!isThere(folder / kArrived)) return digestAndCopy(openFile("/dev/null", O_RDONLY).get(), -1, "nothing");
  const fs::path part = folder / "data.part";
  Sealed sealed;
  try {
    const Fd from = openPlain(folder / kArrived);
    const Fd to = openFile(part, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    sealed = digestAndCopy(from.get(), to.get(), part.string());
    if (::fsync(to.get()) != 0) throwErrno(fmt::format("cannot sync {}", part.string()));
  } catch (...) {
    ::unlink(part.c_str());  // a full disk must not be kept full by half a copy
    throw;
  }
  passed("spool.copied");
  renameDurably(part, folder / kData);
  ::unlink((folder / kArrived).c_str());
  passed("spool.sealed");
  return sealed;
}

void Spool::queue(const std::string& id) {
  if (isThere(root_ / "queued" / id)) return;
  renameDurably(root_ / "incoming" / id, root_ / "queued" / id);
  passed("spool.queued");
}

void Spool::end(const std::string& id) {
  const fs::path from = find(id);
  const fs::path ended = root_ / "ended" / id;
  if (isThere(from)) {
    if (::rename(from.c_str(), ended.c_str()) != 0)
      throwErrno(fmt::format("cannot move {} to {}", from.string(), ended.string()));
    passed("spool.ended");
  }
  fs::remove_all(ended);
  passed("spool.destroyed");
}

void Spool::sweep() {
  for (const std::string& id : namesIn(root_ / "ended")) fs::remove_all(root_ / "ended" / id);
}

std::vector<std::string> Spool::incoming() const {
  return namesIn(root_ / "incoming");
}
std::vector<std::string> Spool::queued() const {
  return namesIn(root_ / "queued");
}
bool Spool::isQueued(const std::string& id) const {
  return isThere(root_ / "queued" / id / kData);
}

Origin Spool::origin(const std::string& id) const {
  const std::string text = readFile(find(id) / kOrigin, 64 << 10);
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  std::int64_t micros = 0;
  if (lines.size() != 5 ||
      std::from_chars(lines[4].data(), lines[4].data() + lines[4].size(), micros).ec != std::errc())
    throw Error(ErrorKind::system, fmt::format("{} is damaged", (find(id) / kOrigin).string()),
                "the delivery's bytes lie beside it");
  const auto name = [&](std::size_t line) { return std::string(asText(fromHex(lines[line]).value_or(Bytes()))); };
  return {lines[0], name(1), name(2), name(3), Instant(std::chrono::microseconds(micros))};
}

bool Spool::isIncoming(const std::string& id) const {
  return isThere(root_ / "incoming" / id / kData);
}

fs::path Spool::dataPath(const std::string& id) const {
  return find(id) / kData;
}

Fd Spool::openData(const std::string& id) const {
  return openPlain(dataPath(id));
}

Bytes Spool::signature(const std::string& id) const {
  const fs::path path = find(id) / kSignature;
  if (!isThere(path)) return {};
  return readInPlace(path, kSignatureLimit);
}

std::uint64_t Spool::used() const {
  std::uint64_t total = 0;
  std::error_code gone;
  for (const auto& entry : fs::recursive_directory_iterator(root_, gone))
    if (entry.is_regular_file(gone)) total += entry.file_size(gone);
  return total;
}

Bytes readInPlace(const fs::path& path, std::size_t limit) {
  const Fd fd = openPlain(path);
  Bytes bytes(limit);
  std::size_t used = 0;
  while (used < bytes.size()) {
    const std::size_t n = readSome(fd.get(), std::span(bytes).subspan(used), path.string());
    if (n == 0) break;
    used += n;
  }
  bytes.resize(used);
  return bytes;
}

std::optional<Sealed> digestInPlace(const fs::path& file) {
  const Fd fd(::open(file.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  struct stat before {};
  if (!fd || ::fstat(fd.get(), &before) != 0 || !S_ISREG(before.st_mode)) return std::nullopt;
  Sealed sealed = digestAndCopy(fd.get(), -1, "a dropped file");
  struct stat after {};
  if (::fstat(fd.get(), &after) != 0 || after.st_mtim.tv_sec != before.st_mtim.tv_sec ||
      after.st_mtim.tv_nsec != before.st_mtim.tv_nsec || static_cast<std::uint64_t>(after.st_size) != sealed.size)
    return std::nullopt;
  return sealed;
}

}  // namespace sluis::spool
