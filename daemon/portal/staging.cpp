#include "portal/staging.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>

#include <fmt/format.h>

#include "base/error.h"
#include "base/file.h"
#include "base/log.h"
#include "base/step.h"
#include "crypto/random.h"
#include "model/provider_code.h"

namespace sluis::portal {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kBegin = ".portal-";
constexpr std::size_t kMostFiles = 4096;  // as at the gate
constexpr std::uint64_t kMeasureEvery = 16 << 20;

std::string prefixOf(const account::Session& session) {
  return fmt::format("{}{}-", kBegin, session.id);
}

}  // namespace

void sweepStaging(const fs::path& drop, Instant now, std::chrono::seconds waits) {
  std::error_code gone;
  for (const auto& provider : fs::directory_iterator(drop, gone)) {
    const std::string user = provider.path().filename().string();
    if (!ProviderCode::parse(user)) continue;
    try {
      const DropFolder folder(drop, user);
      for (const auto& entry : folder.entries(DropFolder::Place::inbox, kBegin))
        if (entry.written <= now - waits) folder.remove(entry.name);
    } catch (const Error& error) {
      log::warning("uploads of {} are not swept: {}", user, error.what());
    }
  }
}

void forgetStaged(const fs::path& drop, const account::Session& session) noexcept {
  // A municipality's code could be a provider's by its form.
  if (session.account.role != account::Role::provider) return;
  try {
    const auto provider = ProviderCode::parse(session.account.subject);
    if (!provider) return;
    const DropFolder folder(drop, provider->user());
    for (const auto& entry : folder.entries(DropFolder::Place::inbox, prefixOf(session))) folder.remove(entry.name);
  } catch (const std::exception& error) {
    log::warning("an upload that was not confirmed stays until it is swept: {}", error.what());
  }
}

StagedFile::StagedFile(std::shared_ptr<const DropFolder> folder, const account::Session& session, const Room& room)
    : folder_(std::move(folder)),
      name_(fmt::format("{}{}.part", prefixOf(session), toHex(crypto::randomSecret(16).reveal()))) {
  const DropFolder::Used used = folder_->used();
  if (used.files >= kMostFiles || used.bytes >= room.quotaBytes) throw web::Refused{413, "upload.quota"};
  quota_ = room.quotaBytes;
  quotaIsLess_ = room.quotaBytes - used.bytes < room.maxFileBytes;
  most_ = std::min(room.maxFileBytes, room.quotaBytes - used.bytes);
  try {
    file_ = folder_->create(name_);
  } catch (const Error& error) {
    log::error("{}", error.what());
    throw web::Refused{503, "upload.disk"};
  }
}

StagedFile::~StagedFile() {
  if (isMine_) folder_->remove(name_);
}

void StagedFile::write(BytesView bytes) {
  if (bytes.size() > most_ - size_) throw web::Refused{413, quotaIsLess_ ? "upload.quota" : "upload.too-large"};
  try {
    writeAll(file_.get(), bytes, "an upload");
  } catch (const Error& error) {
    log::error("{}", error.what());
    throw web::Refused{503, "upload.disk"};
  }
  taking_.update(bytes);
  size_ += bytes.size();
  measured_ += bytes.size();
  if (measured_ >= kMeasureEvery) requireRoom();
  passed("portal.written");
}

// Of several at once each began while there was room.
void StagedFile::requireRoom() {
  measured_ = 0;
  if (folder_->used().bytes > quota_) throw web::Refused{413, "upload.quota"};
}

void StagedFile::finish() {
  requireRoom();
  if (::fsync(file_.get()) != 0) {
    log::error("an upload could not be written to disk");
    throw web::Refused{503, "upload.disk"};
  }
  file_ = Fd();
  digests_ = taking_.finish();
}

bool StagedFile::moveTo(DropFolder::Place place, const std::string& name) {
  if (!folder_->rename(name_, place, name)) return false;
  isMine_ = false;
  return true;
}

void StagedFile::takeBack(DropFolder::Place place, const std::string& name) noexcept {
  isMine_ = folder_->takeBack(place, name, name_);
}

}  // namespace sluis::portal
