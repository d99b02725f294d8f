// True figures: those the client knows, and the same as a count by the plainest means for thousands of questions.
#include "protect/count.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "protect/engine.h"
#include "protect/mixing.h"
#include "support/synthetic_table.h"
#include "tables.h"

namespace sluis::protect {
namespace {

using report::Dimension;
using report::Indicator;
using test::Record;
using test::tableOf;

Tally countOne(const snapshot::Table& table, const Counting& counting, unsigned threads = 1) {
  const auto snapshot = test::snapshotOf(table);
  return count({snapshot.get()}, counting, threads).front().all;
}

std::uint64_t wholeOf(const Tally& tally, std::size_t row) {
  return tally.layers[0]->crowds[row].units;
}

double shareOf(const Tally& tally, std::size_t row, std::size_t part) {
  return static_cast<double>(tally.sum(*tally.layers[0], 0, row, part).count) /
         static_cast<double>(wholeOf(tally, row));
}

// JEUGDHULP §7.
TEST(Count, ReproducesTheFiguresTheClientKnows) {
  struct Known {
    int low, all;
    const char* percent;
  };
  for (const Known& known : {Known{5, 21, "23.8"}, Known{5, 23, "21.7"}, Known{5, 25, "20.0"}, Known{6, 22, "27.3"}}) {
    std::vector<Record> records;
    for (int i = 0; i < known.all; ++i)
      records.push_back({.child = static_cast<std::uint32_t>(i), .youth = std::uint8_t(i < known.low ? 3 : 7)});
    const Tally tally = countOne(tableOf(records), {.query = {}, .rows = test::valuesOf({"01", "02"})});
    EXPECT_EQ(wholeOf(tally, 0), 0U);
    EXPECT_EQ(wholeOf(tally, 1), static_cast<std::uint64_t>(known.all));
    EXPECT_EQ(fmt::format("{:.1f}", 100 * shareOf(tally, 1, 0)), known.percent);
  }
}

TEST(Count, CutsMarksInThreeAtFourAndEight) {
  std::vector<Record> records;
  for (std::uint8_t mark = 1; mark <= 10; ++mark) records.push_back({.child = mark, .youth = mark});
  const Tally tally = countOne(tableOf(records), {.query = {}, .rows = test::valuesOf({"02"})});
  EXPECT_EQ(tally.sum(*tally.layers[0], 0, 0, 0).count, 4U);
  EXPECT_EQ(tally.sum(*tally.layers[0], 0, 0, 1).count, 3U);
  EXPECT_EQ(tally.sum(*tally.layers[0], 0, 0, 2).count, 3U);
  EXPECT_EQ(tally.layers[0]->marks[0].sum, 55U);
}

TEST(Count, AddsKeysModuloOneAndMixesThemOnceMoreForTheMean) {
  const Tally tally = countOne(tableOf({{.child = 1, .youth = 3, .keyYouth = 0xf0000000},
                                        {.child = 2, .youth = 4, .parent = 1, .keyYouth = 0x20000001, .keyParent = 5}}),
                               {.query = {}, .rows = test::valuesOf({"02"}), .respondents = true});
  EXPECT_EQ(tally.sum(*tally.layers[0], 0, 0, 0).keys, 0x10000006U);
  EXPECT_EQ(tally.layers[0]->marks[0].mixed, mixed(0xf0000000) + mixed(0x20000001) + mixed(5));
  EXPECT_EQ(tally.sum(*tally.layers[1], 0, 0, 0).keys, 0x10000001U);
  EXPECT_EQ(tally.sum(*tally.layers[2], 0, 0, 0).keys, 5U);
  EXPECT_EQ(mixed(1), 0x514e28b7U);  // known answer of the finaliser
}

TEST(Count, CountsTheMeasurementsOfOneChildTogether) {
  std::vector<Record> records;
  for (std::uint32_t child = 0; child < 5; ++child)
    for (std::uint32_t i = 0; i <= child; ++i) records.push_back({.child = child, .youth = 5, .parent = 9});
  const Tally tally = countOne(tableOf(records), {.query = {}, .rows = test::valuesOf({"02"}), .respondents = true});
  const Crowd& all = tally.layers[0]->crowds[0];
  EXPECT_EQ(all.children, 5U);
  EXPECT_EQ(all.units, 30U);
  EXPECT_EQ(all.most, 10U);
  EXPECT_EQ(all.childrenWith[0], 0U);
  EXPECT_EQ(all.childrenWith[1], 5U);
  EXPECT_EQ(tally.layers[1]->crowds[0].most, 5U);
}

TEST(Count, CutsARangeInItsFixedPieces) {
  std::vector<Record> records;
  for (std::uint8_t quarter = 1; quarter <= 12; ++quarter)
    records.push_back({.child = quarter, .start = quarter, .end = 12, .youth = 5});
  report::Query query;
  query.start = {report::Quarter::of(2024, 2), report::Quarter::of(2025, 3)};
  const Tally tally = countOne(tableOf(records), {.query = query, .rows = test::valuesOf({"02"})});
  ASSERT_EQ(tally.pieces.size(), 4U);  // Q2, H2, H1, Q3
  EXPECT_EQ(tally.pieces[1].start, (report::Piece{report::Quarter::of(2024, 3), 2}));
  EXPECT_EQ(wholeOf(tally, 0), 6U);
  EXPECT_EQ(tally.sum(*tally.layers[0], 1, 0, 1).count, 2U);
  EXPECT_EQ(tally.sum(*tally.layers[0], 3, 0, 1).count, 1U);
}

TEST(Count, OpenEndsOfARangeAreTheYearsOfTheSnapshot) {
  std::vector<Record> records = {{.child = 1, .start = 1, .youth = 5}, {.child = 2, .start = 12, .end = 0, .youth = 5}};
  report::Query query;
  query.start.from = report::Quarter::of(2024, 3);
  const Tally tally = countOne(tableOf(records), {.query = query, .rows = test::valuesOf({"02"})});
  ASSERT_EQ(tally.pieces.size(), 3U);  // H2 2024, 2025, 2026
  EXPECT_EQ(wholeOf(tally, 0), 1U);
  EXPECT_EQ(tally.pieces[2].start, (report::Piece{report::Quarter::of(2026, 1), 4}));
}

TEST(Count, AnUnknownValueCountsNothing) {
  report::Query query;
  query.filters[Dimension::provider] = "P7777";
  const Tally tally = countOne(tableOf({{.child = 1, .youth = 5}}), {.query = query, .rows = test::valuesOf({"02"})});
  EXPECT_EQ(wholeOf(tally, 0), 0U);
}

// The same again, as plainly as it can be said: for every row, unit by unit, into maps.
struct Naive {
  struct Row {
    std::map<std::size_t, Sum> parts;
    std::uint64_t marks = 0;
    std::uint32_t mixedKeys = 0;
    std::map<std::uint32_t, std::uint64_t> unitsOf;
    std::map<std::size_t, std::set<std::uint32_t>> childrenWith;
    std::set<std::uint16_t> providers;
  };
  std::map<std::size_t, Row> rows;
  std::map<std::size_t, Row> others;
};

class Reference {
 public:
  Reference(const snapshot::Table& table, const Counting& counting) : table_(table), counting_(counting) {}

