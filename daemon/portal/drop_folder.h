// A provider's drop folder as the portal sees it: writes uploads in progress, gives them their final names, and reads
// what stands in outbox/.
//
// Names are single and the kernel follows nothing (openat2): neither a link nor a mount in a folder that a provider can
// write to leads away from it. Nothing is ever overwritten. Files are group-writable, as the gate makes them, so that
// sluisd can take them over and their owner remove them over SFTP. Errors (system) name no file of a provider.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/encoding.h"
#include "base/fd.h"
#include "base/time.h"

namespace sluis::portal {

class DropFolder {
 public:
  enum class Place : std::uint8_t { inbox, test, outbox };

  /// <drop>/<user>. Error (system) when it is not there yet: sluisd lays it out.
  DropFolder(const std::filesystem::path& drop, std::string_view user);

  /// A new file in inbox/, locked as being written. Error (system) when it cannot be made.
  Fd create(const std::string& name) const;
  void remove(const std::string& name) const noexcept;  ///< in inbox/
  /// From inbox/ to inbox/ or test/; false when there is something of that name already.
  bool rename(const std::string& from, Place to, const std::string& name) const;
  /// The other way round; false when it is not there any more.
  bool takeBack(Place from, const std::string& name, const std::string& to) const noexcept;
  bool has(Place place, const std::string& name) const;
  /// Makes renames survive a power cut.
  void sync(Place place) const;

  struct Used {
    std::uint64_t bytes = 0;
    std::size_t files = 0;
  };
  /// What inbox/ and test/ hold together, which the quota is about.
  Used used() const;

  struct Entry {
    std::string name{};
    Instant written{};
  };
  /// Regular files of that place whose names begin with `prefix`, at most kMostListed.
  std::vector<Entry> entries(Place place, std::string_view prefix) const;
  static constexpr std::size_t kMostListed = 1000;
  /// A regular file of outbox/; nullopt when there is none of that name, or it is larger than `most`.
  std::optional<std::string> read(const std::string& name, std::size_t most) const;

 private:
  int of(Place place) const {
    return place == Place::inbox ? inbox_.get() : place == Place::test ? test_.get() : outbox_.get();
  }

  Fd inbox_;
  Fd test_;
  Fd outbox_;
};

}  // namespace sluis::portal
