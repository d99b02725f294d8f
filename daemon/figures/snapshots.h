// The snapshots in service: which there are, the newest of each domain, an older one by its id.
//
// Looks at the folder where sluis-snapshot puts them, whenever something was changed in it: a new one is in force with
// the next question, an erased one is gone with it. A snapshot is used only when it is whole (every column is checked
// before it is), of that domain and of that id; a damaged one is logged, and the one before it stays in force. Never
// writes. Safe for many threads.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/guarded.h"
#include "base/time.h"
#include "protect/engine.h"

namespace sluis::figures {

/// Exactly one, in the shape that protect::answer() takes, so that a question copies nothing. Stays usable for who
/// holds it.
using InService = std::shared_ptr<const std::vector<protect::Published>>;

class Snapshots {
 public:
  /// `folder` holds <domain>/<id>.snapshot and .withheld; it may be missing still.
  explicit Snapshots(std::filesystem::path folder) : folder_(std::move(folder)) {}

  /// Domains with a usable snapshot, in order of code.
  std::vector<std::string> domains();
  /// nullptr when the domain has none.
  InService newest(const std::string& domain);
  /// Error (usage) when there is none with that id (any more), naming those there are; Error (disk) when it is damaged.
  InService find(const std::string& id);
  /// When the one with that id was made; nullopt when there is none, or it cannot be read.
  std::optional<Instant> made(const std::string& id);
  /// Ids of the domain, oldest first, damaged ones included.
  std::vector<std::string> ids(const std::string& domain);

 private:
  struct Domain {
    std::filesystem::file_time_type changed{};
    bool settled = false;  ///< nothing can have happened since in the same tick of the clock
    std::vector<std::string> ids;
    std::map<std::string, InService> open;
    std::map<std::string, std::filesystem::file_time_type> damaged;  ///< told of, by the file that was
    std::map<std::string, Instant> made;                             ///< of those that were asked for
    InService newest;
  };
  void look(const std::string& domain, Domain& state) const;
  InService open(const std::string& domain, const std::string& id, Domain& state) const;
  template <typename Use>
  auto with(const std::string& domain, Use&& use);

  std::filesystem::path folder_;
  Guarded<std::map<std::string, Domain>> domains_;
};

}  // namespace sluis::figures
