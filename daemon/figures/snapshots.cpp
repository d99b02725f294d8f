#include "figures/snapshots.h"

#include <algorithm>
#include <chrono>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/error.h"
#include "base/log.h"

namespace sluis::figures {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kDomainLength = 6;  // "GM0034"
constexpr auto kTick = std::chrono::seconds(1);

bool isDomain(const std::string& name) {
  return name.size() == kDomainLength && name.starts_with("GM") &&
         std::all_of(name.begin() + 2, name.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool isIdOf(const std::string& id, const std::string& domain) {
  return id.size() >= kDomainLength + 7 && id.starts_with(domain + "-") &&
         std::all_of(id.begin() + kDomainLength + 1, id.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// By number: a longer one is a larger one.
bool isOlder(const std::string& a, const std::string& b) {
  return a.size() != b.size() ? a.size() < b.size() : a < b;
}

std::vector<std::string> idsIn(const fs::path& folder, const std::string& domain) {
  std::vector<std::string> ids;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    const fs::path& file = entry->path();
    const std::string id = file.stem().string();
    // What is withheld is written first: with the snapshot there, both are.
    if (file.extension() == ".snapshot" && isIdOf(id, domain)) ids.push_back(id);
  }
  std::sort(ids.begin(), ids.end(), isOlder);
  return ids;
}

}  // namespace

template <typename Use>
auto Snapshots::with(const std::string& domain, Use&& use) {
  return domains_.with([&](auto& domains) {
    Domain& state = domains[domain];
    look(domain, state);
    return use(state);
  });
}

InService Snapshots::open(const std::string& domain, const std::string& id, Domain& state) const {
  if (const auto found = state.open.find(id); found != state.open.end()) return found->second;
  auto published = protect::Published::open(folder_ / domain / (id + ".snapshot"), domain);
  if (published.snapshot->facts().id != id)
    throw Error(ErrorKind::disk, fmt::format("the snapshot {} says that it is another one", id));
  published.snapshot->verify();
  auto one = std::make_shared<const std::vector<protect::Published>>(1, std::move(published));
  state.open.emplace(id, one);
  return one;
}

void Snapshots::look(const std::string& domain, Domain& state) const {
  const fs::path folder = folder_ / domain;
  std::error_code error;
  const auto changed = fs::last_write_time(folder, error);
  if (error) {
    state = {};
    return;
  }
  if (state.settled && changed == state.changed) return;
  state.changed = changed;
  state.settled = fs::file_time_type::clock::now() - changed > kTick;
  state.ids = idsIn(folder, domain);
  const auto isGone = [&](const std::string& id) {
    return !std::binary_search(state.ids.begin(), state.ids.end(), id, isOlder);
  };
  std::erase_if(state.open, [&](const auto& each) { return isGone(each.first); });
  std::erase_if(state.made, [&](const auto& each) { return isGone(each.first); });
  std::erase_if(state.damaged, [&](const auto& each) { return isGone(each.first); });
  const InService before = std::exchange(state.newest, nullptr);
  for (auto id = state.ids.rbegin(); id != state.ids.rend() && !state.newest; ++id) {
    const auto written = fs::last_write_time(folder / (*id + ".snapshot"), error);
    if (const auto known = state.damaged.find(*id); known != state.damaged.end() && known->second == written) continue;
    try {
      state.newest = open(domain, *id, state);
      if (state.newest != before) log::notice("in service: snapshot {}", *id);
    } catch (const Error& unusable) {
      state.damaged.insert_or_assign(*id, written);
      log::error("snapshot {} is not used: {}", *id, unusable.what());
    }
  }
}

std::vector<std::string> Snapshots::domains() {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator entry(folder_, error), end; !error && entry != end; entry.increment(error))
    if (const std::string name = entry->path().filename().string(); isDomain(name)) names.push_back(name);
  std::sort(names.begin(), names.end());
  std::erase_if(names, [&](const std::string& name) { return newest(name) == nullptr; });
  return names;
}

InService Snapshots::newest(const std::string& domain) {
  return isDomain(domain) ? with(domain, [](Domain& state) { return state.newest; }) : nullptr;
}

std::vector<std::string> Snapshots::ids(const std::string& domain) {
  if (!isDomain(domain)) return {};
  return with(domain, [](Domain& state) { return state.ids; });
}

std::optional<Instant> Snapshots::made(const std::string& id) {
  const std::string domain = id.substr(0, kDomainLength);
  if (!isDomain(domain) || !isIdOf(id, domain)) return std::nullopt;
  return with(domain, [&](Domain& state) -> std::optional<Instant> {
    if (const auto known = state.made.find(id); known != state.made.end()) return known->second;
    if (!std::binary_search(state.ids.begin(), state.ids.end(), id, isOlder)) return std::nullopt;
    try {
      // Its header alone: the columns are looked at when somebody asks for its figures.
      const auto opened = snapshot::Snapshot::open(folder_ / domain / (id + ".snapshot"), domain);
      return state.made.emplace(id, opened->facts().made).first->second;
    } catch (const Error&) {
      return std::nullopt;
    }
  });
}

InService Snapshots::find(const std::string& id) {
  const std::string domain = id.substr(0, kDomainLength);
  if (!isDomain(domain) || !isIdOf(id, domain))
    throw Error(ErrorKind::usage, "that is no snapshot; write its id as GM0034-000012");
  return with(domain, [&](Domain& state) -> InService {
    const auto& ids = state.ids;
    if (ids.empty()) throw Error(ErrorKind::usage, fmt::format("there is no snapshot of {}", domain));
    if (!std::binary_search(ids.begin(), ids.end(), id, isOlder))
      throw Error(ErrorKind::usage, fmt::format("there is no snapshot {}{}; possible are: {}", id,
                                                isOlder(id, ids.back()) ? ": it was erased, or never published" : "",
                                                fmt::join(ids, ", ")));
    return open(domain, id, state);
  });
}

}  // namespace sluis::figures
