// The roster directory, read afresh at each question: what sluisd has written a moment ago counts at once.
#pragma once

#include <filesystem>
#include <optional>
#include <string_view>

#include "model/roster.h"

namespace sluis::gate {

class RosterFolder {
 public:
  explicit RosterFolder(std::filesystem::path folder) : folder_(std::move(folder)) {}

  /// nullopt when nobody of that name may exist, or the file is unreadable or malformed (which is logged).
  std::optional<RosterEntry> find(std::string_view user) const;

 private:
  std::filesystem::path folder_;
};

}  // namespace sluis::gate
