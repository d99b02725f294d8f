// Uploads that wait for a person's yes: written into the provider's own inbox/ as an upload in progress, under a name
// that intake leaves alone (".portal-<session>-<random>.part"), with length and digests taken on the way.
//
// What is not confirmed goes: after an hour, when its session signs out, when the portal starts, when its bytes stop
// half-way. Nothing of what a file is called or holds is ever in a message.
#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <string>

#include "account/session.h"
#include "base/fd.h"
#include "base/time.h"
#include "crypto/digest.h"
#include "portal/drop_folder.h"
#include "web/message.h"

namespace sluis::portal {

inline constexpr auto kUploadWaits = std::chrono::hours(1);

/// Removes what was last written to at or before `now` - `waits`, in every provider's inbox/. What cannot be removed is
/// logged.
void sweepStaging(const std::filesystem::path& drop, Instant now, std::chrono::seconds waits = kUploadWaits);
/// Removes what this session has not confirmed: for signing out.
void forgetStaged(const std::filesystem::path& drop, const account::Session& session) noexcept;

/// How many bytes one more upload may have: throws Refused (413) past them.
struct Room {
  std::uint64_t maxFileBytes = 0;
  std::uint64_t quotaBytes = 0;
};

/// A file in inbox/ that is being written, or was; removed with the object unless kept.
class StagedFile {
 public:
  /// Refused (413 "upload.quota", 503 "upload.disk") when there is no room even to begin.
  StagedFile(std::shared_ptr<const DropFolder> folder, const account::Session& session, const Room& room);
  ~StagedFile();
  StagedFile(const StagedFile&) = delete;
  StagedFile& operator=(const StagedFile&) = delete;

  /// Refused: 413 "upload.too-large" or "upload.quota", 503 "upload.disk" when the disk is full or fails.
  void write(BytesView bytes);
  /// All of it has come, and survives a power cut. Refused (413 "upload.quota") when others filled the room meanwhile.
  void finish();

  std::uint64_t size() const { return size_; }
  const crypto::Digests& digests() const { return digests_; }
  const DropFolder& folder() const { return *folder_; }
  /// To its final name; false when there is something of that name. The object then removes nothing any more.
  bool moveTo(DropFolder::Place place, const std::string& name);
  /// Back from there, when what belongs to it could not be placed.
  void takeBack(DropFolder::Place place, const std::string& name) noexcept;

 private:
  void requireRoom();

  std::shared_ptr<const DropFolder> folder_;
  std::string name_;
  Fd file_;
  std::uint64_t most_ = 0;
  std::uint64_t quota_ = 0;
  std::uint64_t measured_ = 0;
  bool quotaIsLess_ = false;
  std::uint64_t size_ = 0;
  crypto::MultiDigest taking_;
  crypto::Digests digests_;
  bool isMine_ = true;
};

}  // namespace sluis::portal
