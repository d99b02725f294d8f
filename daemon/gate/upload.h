// A file that a provider is writing. Size limit, quota and disk are checked with every write.
//
// When a write cannot be done for one of these, the partial file is removed and the upload is dead: every further write
// is refused with the same sentence, so that a client which sends on learns nothing else. A lock (flock, shared) lies
// on the file as long as it is open here.
#pragma once

#include <sys/stat.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "base/encoding.h"
#include "base/fd.h"
#include "gate/refusal.h"
#include "gate/view_path.h"

namespace sluis::gate {

/// What inbox/ and test/ hold together, measured now and then.
class Room {
 public:
  Room(int provider, std::uint64_t quotaBytes) : provider_(provider), quota_(quotaBytes) {}

  /// Measures. Refused when there are too many files for one more.
  Answer<void> prepare();
  /// Whether `bytes` more fit; counts them if so.
  bool take(std::uint64_t bytes);
  std::uint64_t quota() const { return quota_; }

 private:
  void measure();

  int provider_;
  std::uint64_t quota_;
  std::uint64_t used_ = 0;
  std::uint64_t sinceMeasured_ = 0;
  std::size_t files_ = 0;
};

class Upload {
 public:
  /// `folder` is where the file lies. `room` outlives the upload.
  Upload(Fd folder, Fd file, ViewPath path, bool append, std::uint64_t maxFileBytes, Room& room);

  Answer<void> write(std::uint64_t offset, BytesView bytes);
  Answer<void> truncate(std::uint64_t size);
  Answer<void> sync();
  Answer<Attributes> attributes() const;

  const ViewPath& path() const { return path_; }
  /// The file has been renamed while open.
  void renamedTo(const ViewPath& path) { path_ = path; }

  /// Makes what was written survive a power cut, and writes the log line. Nothing for an upload that is dead.
  Answer<Attributes> finish(std::string_view user);
  /// The connection is gone: the log line only; the partial file stays, to be resumed.
  void abandon(std::string_view user);

 private:
  bool isStillThere(const struct stat& mine) const;
  Answer<void> grow(std::uint64_t end);
  Answer<void> die(Refusal refusal);

  Fd folder_;
  Fd file_;
  ViewPath path_;
  bool append_;
  std::uint64_t maxFileBytes_;
  Room* room_;
  std::uint64_t received_ = 0;
  bool touched_ = true;
  std::chrono::steady_clock::time_point opened_ = std::chrono::steady_clock::now();
  std::optional<Refusal> dead_;
};

/// What a client is shown of a file on disk: size, time, and `mode` in place of the real one.
Attributes shownAttributes(std::uint64_t size, std::int64_t modified, std::uint32_t mode);

}  // namespace sluis::gate