  Naive count(Whose whose) {
    Naive naive;
    const auto& query = counting_.query;
    for (std::size_t i = 0; i < table_.facts.rows; ++i) {
      if (!passes(i)) continue;
      for (std::size_t row = 0; row < counting_.rows.size(); ++row)
        for (const std::uint8_t informant : {1, 2}) {
          const std::optional<std::size_t> part = partOf(i, informant, counting_.rows[row].key);
          if (!part || (whose == Whose::youth && informant != 1) || (whose == Whose::parent && informant != 2))
            continue;
          if (!isInRow(i, informant, counting_.rows[row].key)) continue;
          const std::uint32_t key = !report::countsMeasurements(query.indicator) ? table_.key[i]
                                    : informant == 1                             ? table_.keyYouth[i]
                                                                                 : table_.keyParent[i];
          add(naive.rows[row], i, *part, key, informant);
          if (counting_.viewer && code(i) != *counting_.viewer) add(naive.others[row], i, *part, key, informant);
        }
    }
    return naive;
  }

 private:
  std::string code(std::size_t i) const { return table_.facts.providers[table_.provider[i]].code; }
  std::uint8_t half(std::uint8_t both, std::uint8_t informant) const { return informant == 1 ? both & 15 : both >> 4; }

  void add(Naive::Row& row, std::size_t i, std::size_t part, std::uint32_t key, std::uint8_t informant) {
    row.parts[part] += Sum{1, key};
    if (counting_.query.indicator == Indicator::satisfaction) {
      row.marks += half(table_.satisfaction[i], informant);
      row.mixedKeys += mixed(key);
    }
    ++row.unitsOf[table_.child[i]];
    row.childrenWith[part].insert(table_.child[i]);
    row.providers.insert(table_.provider[i]);
  }

