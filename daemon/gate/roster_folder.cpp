#include "gate/roster_folder.h"

#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "base/log.h"

namespace sluis::gate {

namespace {

constexpr std::size_t kMostBytes = 2 << 20;

}  // namespace

std::optional<RosterEntry> RosterFolder::find(std::string_view user) const {
  if (!isRosterUser(user)) return std::nullopt;
  const auto file = folder_ / rosterFileName(user);
  if (::access(file.c_str(), F_OK) != 0) return std::nullopt;
  try {
    auto entry = parseRoster(readFile(file, kMostBytes));
    if (entry && entry->user == user) return std::move(*entry);
    log::error("{} lets nobody in: {}", file.string(), entry ? "it names another user" : entry.error());
  } catch (const Error& error) {
    log::error("{}", error.what());
  }
  return std::nullopt;
}

}  // namespace sluis::gate
