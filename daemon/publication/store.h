// Where a domain's snapshots lie on disk: <folder>/<domain>/<id>.snapshot, and beside it <id>.withheld.
//
// A snapshot is published when its .snapshot has its name. Until then it is <id>.building; .withheld comes before. What
// a crash left is told apart by name alone. Reads no snapshot. Fails with Error (disk).
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace sluis::publication {

class Store {
 public:
  /// Makes the folder when it is not there; who serves figures may read it by its group.
  Store(const std::filesystem::path& folder, const std::string& domain);

  std::filesystem::path building(std::string_view id) const { return file(id, ".building"); }
  std::filesystem::path snapshot(std::string_view id) const { return file(id, ".snapshot"); }
  std::filesystem::path withheld(std::string_view id) const { return file(id, ".withheld"); }

  /// Ids of published ones, oldest first.
  std::vector<std::string> published() const;
  /// Ids of which there is any file, oldest first.
  std::vector<std::string> all() const;

  /// From .building to .snapshot, durably.
  void publish(std::string_view id) const;
  /// All files of that id; nothing happens when there is none. The snapshot goes first.
  void remove(std::string_view id) const;

  /// Which state of the records was looked at last, so that the same is not looked at twice; "" = none.
  std::string lookedAt() const;
  void setLookedAt(const std::string& state) const;

  /// "GM0034-000012".
  static std::string idOf(const std::string& domain, std::int64_t number);
  /// 12; 0 when it is no id of this domain.
  std::int64_t numberOf(std::string_view id) const;

 private:
  std::filesystem::path file(std::string_view id, std::string_view ending) const;

  std::filesystem::path folder_;
  std::string domain_;
};

}  // namespace sluis::publication