  static std::string twoDigits(std::uint8_t value) { return value == 0 ? "onbekend" : fmt::format("{:02}", value); }
  static std::string plain(std::uint8_t value) { return value == 0 ? "onbekend" : std::to_string(value); }

  std::optional<std::string> valueOf(std::size_t i, Dimension dimension) const {
    switch (dimension) {
      case Dimension::form:
        return twoDigits(table_.form[i]);
      case Dimension::referrer:
        return twoDigits(table_.referrer[i]);
      case Dimension::reason:
        return twoDigits(table_.reason[i]);
      case Dimension::provider:
        return code(i);
      case Dimension::profile:
        return plain(table_.profile[i]);
      case Dimension::productCategory:
        return twoDigits(table_.productCategory[i]);
      case Dimension::perspective:
        return twoDigits(table_.perspective[i]);
      case Dimension::severity:
        return plain(table_.severity[i]);
      case Dimension::complexity:
        return plain(table_.complexity[i]);
      case Dimension::start:
        return report::toString({table_.facts.firstQuarter + table_.start[i] - 1});
      case Dimension::end:
        if (table_.end[i] == 0) return "";
        return report::toString({table_.facts.firstQuarter + table_.end[i] - 1});
      default:
        return std::nullopt;
    }
  }

  bool passes(std::size_t i) const {
    const auto& query = counting_.query;
    if ((query.indicator == Indicator::dropOut || query.indicator == Indicator::response) && table_.end[i] == 0)
      return false;
    if (query.indicator == Indicator::renewed && !(table_.flags[i] & snapshot::kEndedBeforeWindow)) return false;
    for (const auto& [dimension, key] : query.filters)
      if (const auto value = valueOf(i, dimension); value && *value != key) return false;
    const auto isIn = [&](const report::QuarterRange& range, std::uint8_t value) {
      if (!range.isGiven()) return true;
      const report::Quarter quarter{table_.facts.firstQuarter + value - 1};
      return value != 0 && (!range.from || *range.from <= quarter) && (!range.to || quarter <= *range.to);
    };
    return isIn(query.start, table_.start[i]) && isIn(query.end, table_.end[i]);
  }

  bool isInRow(std::size_t i, std::uint8_t informant, const std::string& key) const {
    const Dimension by = counting_.query.by;
    const auto filter = counting_.query.filters.find(by);
    if (filter != counting_.query.filters.end() && filter->second != key) return false;
    if (by == Dimension::measure) return true;
    if (by == Dimension::informant)
      return !report::countsMeasurements(counting_.query.indicator) || key == (informant == 1 ? "J" : "O");
    return valueOf(i, by) == key;
  }

  std::optional<std::size_t> partOf(std::size_t i, std::uint8_t informant, const std::string& row) const {
    const auto& query = counting_.query;
    const auto filtered = [&](Dimension dimension, const std::string& value) {
      const auto filter = query.filters.find(dimension);
      return (filter == query.filters.end() || filter->second == value) && (query.by != dimension || row == value);
    };
    const std::string who = informant == 1 ? "J" : "O";
    const std::uint8_t mark = half(table_.satisfaction[i], informant);
    const std::uint8_t goOn = half(table_.goOn[i], informant);
    const std::uint8_t goals = half(table_.goals[i], informant);
    switch (query.indicator) {
      case Indicator::satisfaction:
        if (mark == 0 || !filtered(Dimension::informant, who)) return std::nullopt;
        return mark <= 4 ? 0 : mark < 8 ? 1 : 2;
      case Indicator::goOn:
        if (goOn == 0 || !filtered(Dimension::informant, who)) return std::nullopt;
        return goOn - 1U;
      case Indicator::goals:
        if (goals == 0 || !filtered(Dimension::informant, who)) return std::nullopt;
        return goals - 1U;
      default:
        break;
    }
    if (informant == 2) return std::nullopt;  // once for each record
    if (query.indicator == Indicator::dropOut) return table_.reason[i] == 0 ? 5 : table_.reason[i] - 1U;
    if (query.indicator == Indicator::renewed) return table_.flags[i] & snapshot::kRenewed ? 0 : 1;
    for (const std::uint8_t each : {1, 2})
      if (filtered(Dimension::informant, each == 1 ? "J" : "O"))
        if ((half(table_.satisfaction[i], each) != 0 && filtered(Dimension::measure, "tevredenheid")) ||
            (half(table_.goOn[i], each) != 0 && filtered(Dimension::measure, "zonder-hulp-verder")) ||
            (half(table_.goals[i], each) != 0 && filtered(Dimension::measure, "doelrealisatie")))
          return 0;
    return 1;
  }

