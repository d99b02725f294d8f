#include "snapshot/changes.h"

#include <algorithm>
#include <functional>
#include <map>
#include <vector>

#include "base/encoding.h"
#include "snapshot/table.h"

namespace sluis::snapshot {

namespace {

// So that the rows of one pass, of both snapshots, take little beside the snapshots themselves.
constexpr std::uint32_t kPasses = 16;
constexpr std::uint32_t kKeysInPass = 1 << 28;

std::uint64_t mixed(std::uint64_t hash, std::uint64_t value) {
  hash ^= value;
  hash = (hash ^ (hash >> 30)) * 0xbf58476d1ce4e5b9;
  hash = (hash ^ (hash >> 27)) * 0x94d049bb133111eb;
  return hash ^ (hash >> 31);
}

// A snapshot or a table, as rows that can be compared with those of another.
class Side {
 public:
  Side(const Facts& facts, const std::function<BytesView(Column)>& of,
       const std::map<std::string, std::uint32_t>& providers)
      : facts_(facts) {
    child_ = words(of(Column::child));
    key_ = words(of(Column::key));
    keyYouth_ = words(of(Column::keyYouth));
    keyParent_ = words(of(Column::keyParent));
    const auto places = of(Column::provider);
    provider_ = {reinterpret_cast<const std::uint16_t*>(places.data()), facts.rows};
    const auto bytes = [&](Column column) { return reinterpret_cast<const std::uint8_t*>(of(column).data()); };
    start_ = bytes(Column::start);
    end_ = bytes(Column::end);
    for (std::size_t i = 0; i < kBytes; ++i) bytes_[i] = bytes(column(i));
    for (const auto& provider : facts.providers) places_.push_back(providers.at(provider.code));
  }

  std::size_t rows() const { return facts_.rows; }
  std::uint32_t child(std::size_t row) const { return child_[row]; }
  std::uint32_t key(std::size_t row) const { return key_[row]; }
  std::uint64_t children() const { return facts_.children; }

  std::uint64_t hash(std::size_t row) const {
    std::uint64_t first = 0;
    std::uint64_t second = 0;
    for (std::size_t i = 0; i < 8; ++i) first = first << 8 | bytes_[i][row];
    for (std::size_t i = 8; i < kBytes; ++i) second = second << 8 | bytes_[i][row];
    auto hash = mixed(0x736c756973, static_cast<std::uint64_t>(key_[row]) << 32 | keyYouth_[row]);
    hash = mixed(hash, static_cast<std::uint64_t>(keyParent_[row]) << 32 | places_[provider_[row]]);
    hash = mixed(hash, static_cast<std::uint64_t>(quarter(start_[row])) << 32 | quarter(end_[row]));
    return mixed(mixed(hash, first), second);
  }

 private:
  // form … complexity, then satisfaction … flags; start and end count from another quarter in every snapshot.
  static constexpr std::size_t kBytes = 12;
  static Column column(std::size_t i) {
    const auto first = static_cast<std::size_t>(i < 8 ? Column::form : Column::satisfaction);
    return static_cast<Column>(first + (i < 8 ? i : i - 8));
  }
  static std::span<const std::uint32_t> words(BytesView bytes) {
    return {reinterpret_cast<const std::uint32_t*>(bytes.data()), bytes.size() / sizeof(std::uint32_t)};
  }
  std::uint32_t quarter(std::uint8_t value) const {
    return value == 0 ? 0 : static_cast<std::uint32_t>(facts_.firstQuarter + value);
  }

  const Facts& facts_;
  std::span<const std::uint32_t> child_, key_, keyYouth_, keyParent_;
  std::span<const std::uint16_t> provider_;
  const std::uint8_t* start_;
  const std::uint8_t* end_;
  std::array<const std::uint8_t*, kBytes> bytes_{};
  std::vector<std::uint32_t> places_;
};

struct Entry {
  std::uint64_t hash;
  std::uint32_t child;
};

// The rows of one pass, equal ones beside each other.
void collect(std::vector<Entry>& entries, const Side& side, std::uint32_t pass) {
  entries.clear();
  for (std::size_t row = 0; row < side.rows(); ++row)
    if (side.key(row) / kKeysInPass == pass) entries.push_back({side.hash(row), side.child(row)});
  std::ranges::sort(entries, {}, &Entry::hash);
}

// Marks the child of each row that is on one side only.
void compare(const std::vector<Entry>& older, const std::vector<Entry>& newer, std::vector<bool>& vanished,
             std::vector<bool>& appeared) {
  auto there = older.begin();
  auto here = newer.begin();
  while (there != older.end() || here != newer.end()) {
    if (here == newer.end() || (there != older.end() && there->hash < here->hash)) {
      vanished[(there++)->child] = true;
    } else if (there == older.end() || here->hash < there->hash) {
      appeared[(here++)->child] = true;
    } else {
      ++there, ++here;
    }
  }
}

std::map<std::string, std::uint32_t> providersOf(const Facts& older, const Facts& newer) {
  std::map<std::string, std::uint32_t> numbers;
  for (const auto* facts : {&older, &newer})
    for (const auto& provider : facts->providers) numbers.try_emplace(provider.code, numbers.size());
  return numbers;
}

BytesView columnOf(const Snapshot& snapshot, Column column) {
  switch (widthOf(column)) {
    case 4:
      return std::as_bytes(snapshot.words(column));
    case 2:
      return std::as_bytes(snapshot.shorts(column));
    default:
      return std::as_bytes(snapshot.bytes(column));
  }
}

}  // namespace

std::uint64_t changedChildren(const Snapshot& older, const Table& newer) {
  const auto numbers = providersOf(older.facts(), newer.facts);
  const Side there(
      older.facts(), [&](Column column) { return columnOf(older, column); }, numbers);
  const Side here(
      newer.facts, [&](Column column) { return columnOf(newer, column); }, numbers);
  std::vector<bool> vanished(there.children());
  std::vector<bool> appeared(here.children());
  std::vector<Entry> before;
  std::vector<Entry> after;
  for (std::uint32_t pass = 0; pass < kPasses; ++pass) {
    collect(before, there, pass);
    collect(after, here, pass);
    compare(before, after, vanished, appeared);
  }
  const auto count = [](const std::vector<bool>& marks) {
    return static_cast<std::uint64_t>(std::count(marks.begin(), marks.end(), true));
  };
  return std::max(count(vanished), count(appeared));
}

}  // namespace sluis::snapshot
