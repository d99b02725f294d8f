// Snapshots to try with, made from a seed and nothing else: children with some trajectories each, over providers, forms
// and quarters as uneven as real ones, with answers that differ by form and provider. The same everywhere.
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "snapshot/snapshot.h"

namespace sluis::test {

struct Synthetic {
  /// Ends with whichever is reached first; 0 = not asked.
  std::uint64_t children = 0;
  std::uint64_t rows = 0;
  std::uint64_t seed = 1;
  std::string domain = "GM0034";
  unsigned number = 1;  ///< of the id: "GM0034-000001"
  unsigned providers = 40;
  std::int32_t firstQuarter = 2019 * 4;  ///< 2019Q1
  std::int32_t quarters = 31;            ///< up to 2026Q3
};

namespace synthetic {

class Random {  // splitmix64
 public:
  explicit Random(std::uint64_t seed) : state_(seed * 0x9e3779b97f4a7c15 + 1) {}
  std::uint64_t next() {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }
  std::uint32_t key() { return static_cast<std::uint32_t>(next() >> 32); }
  /// 0 to count-1.
  std::uint32_t below(std::uint32_t count) {
    return static_cast<std::uint32_t>((static_cast<std::uint64_t>(key()) * count) >> 32);
  }
  bool chance(unsigned percent) { return below(100) < percent; }
  /// One of `values`, by `weights`.
  template <std::size_t N>
  std::uint8_t pick(const std::array<std::uint8_t, N>& values, const std::array<std::uint16_t, N>& weights) {
    std::uint32_t sum = 0;
    for (const auto weight : weights) sum += weight;
    auto left = below(sum);
    for (std::size_t i = 0; i < N; ++i) {
      if (left < weights[i]) return values[i];
      left -= weights[i];
    }
    return values[0];
  }

