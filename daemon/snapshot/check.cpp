#include "snapshot/check.h"

#include <algorithm>

#include <fmt/format.h>

#include "snapshot/header.h"

namespace sluis::snapshot {

namespace {

constexpr unsigned kMostCode = 99;  // codes are of at most two digits
constexpr unsigned kBestMark = 10;
constexpr unsigned kBestScore = 4;

template <typename T>
std::span<const T> as(BytesView bytes) {
  return {reinterpret_cast<const T*>(bytes.data()), bytes.size() / sizeof(T)};
}

// Loops without a branch for each row: a snapshot of millions is checked before its first figure is shown.

bool isAscendingFromZero(std::span<const std::uint32_t> child, std::uint64_t children) {
  if (child.empty()) return true;
  bool right = child.front() == 0 && child.back() == children - 1;
  for (std::size_t i = 1; i < child.size(); ++i) right &= child[i] - child[i - 1] <= 1;
  return right;
}

template <typename T>
bool isAtMost(std::span<const T> values, std::uint64_t most) {
  T highest = 0;
  for (const T value : values) highest = std::max(highest, value);
  return values.empty() || highest <= most;
}

bool areScores(std::span<const std::uint8_t> values, unsigned most) {
  unsigned youth = 0;
  unsigned parent = 0;
  for (const unsigned value : values) {
    youth = std::max(youth, value & 15);
    parent = std::max(parent, value >> 4);
  }
  return youth <= most && parent <= most;
}

bool neverZero(std::span<const std::uint8_t> values) {
  bool right = true;
  for (const auto value : values) right &= value != 0;
  return right;
}

bool endAfterTheyStart(std::span<const std::uint8_t> start, std::span<const std::uint8_t> end) {
  bool right = true;
  for (std::size_t i = 0; i < end.size(); ++i) right &= end[i] == 0 || end[i] >= start[i];
  return right;
}

bool areFlags(std::span<const std::uint8_t> flags, std::span<const std::uint8_t> end) {
  bool right = true;
  for (std::size_t i = 0; i < flags.size(); ++i) {
    const bool ended = (flags[i] & kEndedBeforeWindow) != 0;
    right &= flags[i] <= (kEndedBeforeWindow | kRenewed) && (!ended || end[i] != 0) && (flags[i] != kRenewed);
  }
  return right;
}

}  // namespace

std::string problemIn(Column column, const Facts& facts, const Columns& columns) {
  const auto bytes = [&](Column which) { return as<std::uint8_t>(columns(which)); };
  const auto quarters = static_cast<unsigned>(facts.lastQuarter - facts.firstQuarter + 1);
  switch (column) {
    case Column::child:
      return isAscendingFromZero(as<std::uint32_t>(columns(column)), facts.children)
                 ? ""
                 : "children are not numbered one after another";
    case Column::key:
    case Column::keyYouth:
    case Column::keyParent:
      return {};  // every value is a key
    case Column::provider: {
      const auto values = as<std::uint16_t>(columns(column));
      const bool right = values.empty() || (!facts.providers.empty() && isAtMost(values, facts.providers.size() - 1));
      return right ? "" : "a provider is not one of its list";
    }
    case Column::start:
      return isAtMost(bytes(column), quarters) && neverZero(bytes(column)) ? "" : "a start lies outside its quarters";
    case Column::end:
      return isAtMost(bytes(column), quarters) && endAfterTheyStart(bytes(Column::start), bytes(column))
                 ? ""
                 : "an end lies outside its quarters or before its start";
    case Column::satisfaction:
      return areScores(bytes(column), kBestMark) ? "" : fmt::format("a mark is above {}", kBestMark);
    case Column::goOn:
    case Column::goals:
      return areScores(bytes(column), kBestScore) ? "" : fmt::format("a score is above {}", kBestScore);
    case Column::flags:
      return areFlags(bytes(column), bytes(Column::end)) ? "" : "its flags contradict each other or the ends";
    default:
      return isAtMost(bytes(column), kMostCode) ? "" : fmt::format("a code is above {}", kMostCode);
  }
}

}  // namespace sluis::snapshot
