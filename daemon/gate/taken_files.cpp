#include "gate/taken_files.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <ctime>

#include "base/beneath.h"
#include "gate/view_path.h"

namespace sluis::gate {

namespace {

constexpr const char* kFolder = ".taken";
constexpr std::time_t kKept = 7L * 24 * 3600;

template <typename Number>
bool takeNumber(std::string_view& text, char end, Number& value) {
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || stop == text.data() + text.size() || *stop != end || value < 0) return false;
  text.remove_prefix(static_cast<std::size_t>(stop - text.data()) + 1);
  return true;
}

std::optional<TakenFile> read(int folder, const std::string& name) {
  const auto status = regularFile(folder, name);
  if (!status || status->st_mtime < std::time(nullptr) - kKept) return std::nullopt;
  const Fd fd = openBeneath(folder, name, O_RDONLY);
  if (!fd) return std::nullopt;
  std::array<char, 64> buffer;
  const ssize_t length = ::read(fd.get(), buffer.data(), buffer.size());
  if (length <= 0) return std::nullopt;
  return parseTakenRecord(name, {buffer.data(), static_cast<std::size_t>(length)});
}

}  // namespace

std::optional<TakenFile> parseTakenRecord(std::string name, std::string_view text) {
  std::int64_t size = 0;
  std::int64_t modified = 0;
  if (!takeNumber(text, ' ', size) || !takeNumber(text, '\n', modified) || !text.empty()) return std::nullopt;
  return TakenFile{std::move(name), static_cast<std::uint64_t>(size), modified};
}

std::optional<TakenFile> takenFile(int provider, const std::string& name) {
  const Fd folder = openFolderBeneath(provider, kFolder);
  if (!folder) return std::nullopt;
  return read(folder.get(), name);
}

std::vector<TakenFile> takenFiles(int provider, std::size_t most) {
  std::vector<TakenFile> files;
  const Fd folder = openFolderBeneath(provider, kFolder);
  if (!folder) return files;
  for (const std::string& name : namesIn(folder.get(), most)) {
    if (!isUploadNameAllowed(name)) continue;
    if (auto file = read(folder.get(), name)) files.push_back(std::move(*file));
  }
  return files;
}

}  // namespace sluis::gate