  const snapshot::Table& table_;
  const Counting& counting_;
};

/// Any question there is, and some that mean little.
class Questions {
 public:
  Questions(const snapshot::Table& table, std::uint64_t seed) : facts_(table.facts), random_(seed) {}

  Counting next() {
    Counting counting;
    report::Query& query = counting.query;
    query.indicator = report::kIndicators[random_.below(6)];
    const bool measurements = report::countsMeasurements(query.indicator);
    std::vector<Dimension> dimensions = {Dimension::form,
                                         Dimension::referrer,
                                         Dimension::reason,
                                         Dimension::profile,
                                         Dimension::productCategory,
                                         Dimension::perspective,
                                         Dimension::severity,
                                         Dimension::complexity,
                                         Dimension::provider,
                                         Dimension::start,
                                         Dimension::end};
    if (measurements || query.indicator == Indicator::response) dimensions.push_back(Dimension::informant);
    if (query.indicator == Indicator::response) dimensions.push_back(Dimension::measure);
    query.by = dimensions[random_.below(static_cast<std::uint32_t>(dimensions.size()))];
    for (std::uint32_t i = random_.below(4); i > 0; --i) {
      const Dimension dimension = dimensions[random_.below(static_cast<std::uint32_t>(dimensions.size()))];
      if (dimension == Dimension::start || dimension == Dimension::end) {
        auto& range = dimension == Dimension::start ? query.start : query.end;
        const auto first = facts_.firstQuarter - 3 + static_cast<std::int32_t>(random_.below(20));
        if (random_.chance(70)) range.from = report::Quarter{first};
        if (random_.chance(70)) range.to = report::Quarter{first + static_cast<std::int32_t>(random_.below(20))};
      } else {
        const auto keys = keysOf(dimension);
        query.filters[dimension] = keys[random_.below(static_cast<std::uint32_t>(keys.size()))];
      }
    }
    counting.rows = test::valuesOf(keysOf(query.by));
    counting.respondents =
        measurements && query.by != Dimension::informant && query.filters.count(Dimension::informant) == 0;
    if (query.by != Dimension::provider && random_.chance(40))
      counting.viewer = facts_.providers[random_.below(static_cast<std::uint32_t>(facts_.providers.size()))].code;
    return counting;
  }

  unsigned threads() { return 1 + random_.below(4); }

 private:
  std::vector<std::string> keysOf(Dimension dimension) const {
    switch (dimension) {
      case Dimension::form:
        return {"01", "02", "03", "04", "11", "12", "13", "14"};
      case Dimension::referrer:
        return {"01", "02", "03", "04", "05", "06", "08"};
      case Dimension::reason:
        return {"01", "02", "03", "04", "05", "onbekend"};
      case Dimension::profile:
        return {"1", "2", "11", "onbekend"};
      case Dimension::productCategory:
        return {"40", "45", "54", "onbekend"};
      case Dimension::perspective:
        return {"02", "03", "04", "onbekend"};
      case Dimension::severity:
        return {"1", "4", "onbekend"};
      case Dimension::complexity:
        return {"1", "3", "onbekend"};
      case Dimension::informant:
        return {"O", "J"};
      case Dimension::measure:
        return {"tevredenheid", "zonder-hulp-verder", "doelrealisatie"};
      case Dimension::provider: {
        std::vector<std::string> codes;
        for (const auto& provider : facts_.providers) codes.push_back(provider.code);
        return codes;
      }
      default: {
        std::vector<std::string> quarters;
        for (std::int32_t number = facts_.firstQuarter - 1; number <= facts_.lastQuarter + 1; ++number)
          quarters.push_back(report::toString({number}));
        return quarters;
      }
    }
  }

