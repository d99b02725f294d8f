#include "publication/store.h"

#include <algorithm>
#include <charconv>
#include <set>
#include <system_error>

#include <fmt/format.h>

#include "base/error.h"
#include "base/file.h"

namespace sluis::publication {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kDigits = 6;
constexpr const char* kLooked = "looked-at";

std::vector<std::string> inOrder(std::set<std::pair<std::int64_t, std::string>> found) {
  std::vector<std::string> ids;
  for (const auto& each : found) ids.push_back(each.second);
  return ids;
}

}  // namespace

Store::Store(const fs::path& folder, const std::string& domain) : folder_(folder / domain), domain_(domain) {
  std::error_code error;
  fs::create_directories(folder_, error);
  if (error) throw Error(ErrorKind::disk, fmt::format("cannot make {}: {}", folder_.string(), error.message()));
}

fs::path Store::file(std::string_view id, std::string_view ending) const {
  return folder_ / (std::string(id) + std::string(ending));
}

std::string Store::idOf(const std::string& domain, std::int64_t number) {
  return fmt::format("{}-{:0{}}", domain, number, kDigits);
}

std::int64_t Store::numberOf(std::string_view id) const {
  if (id.size() < domain_.size() + 1 + kDigits || id.substr(0, domain_.size()) != domain_ || id[domain_.size()] != '-')
    return 0;
  const std::string_view digits = id.substr(domain_.size() + 1);
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return error == std::errc() && end == digits.data() + digits.size() && number > 0 ? number : 0;
}

std::vector<std::string> Store::published() const {
  std::set<std::pair<std::int64_t, std::string>> found;
  for (const auto& entry : fs::directory_iterator(folder_)) {
    const std::string id = entry.path().stem().string();
    if (entry.path().extension() == ".snapshot" && numberOf(id) > 0) found.emplace(numberOf(id), id);
  }
  return inOrder(std::move(found));
}

std::vector<std::string> Store::all() const {
  std::set<std::pair<std::int64_t, std::string>> found;
  for (const auto& entry : fs::directory_iterator(folder_)) {
    const std::string id = entry.path().stem().string();
    if (numberOf(id) > 0) found.emplace(numberOf(id), id);
  }
  return inOrder(std::move(found));
}

void Store::publish(std::string_view id) const {
  renameDurably(building(id), snapshot(id));
}

void Store::remove(std::string_view id) const {
  std::error_code error;
  for (const fs::path& each : {snapshot(id), building(id), withheld(id)}) {
    fs::remove(each, error);
    if (error) throw Error(ErrorKind::disk, fmt::format("cannot remove {}: {}", each.string(), error.message()));
  }
  syncFolder(folder_);
}

std::string Store::lookedAt() const {
  std::error_code ignored;
  const fs::path file = folder_ / kLooked;
  return fs::exists(file, ignored) ? readFile(file, 256) : std::string();
}

void Store::setLookedAt(const std::string& state) const {
  writeFileDurably(folder_ / kLooked, state);
}

}  // namespace sluis::publication
