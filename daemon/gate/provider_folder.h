// One provider's view (CONTRACT §3) on its folder on disk: what may be listed, written, read, renamed and removed.
//
// Never leaves the folder: names are single, and the kernel is told to follow nothing. Uploads are never readable. What
// sluisd has taken is still listed for seven days but cannot be touched. All refusals are values.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/fd.h"
#include "gate/refusal.h"
#include "gate/upload.h"
#include "gate/view_path.h"

namespace sluis::gate {

struct Limits {
  std::uint64_t maxFileBytes = 0;
  std::uint64_t quotaBytes = 0;
};

class ProviderFolder {
 public:
  /// `folder` is an open descriptor of <drop>/<user>.
  ProviderFolder(Fd folder, const Limits& limits)
      : folder_(std::move(folder)), limits_(limits), room_(folder_.get(), limits.quotaBytes) {}
  ProviderFolder(const ProviderFolder&) = delete;
  ProviderFolder& operator=(const ProviderFolder&) = delete;

  Answer<Attributes> attributes(const ViewPath& path) const;
  Answer<std::vector<NamedAttributes>> list(const ViewPath& path) const;

  /// `flags` as in an SFTP open, with kOpenWrite. What is opened can be written only, even with kOpenRead.
  Answer<Upload> openUpload(const ViewPath& path, std::uint32_t flags);
  /// A file of outbox/ or STATUS.txt.
  Answer<Fd> openDownload(const ViewPath& path) const;

  Answer<void> remove(const ViewPath& path);
  /// Within one folder. An existing file is replaced only if `replace`.
  Answer<void> rename(const ViewPath& from, const ViewPath& to, bool replace);
  Answer<void> truncate(const ViewPath& path, std::uint64_t size);

  /// What was sent in this session keeps answering to stat, even when sluisd was faster.
  void remember(const ViewPath& path, const Attributes& attributes);
  /// The same for an upload that came to nothing: stat tells why (paramiko shows no other answer).
  void rememberRefused(const ViewPath& path, const Refusal& why);

 private:
  Answer<Fd> openPlace(Place place) const;
  Answer<Attributes> fileAttributes(const ViewPath& path) const;
  Answer<void> mustBeOwnFile(const ViewPath& path, int folder, std::string_view doing) const;

  Fd folder_;
  Limits limits_;
  Room room_;
  std::map<std::string, Answer<Attributes>> sent_;
};

}  // namespace sluis::gate