  const snapshot::Facts& facts_;
  sluis::test::synthetic::Random random_;
};

void expectSame(const Tally& tally, Whose whose, const Naive& naive, const std::vector<std::string>& codes) {
  const Layer& layer = *tally.layers[static_cast<std::size_t>(whose)];
  const auto expectCrowd = [&](const Crowd& crowd, const Naive::Row& row) {
    std::uint64_t units = 0;
    std::uint64_t most = 0;
    for (const auto& [child, count] : row.unitsOf) {
      units += count;
      most = std::max(most, count);
    }
    EXPECT_EQ(crowd.units, units);
    EXPECT_EQ(crowd.children, row.unitsOf.size());
    EXPECT_EQ(crowd.most, std::max(most, std::min<std::uint64_t>(units, 2)));  // only more than two matter
    for (std::size_t part = 0; part < tally.parts; ++part) {
      const auto with = row.childrenWith.find(part);
      EXPECT_EQ(crowd.childrenWith[part], with == row.childrenWith.end() ? 0 : with->second.size());
    }
  };
  for (std::size_t row = 0; row < tally.rows; ++row) {
    const auto found = naive.rows.find(row);
    const Naive::Row& expected = found == naive.rows.end() ? Naive::Row{} : found->second;
    Marks marks;
    std::map<std::size_t, Sum> parts;
    for (std::size_t piece = 0; piece < tally.pieces.size(); ++piece) {
      for (std::size_t part = 0; part < tally.parts; ++part) parts[part] += tally.sum(layer, piece, row, part);
      if (!layer.marks.empty()) marks += layer.marks[piece * tally.rows + row];
    }
    for (std::size_t part = 0; part < tally.parts; ++part) {
      const auto at = expected.parts.find(part);
      EXPECT_EQ(parts[part].count, at == expected.parts.end() ? 0 : at->second.count);
      EXPECT_EQ(parts[part].keys, at == expected.parts.end() ? 0 : at->second.keys);
    }
    EXPECT_EQ(marks.sum, expected.marks);
    EXPECT_EQ(marks.mixed, expected.mixedKeys);
    expectCrowd(layer.crowds[row], expected);
    if (layer.others.empty()) continue;
    const auto others = naive.others.find(row);
    const Naive::Row& apart = others == naive.others.end() ? Naive::Row{} : others->second;
    expectCrowd(layer.others[row], apart);
    EXPECT_EQ(layer.others[row].providers.size(), apart.providers.size());
    for (const std::string& code : layer.others[row].providers)
      EXPECT_TRUE(apart.providers.count(
          static_cast<std::uint16_t>(std::find(codes.begin(), codes.end(), code) - codes.begin())));
  }
}

void compare(const sluis::test::Synthetic& wanted, int questions) {
  const snapshot::Table table = sluis::test::syntheticTable(wanted);
  const auto snapshot = test::snapshotOf(table);
  std::vector<std::string> codes;
  for (const auto& provider : table.facts.providers) codes.push_back(provider.code);
  Questions ask(table, wanted.seed);
  for (int i = 0; i < questions; ++i) {
    const Counting counting = ask.next();
    const auto tallies = count({snapshot.get()}, counting, ask.threads());
    for (const Whose whose : {Whose::all, Whose::youth, Whose::parent}) {
      if (!tallies[0].all.layers[static_cast<std::size_t>(whose)]) continue;
      expectSame(tallies[0].all, whose, Reference(table, counting).count(whose), codes);
      if (!counting.viewer || counting.query.filters.count(Dimension::provider) != 0) continue;
      Counting own = counting;
      own.query.filters[Dimension::provider] = *counting.viewer;
      own.viewer.reset();
      expectSame(*tallies[0].own, whose, Reference(table, own).count(whose), codes);
    }
    if (testing::Test::HasFailure()) {
      std::string words;
      for (const auto& [name, value] : report::wordsOf(counting.query).filters) words += " " + name + "=" + value;
      FAIL() << "question " << i << ": " << report::toString(counting.query.indicator) << words << " by "
             << report::toString(counting.query.by) << " viewer " << counting.viewer.value_or("-");
    }
  }
}

TEST(Count, EqualsAPlainCountForThousandsOfQuestions) {
  compare({.children = 60, .seed = 3, .providers = 4, .quarters = 12}, 3000);
  compare({.children = 500, .seed = 4}, 400);
}

TEST(Count, SplitsBetweenChildrenForAnyNumberOfThreads) {
  // Larger than what is counted on one thread.
  const snapshot::Table table = sluis::test::syntheticTable({.rows = 400000, .seed = 5, .providers = 3});
  const auto snapshot = test::snapshotOf(table);
  Questions ask(table, 6);
  for (int i = 0; i < 10; ++i) {
    const Counting counting = ask.next();
    const Tally one = count({snapshot.get()}, counting, 1).front().all;
    for (const unsigned threads : {2U, 3U, 5U}) {
      const Tally many = count({snapshot.get()}, counting, threads).front().all;
      for (std::size_t row = 0; row < one.rows; ++row) {
        const Crowd& a = one.layers[0]->crowds[row];
        const Crowd& b = many.layers[0]->crowds[row];
        ASSERT_EQ(a.units, b.units);
        ASSERT_EQ(a.children, b.children);
        ASSERT_EQ(a.childrenWith, b.childrenWith);
        ASSERT_EQ(a.most, b.most);
      }
    }
  }
}

}  // namespace
}  // namespace sluis::protect