 private:
  std::uint64_t state_;
};

struct Row {
  std::uint32_t key, keyYouth, keyParent;
  std::uint16_t provider;
  std::uint8_t form, referrer, reason, profile, productCategory, perspective, severity, complexity;
  std::uint8_t start, end, satisfaction, goOn, goals, flags;
};

inline std::uint8_t mark(Random& random, const Row& row) {
  const int about = 6 + row.form % 3 + (row.provider % 5 == 0 ? 1 : 0);
  const int mark = about - 4 + static_cast<int>(random.below(4) + random.below(4) + random.below(2));
  return static_cast<std::uint8_t>(std::clamp(mark, 1, 10));
}

inline Row makeRow(Random& random, const Synthetic& wanted, std::uint32_t home) {
  using Codes = std::array<std::uint8_t, 8>;
  using Weights = std::array<std::uint16_t, 8>;
  Row row{};
  row.key = random.key();
  // Most go to few providers; a child mostly stays with one.
  const auto square = static_cast<std::uint64_t>(home) * home / wanted.providers;
  row.provider =
      static_cast<std::uint16_t>(random.chance(70) ? square : random.below(wanted.providers) * home / wanted.providers);
  row.form = random.pick(Codes{1, 2, 3, 4, 11, 12, 13, 14}, Weights{180, 520, 60, 140, 45, 25, 5, 25});
  row.referrer = random.pick(Codes{1, 2, 3, 4, 5, 6, 7, 8}, Weights{300, 420, 70, 100, 60, 20, 5, 25});
  row.perspective = random.chance(60) ? random.pick(std::array<std::uint8_t, 3>{2, 3, 4}, {20, 45, 35}) : 0;
  row.productCategory =
      random.chance(80)
          ? random.pick(std::array<std::uint8_t, 16>{40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55},
                        {5, 5, 8, 12, 10, 25, 4, 3, 3, 4, 6, 3, 2, 2, 18, 2})
          : 0;
  row.profile = random.chance(70) ? static_cast<std::uint8_t>(1 + random.below(11)) : 0;
  row.severity = random.chance(50) ? static_cast<std::uint8_t>(1 + random.below(4)) : 0;
  row.complexity = random.chance(50) ? static_cast<std::uint8_t>(1 + random.below(3)) : 0;
  const auto quarters = static_cast<std::uint32_t>(wanted.quarters);
  const auto start = 1 + random.below(quarters);
  const auto end = start + random.below(4) + random.below(3);
  row.start = static_cast<std::uint8_t>(start);
  if (end <= quarters) {
    row.end = static_cast<std::uint8_t>(end);
    row.reason = random.pick(std::array<std::uint8_t, 5>{1, 2, 3, 4, 5}, {70, 12, 10, 3, 5});
    if (random.chance(1)) row.reason = 0;
  }
  if (row.end != 0) {
    const auto measure = [&](std::uint32_t& key, int shift) {
      key = random.key();
      if (random.chance(95)) row.satisfaction |= static_cast<std::uint8_t>(mark(random, row) << shift);
      if (random.chance(85))
        row.goOn |=
            static_cast<std::uint8_t>(random.pick(std::array<std::uint8_t, 4>{1, 2, 3, 4}, {8, 22, 45, 25}) << shift);
      row.goals |=
          static_cast<std::uint8_t>(random.pick(std::array<std::uint8_t, 4>{1, 2, 3, 4}, {40, 38, 17, 5}) << shift);
    };
    if (random.chance(45)) measure(row.keyYouth, 0);
    if (random.chance(35)) measure(row.keyParent, 4);
  }
  return row;
}

}  // namespace synthetic

/// Right in itself, ready to be written. Facts::table is left empty.
inline snapshot::Table syntheticTable(const Synthetic& wanted) {
  using namespace std::chrono_literals;
  synthetic::Random random(wanted.seed);
  snapshot::Table table;
  auto& facts = table.facts;
  facts.domain = wanted.domain;
  facts.id = fmt::format("{}-{:06}", wanted.domain, wanted.number);
  facts.made = std::chrono::sys_days(2026y / 11 / 22) + 1h;
  facts.firstQuarter = wanted.firstQuarter;
  facts.lastQuarter = wanted.firstQuarter + wanted.quarters - 1;
  facts.ruleSet = "jeugdhulp 5.1; sluis test";
  for (unsigned i = 0; i < wanted.providers; ++i)
    facts.providers.push_back({fmt::format("P{:04}", i + 1), fmt::format("Aanbieder {}", i + 1)});

  const auto enough = [&] {
    return (wanted.children != 0 && facts.children >= wanted.children) ||
           (wanted.rows != 0 && facts.rows >= wanted.rows) || (wanted.children == 0 && wanted.rows == 0);
  };
  const auto each = [&](auto&& of) {
    of(table.child), of(table.key), of(table.keyYouth), of(table.keyParent), of(table.provider), of(table.form);
    of(table.referrer), of(table.reason), of(table.profile), of(table.productCategory), of(table.perspective);
    of(table.severity), of(table.complexity), of(table.start), of(table.end), of(table.satisfaction), of(table.goOn);
    of(table.goals), of(table.flags);
  };
  each([&](auto& column) { column.reserve(wanted.rows != 0 ? wanted.rows : wanted.children * 2); });

  std::vector<synthetic::Row> rows;
  while (!enough()) {
    rows.clear();
    const auto home = random.below(wanted.providers);
    do {
      rows.push_back(synthetic::makeRow(random, wanted, home));
    } while (rows.size() < 12 && random.chance(38) && (wanted.rows == 0 || facts.rows + rows.size() < wanted.rows));
    for (auto& row : rows) {
      if (row.end == 0 || row.end + 4 >= wanted.quarters) continue;
      row.flags = snapshot::kEndedBeforeWindow;
      if (std::ranges::any_of(rows,
                              [&](const auto& later) { return later.start > row.end && later.start <= row.end + 4; }))
        row.flags |= snapshot::kRenewed;
    }
    for (const auto& row : rows) {
      table.child.push_back(static_cast<std::uint32_t>(facts.children));
      table.key.push_back(row.key);
      table.keyYouth.push_back(row.keyYouth);
      table.keyParent.push_back(row.keyParent);
      table.provider.push_back(row.provider);
      table.form.push_back(row.form);
      table.referrer.push_back(row.referrer);
      table.reason.push_back(row.reason);
      table.profile.push_back(row.profile);
      table.productCategory.push_back(row.productCategory);
      table.perspective.push_back(row.perspective);
      table.severity.push_back(row.severity);
      table.complexity.push_back(row.complexity);
      table.start.push_back(row.start);
      table.end.push_back(row.end);
      table.satisfaction.push_back(row.satisfaction);
      table.goOn.push_back(row.goOn);
      table.goals.push_back(row.goals);
      table.flags.push_back(row.flags);
    }
    ++facts.children;
    facts.rows += rows.size();
  }
  return table;
}

}  // namespace sluis::test
