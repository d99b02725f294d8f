// The lattice against the plainest count there is, and against what the engine publishes of the same cells.
#include "protect/lattice.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "protect/attack_cells.h"
#include "protect/engine.h"
#include "support/synthetic_table.h"
#include "tables.h"

namespace sluis::protect {
namespace {

using report::Dimension;
using report::Indicator;

const snapshot::Table& synthetic() {
  static const snapshot::Table table = sluis::test::syntheticTable({.children = 700, .providers = 6, .quarters = 18});
  return table;
}

/// One unit of an indicator, by the definitions alone.
struct Unit {
  std::uint32_t child, key;
  std::size_t part;
  int informant;
  unsigned answers;
  std::size_t row;
};

std::vector<Unit> unitsOf(const snapshot::Table& t, Indicator indicator) {
  std::vector<Unit> units;
  for (std::size_t row = 0; row < t.child.size(); ++row) {
    const auto measured = [&](std::uint8_t both) {
      for (const int informant : {1, 2}) {
        const unsigned score = informant == 1 ? both % 16U : both / 16U;
        if (score == 0) continue;
        const std::size_t part = indicator == Indicator::satisfaction ? (score > 4U) + (score > 7U) : score - 1;
        units.push_back({t.child[row], informant == 1 ? t.keyYouth[row] : t.keyParent[row], part, informant, 0, row});
      }
    };
    if (indicator == Indicator::satisfaction) measured(t.satisfaction[row]);
    if (indicator == Indicator::goOn) measured(t.goOn[row]);
    if (indicator == Indicator::goals) measured(t.goals[row]);
    if (indicator == Indicator::dropOut && t.end[row] != 0)
      units.push_back({t.child[row], t.key[row], t.reason[row] == 0 ? 5U : t.reason[row] - 1U, 0, 0, row});
    if (indicator == Indicator::renewed && (t.flags[row] & snapshot::kEndedBeforeWindow) != 0)
      units.push_back({t.child[row], t.key[row], (t.flags[row] & snapshot::kRenewed) != 0 ? 0U : 1U, 0, 0, row});
  }
  return units;
}

/// What a unit is on an axis, as the axis's word; empty = nowhere.
std::string wordOf(const snapshot::Table& t, const Unit& unit, const Axis& axis) {
  const auto code = [](int value) { return value == 0 ? "onbekend" : fmt::format("{:02}", value); };
  const auto piece = [&](int value) -> std::string {
    if (value == 0) return {};
    const int quarter = t.facts.firstQuarter + value - 1;
    if (axis.quarters == 4) return std::to_string(quarter / 4);
    if (axis.quarters == 2) return fmt::format("{}H{}", quarter / 4, quarter % 4 / 2 + 1);
    return fmt::format("{}Q{}", quarter / 4, quarter % 4 + 1);
  };
  switch (axis.dimension) {
    case Dimension::form:
      return code(t.form[unit.row]);
    case Dimension::referrer:
      return code(t.referrer[unit.row]);
    case Dimension::reason:
      return code(t.reason[unit.row]);
    case Dimension::profile:
      return code(t.profile[unit.row]);
    case Dimension::productCategory:
      return code(t.productCategory[unit.row]);
    case Dimension::perspective:
      return code(t.perspective[unit.row]);
    case Dimension::severity:
      return code(t.severity[unit.row]);
    case Dimension::complexity:
      return code(t.complexity[unit.row]);
    case Dimension::provider:
      return t.facts.providers[t.provider[unit.row]].code;
    case Dimension::informant:
      return unit.informant == 1 ? "J" : "O";
    case Dimension::start:
      return piece(t.start[unit.row]);
    case Dimension::end:
      return piece(t.end[unit.row]);
    default:
      return {};
  }
}

struct Plain {
  std::uint32_t units = 0, keys = 0;
  std::set<std::uint32_t> children;
};

TEST(Lattice, CountsWhatAPlainCountCounts) {
  const auto snapshot = test::snapshotOf(synthetic());
  const Axes axes(*snapshot);
  sluis::test::synthetic::Random random(3);
  for (const Indicator indicator :
       {Indicator::satisfaction, Indicator::goals, Indicator::dropOut, Indicator::renewed}) {
    const Units units = Units::of(*snapshot, false, axes, indicator);
    const auto plain = unitsOf(synthetic(), indicator);
    ASSERT_EQ(units.size(), plain.size());
    for (int round = 0; round < 40; ++round) {
      std::set<std::size_t> chosen;
      std::set<Dimension> dimensions;
      for (int i = 0; i < 3; ++i) {
        const std::size_t axis = random.below(static_cast<std::uint32_t>(axes.size()));
        if (axes[axis].dimension == Dimension::measure) continue;
        if (axes[axis].dimension == Dimension::informant && !report::countsMeasurements(indicator)) continue;
        if (dimensions.insert(axes[axis].dimension).second) chosen.insert(axis);
      }
      Cube cube(axes, {chosen.begin(), chosen.end()}, indicator);
      cube.count(units);
      std::map<std::string, std::map<std::size_t, Plain>> expected;
      for (const Unit& unit : plain) {
        std::string words;
        bool isNowhere = false;
        for (const std::size_t axis : chosen) {
          const std::string word = wordOf(synthetic(), unit, axes[axis]);
          isNowhere = isNowhere || word.empty();
          words += fmt::format("{}{}={}", words.empty() ? "" : " ", report::toString(axes[axis].dimension), word);
        }
        if (isNowhere) continue;
        for (const std::size_t part : {unit.part, cube.parts()}) {
          Plain& one = expected[words.empty() ? "alles" : words][part];
          ++one.units;
          one.keys += unit.key;
          one.children.insert(unit.child);
        }
      }
      ASSERT_EQ(cube.size(), expected.size());
      for (std::size_t slot = 0; slot < cube.size(); ++slot) {
        auto& here = expected.at(cube.words(slot));
        Crowd crowd;
        cube.fill(crowd, slot);
        EXPECT_EQ(crowd.children, here[cube.parts()].children.size());
        for (std::size_t part = 0; part <= cube.parts(); ++part) {
          EXPECT_EQ(cube.units(slot, part), here[part].units);
          EXPECT_EQ(cube.keys(slot, part), here[part].keys);
          if (part < cube.parts()) {
            EXPECT_EQ(crowd.childrenWith[part], here[part].children.size());
          }
        }
      }
    }
  }
}

/// The key that a query uses for a value.
std::string keyOf(const Axis& axis, std::size_t place) {
  return axis.words[place];
}

TEST(Lattice, ShowsTheIntruderWhatTheEnginePublishes) {
  const auto snapshot = test::snapshotOf(synthetic());
  const Axes axes(*snapshot);
  const Withheld none;
  const Publisher publisher{test::noiseTable(), test::noiseTable(), 10, 10, nullptr};
  const std::vector<Published> published = {test::publishedOf(synthetic())};
  sluis::test::synthetic::Random random(5);
  int shown = 0, hidden = 0;
  for (const Indicator indicator : report::kIndicators) {
    const Units units = Units::of(*snapshot, false, axes, indicator);
    auto possible = report::possibleDimensions(indicator, report::Role::municipality);
    std::erase(possible, Dimension::municipality);
    for (int round = 0; round < 25; ++round) {
      // One or two filters and a grouping; dates are grouped by quarters, and filtered by one piece.
      std::set<Dimension> dimensions;
      while (dimensions.size() < 2U + round % 2U)
        dimensions.insert(possible[random.below(static_cast<std::uint32_t>(possible.size()))]);
      const Dimension by = *dimensions.begin();
      std::vector<std::size_t> combination;
      for (const Dimension dimension : dimensions) {
        const auto& levels = axes.of(dimension);
        combination.push_back(dimension == by ? levels.back()
                                              : levels[random.below(static_cast<std::uint32_t>(levels.size()))]);
      }
      std::sort(combination.begin(), combination.end());
      Cells cells(axes, combination, indicator);
      cells.now.count(units);
      publisher.publish(cells, nullptr);
      for (int tries = 0; tries < 6 && cells.now.size() > 0; ++tries) {
        const std::size_t slot = random.below(static_cast<std::uint32_t>(cells.now.size()));
        report::Query query;
        query.indicator = indicator;
        query.by = by;
        std::string row;
        for (std::size_t i = 0; i < combination.size(); ++i) {
          const Axis& axis = axes[combination[i]];
          const std::string key = keyOf(axis, cells.now.place(slot, i));
          if (axis.dimension == by) {
            row = key;
          } else if (axis.quarters != 0) {
            const auto first = static_cast<std::int32_t>(axis.values[cells.now.place(slot, i)] / 8);
            auto& range = axis.dimension == Dimension::start ? query.start : query.end;
            range = {report::Quarter{first}, report::Quarter{first + axis.quarters - 1}};
          } else {
            query.filters[axis.dimension] = key;
          }
        }
        const auto outcome = answer(published, query, test::valuesOf({row}), 1);
        ASSERT_TRUE(outcome.available);
        const report::Figure& figure = outcome.rows.at(0).figure;
        const bool isShown = (cells.state[slot] & Cells::kShown) != 0;
        ASSERT_EQ(figure.shown, isShown) << cells.now.words(slot) << " of " << report::toString(indicator);
        (isShown ? shown : hidden) += 1;
        if (!isShown) continue;
        EXPECT_EQ(figure.count, cells.value(slot, cells.now.parts()));
        for (std::size_t part = 0; part < figure.parts.size(); ++part)
          EXPECT_EQ(figure.parts[part].count, cells.value(slot, part));
      }
    }
  }
  EXPECT_GT(shown, 100);
  EXPECT_GT(hidden, 100);
}

TEST(Lattice, KnowsWhatChangedBetweenTwoSnapshots) {
  using test::Record;
  const auto before = test::snapshotOf(test::tableOf({{.child = 1, .youth = 7, .key = 1, .keyYouth = 10},
                                                      {.child = 2, .youth = 3, .key = 2, .keyYouth = 20},
                                                      {.child = 3, .youth = 9, .key = 3, .keyYouth = 30}}));
  // Another order of children; one gone, one changed, one new.
  const auto now = test::snapshotOf(test::tableOf({{.child = 1, .youth = 9, .key = 2, .keyYouth = 20},
                                                   {.child = 2, .youth = 5, .key = 4, .keyYouth = 40},
                                                   {.child = 3, .youth = 7, .key = 1, .keyYouth = 10}}));
  const Axes axes(*now, before.get());
  const Units changed = Units::changed(Units::of(*now, false, axes, Indicator::satisfaction),
                                       Units::of(*before, true, axes, Indicator::satisfaction));
  std::map<std::uint32_t, std::set<std::uint32_t>> keys;
  for (std::size_t i = 0; i < changed.size(); ++i) keys[changed.child[i]].insert(changed.key[i]);
  EXPECT_EQ(changed.size(), 4U);
  EXPECT_EQ(keys.size(), 3U);
  EXPECT_EQ(keys[0], std::set<std::uint32_t>{20});
  EXPECT_TRUE(std::is_sorted(changed.child.begin(), changed.child.end()));
}

}  // namespace
}  // namespace sluis::protect
