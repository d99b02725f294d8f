// What sluisd has taken out of inbox/ in the last seven days: the records in <drop>/<user>/.taken/.
//
// A record is a file of the taken file's name with the line "<size> <mtime>"; its own time of change is when it was
// taken. The gate only reads. A record that does not parse or cannot be opened is as if it were not there.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluis::gate {

struct TakenFile {
  std::string name;
  std::uint64_t size = 0;
  /// As the file had it, in seconds since 1970.
  std::int64_t modified = 0;
};

/// "<size> <mtime>\n"; nullopt for anything else.
std::optional<TakenFile> parseTakenRecord(std::string name, std::string_view text);

/// One record, if it is not older than seven days. `provider` is the provider's folder.
std::optional<TakenFile> takenFile(int provider, const std::string& name);

/// All of them, in no order, at most `most`.
std::vector<TakenFile> takenFiles(int provider, std::size_t most);

}  // namespace sluis::gate
