// What leaves the room: each threshold with a row just below and just above, the noise, and that it is always the same.
#include "protect/engine.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/error.h"
#include "protect/cell.h"
#include "protect/protection.h"
#include "report/json.h"
#include "support/synthetic_table.h"
#include "tables.h"

namespace sluis::protect {
namespace {

using report::Dimension;
using report::Indicator;
using report::Role;
using test::publishedOf;
using test::Record;
using test::tableOf;
using test::valuesOf;

/// Children of whom three at least differ, of form 02: shown when there are enough.
std::vector<Record> mixedCrowd(std::uint32_t children, const std::string& provider = "P0001") {
  std::vector<Record> records;
  for (std::uint32_t child = 0; child < children; ++child) {
    const std::uint8_t mark = child % 3 == 0 ? 3 : child % 3 == 1 ? 6 : 9;
    records.push_back({.child = child, .provider = provider, .youth = mark, .keyYouth = 0x80000000U + child * 977});
  }
  return records;
}

report::Row rowOf(const std::vector<Published>& domains, const report::Query& query, const std::string& key = "02") {
  return answer(domains, query, valuesOf({key}), 2).rows.at(0);
}

/// Of one respondent, so that nothing but the rule in question matters.
report::Query youthOnly() {
  report::Query query;
  query.filters[Dimension::informant] = "J";
  return query;
}

bool isShown(const std::vector<Record>& records, const report::Query& query = youthOnly()) {
  return rowOf({publishedOf(tableOf(records))}, query).figure.shown;
}

void append(std::vector<Record>& to, std::vector<Record> more) {
  const std::uint32_t first = to.empty() ? 0 : to.back().child + 1;
  for (Record& record : more) record.child += first;
  to.insert(to.end(), more.begin(), more.end());
}

TEST(Engine, ShowsARowOfTenChildrenAndNotOfNine) {
  // Keys in the middle of the table: no noise, so that the count is ten as well.
  std::vector<Record> records = mixedCrowd(10);
  for (Record& record : records) record.keyYouth = 0;
  records[0].keyYouth = 0x80000000U;
  EXPECT_TRUE(isShown(records));
  records.pop_back();
  records.push_back(records.back());  // the ninth child twice: ten measurements, nine children
  EXPECT_FALSE(isShown(records));
}

TEST(Engine, ShowsNoRowWhoseNoiseTakesItBelowTen) {
  std::vector<Record> records = mixedCrowd(10);
  for (Record& record : records) record.keyYouth = 0;
  records[0].keyYouth = 0x00000001U;  // the low end of the table: the most is taken off
  EXPECT_LT(test::noiseTable().noise(10, 1), 0);
  EXPECT_FALSE(isShown(records));
}

TEST(Engine, ShowsNoRowInWhichAllButTwoShareAnAnswer) {
  for (const int different : {0, 1, 2, 3}) {
    std::vector<Record> records;
    for (std::uint32_t child = 0; child < 40; ++child)
      records.push_back({.child = child,
                         .youth = std::uint8_t(child < static_cast<unsigned>(different) ? 3 : 9),
                         .keyYouth = 1U << 31});
    EXPECT_EQ(isShown(records), different == 3) << different;
  }
}

TEST(Engine, ShowsNoRowInWhichOneChildHasMoreThanTwoUnitsAndOverATenth) {
  const auto with = [](std::uint32_t others, int ofOne) {
    std::vector<Record> records = mixedCrowd(others);
    for (int i = 0; i < ofOne; ++i)
      records.push_back({.child = others, .youth = 6, .keyYouth = 77777U * static_cast<unsigned>(i)});
    return records;
  };
  EXPECT_TRUE(isShown(with(27, 3)));   // exactly a tenth
  EXPECT_FALSE(isShown(with(26, 3)));  // over it
  EXPECT_TRUE(isShown(with(15, 2)));   // two are never too many
}

TEST(Engine, ShowsNoRowThatIsWithheldNorOneWithAWithheldPiece) {
  std::vector<Record> records = mixedCrowd(60);
  for (Record& record : records) record.start = static_cast<std::uint8_t>(1 + record.child % 3);
  Cell cell;
  cell.indicator = Indicator::satisfaction;
  cell.add(Dimension::informant, 1);
  cell.add(Dimension::form, 2);
  report::Query query = youthOnly();
  EXPECT_FALSE(rowOf({publishedOf(tableOf(records), {3, {idOf(cell)}})}, query).figure.shown);

  cell.add(Dimension::start, pieceValue({report::Quarter::of(2024, 3), 1}));
  const auto published = publishedOf(tableOf(records), {3, {idOf(cell)}});
  EXPECT_TRUE(rowOf({published}, query).figure.shown);
  query.start = {report::Quarter::of(2024, 1), report::Quarter::of(2024, 2)};
  EXPECT_TRUE(rowOf({published}, query).figure.shown);
  query.start.to = report::Quarter::of(2024, 3);
  EXPECT_FALSE(rowOf({published}, query).figure.shown);
}

TEST(Engine, AnswersNothingInMoreDetailThanIsPublished) {
  report::Query query = youthOnly();
  query.filters[Dimension::referrer] = "02";
  const auto records = mixedCrowd(60);
  EXPECT_TRUE(answer({publishedOf(tableOf(records))}, query, valuesOf({"02"}), 1).available);
  const auto outcome = answer({publishedOf(tableOf(records), {2, {}})}, query, valuesOf({"02"}), 1);
  EXPECT_FALSE(outcome.available);
  EXPECT_TRUE(outcome.rows.empty());
  query.filters.erase(Dimension::referrer);  // a grouping with one filter always stays
  EXPECT_TRUE(answer({publishedOf(tableOf(records), {2, {}})}, query, valuesOf({"02"}), 1).available);
}

TEST(Engine, ZeroStaysZeroAndIsNotShown) {
  const auto row = rowOf({publishedOf(tableOf(mixedCrowd(60)))}, youthOnly(), "11");
  EXPECT_FALSE(row.figure.shown);
  EXPECT_EQ(row.figure.count, 0);
  EXPECT_TRUE(row.figure.parts.empty());
}

// SDC Handbook, the cell key method's example: units with keys 0.9, 0.3 and 0.6 make a cell key of 0.8, and the table
// turns their count of 3 into 4.
TEST(Engine, PerturbsAsTheHandbooksExample) {
  const auto of2to32 = [](double key) { return static_cast<std::uint32_t>(key * 4294967296.0); };
  std::vector<Record> records = mixedCrowd(30);
  for (Record& record : records) record.youth = 6;
  for (std::size_t i = 0; i < 3; ++i) records[i].youth = 3;
  for (std::size_t i = 3; i < 9; ++i) records[i].youth = 9;
  records[0].keyYouth = of2to32(0.9);
  records[1].keyYouth = of2to32(0.3);
  records[2].keyYouth = of2to32(0.6);
  Published published = publishedOf(tableOf(records));
  published.table = ptable::PerturbationTable::make({.bound = 2, .variance = 1, .js = 0});
  const auto figure = rowOf({published}, youthOnly()).figure;
  ASSERT_TRUE(figure.shown);
  EXPECT_EQ(figure.parts[0].count, 4);
}

TEST(Engine, PublishesOnlyWhatIsPerturbed) {
  std::vector<Record> records = mixedCrowd(60);
  const Published published = publishedOf(tableOf(records));
  const auto figure = rowOf({published}, youthOnly()).figure;
  std::uint32_t whole = 0;
  std::array<std::uint32_t, 3> parts{};
  std::uint32_t second = 0;
  double marks = 0;
  for (const Record& record : records) {
    whole += record.keyYouth;
    parts[record.child % 3] += record.keyYouth;
    second += [](std::uint32_t key) {
      key = (key ^ key >> 16) * 0x85ebca6bU;
      key = (key ^ key >> 13) * 0xc2b2ae35U;
      return key ^ key >> 16;
    }(record.keyYouth);
    marks += record.youth - 5.5;
  }
  ASSERT_TRUE(figure.shown);
  EXPECT_EQ(figure.count, 60 + published.table.noise(60, whole));
  std::int64_t sum = 0;
  for (std::size_t part = 0; part < 3; ++part) {
    EXPECT_EQ(figure.parts[part].count, 20 + published.table.noise(20, parts[part]));
    sum += figure.parts[part].count;
  }
  for (const report::Part& part : figure.parts)
    EXPECT_DOUBLE_EQ(part.share, static_cast<double>(part.count) / static_cast<double>(sum));
  const double mean = 5.5 + (marks + 4.5 * published.table.noise(60, second)) / static_cast<double>(figure.count);
  EXPECT_DOUBLE_EQ(figure.mean.value(), std::round(mean * 10) / 10);
}

TEST(Engine, NeverAveragesYouthAndParentsTogether) {
  std::vector<Record> records = mixedCrowd(60);
  for (Record& record : records) {
    record.parent = record.youth == 3 ? 9 : record.youth - 3;
    record.keyParent = record.keyYouth * 3;
  }
  const std::vector<Published> published = {publishedOf(tableOf(records))};
  report::Query query;
  const auto row = rowOf(published, query);
  ASSERT_TRUE(row.figure.shown);
  EXPECT_FALSE(row.figure.mean);
  ASSERT_EQ(row.respondents.size(), 2U);
  EXPECT_EQ(row.respondents[0].who.key, "J");
  EXPECT_TRUE(row.respondents[0].figure.mean && row.respondents[1].figure.mean);
  // The same as asked for by itself.
  query.filters[Dimension::informant] = "O";
  const auto parents = rowOf(published, query);
  EXPECT_EQ(parents.figure.count, row.respondents[1].figure.count);
  EXPECT_EQ(parents.figure.mean, row.respondents[1].figure.mean);
  EXPECT_TRUE(parents.respondents.empty());
  // In as much detail as may be combined, there is no room for respondents.
  query.filters = {{Dimension::referrer, "02"}, {Dimension::reason, "01"}};
  const auto deep = rowOf(published, query);
  EXPECT_TRUE(deep.figure.shown);
  EXPECT_TRUE(deep.respondents.empty());
  query.filters = {};
  query.by = Dimension::informant;
  EXPECT_TRUE(rowOf(published, query, "J").figure.mean);
}

TEST(Engine, WhatIsNotShownHasNoRespondents) {
  std::vector<Record> records = mixedCrowd(9);
  EXPECT_TRUE(rowOf({publishedOf(tableOf(records))}, {}).respondents.empty());
}

/// What a provider sees of `own` children of its own beside those of others.
report::Row asProvider(const std::vector<std::pair<std::string, std::uint32_t>>& others, std::uint32_t own = 30) {
  std::vector<Record> records = mixedCrowd(own, "P0001");
  for (const auto& [provider, children] : others) append(records, mixedCrowd(children, provider));
  report::Query query = youthOnly();
  query.viewer = {Role::provider, "P0001"};
  return rowOf({publishedOf(tableOf(records))}, query);
}

TEST(Engine, ShowsAProviderTheMunicipalityOnlyAmongEnoughOthers) {
  EXPECT_TRUE(asProvider({{"P0002", 6}, {"P0003", 9}}).municipality->shown);
  EXPECT_FALSE(asProvider({{"P0002", 4}, {"P0003", 5}}).municipality->shown);  // nine children
  EXPECT_TRUE(asProvider({{"P0002", 5}, {"P0003", 6}}).municipality->shown);
  EXPECT_FALSE(asProvider({{"P0002", 20}}).municipality->shown);  // one competitor
  EXPECT_FALSE(asProvider({}).municipality->shown);
  // Its own is its own.
  EXPECT_TRUE(asProvider({}).figure.shown);
  EXPECT_FALSE(asProvider({{"P0002", 20}, {"P0003", 20}}, 9).figure.shown);
}

TEST(Engine, ShowsAProviderNoMunicipalityWhoseOthersGaveOneAnswer) {
  std::vector<Record> records = mixedCrowd(30, "P0001");
  std::vector<Record> others;
  for (std::uint32_t child = 0; child < 20; ++child)
    others.push_back({.child = child, .provider = child % 2 ? "P0002" : "P0003", .youth = 9, .keyYouth = child});
  append(records, others);
  report::Query query = youthOnly();
  const Published published = publishedOf(tableOf(records));
  query.viewer = {Role::municipality, "GM0034"};
  EXPECT_TRUE(rowOf({published}, query).figure.shown);
  query.viewer = {Role::provider, "P0001"};
  EXPECT_FALSE(rowOf({published}, query).municipality->shown);
}

TEST(Engine, GivesNoProviderAQueryByProvider) {
  report::Query query;
  query.viewer = {Role::provider, "P0001"};
  query.by = Dimension::provider;
  EXPECT_THROW(rowOf({publishedOf(tableOf(mixedCrowd(60)))}, query, "P0002"), std::logic_error);
}

TEST(Engine, ARangeIsTheSumOfItsPieces) {
  std::vector<Record> records = mixedCrowd(600);
  for (Record& record : records) record.start = static_cast<std::uint8_t>(1 + record.child / 3 % 12);
  const std::vector<Published> published = {publishedOf(tableOf(records))};
  const auto countOf = [&](report::Quarter from, report::Quarter to) {
    report::Query query = youthOnly();
    query.start = {from, to};
    const auto figure = rowOf(published, query).figure;
    EXPECT_TRUE(figure.shown);
    return figure.count;
  };
  using report::Quarter;
  EXPECT_EQ(countOf(Quarter::of(2024, 2), Quarter::of(2026, 3)),
            countOf(Quarter::of(2024, 2), Quarter::of(2024, 2)) + countOf(Quarter::of(2024, 3), Quarter::of(2024, 4)) +
                countOf(Quarter::of(2025, 1), Quarter::of(2025, 4)) +
                countOf(Quarter::of(2026, 1), Quarter::of(2026, 2)) +
                countOf(Quarter::of(2026, 3), Quarter::of(2026, 3)));
}

TEST(Engine, SeveralDomainsAreTheSumOfTheirOutcomesUnderOneThreshold) {
  const Published one = publishedOf(tableOf(mixedCrowd(30), "GM0034"));
  std::vector<Record> more = mixedCrowd(40);
  for (Record& record : more) record.keyYouth = record.keyYouth * 5 + 3;
  const Published two = publishedOf(tableOf(more, "GM0363"));
  const auto both = rowOf({one, two}, youthOnly()).figure;
  EXPECT_EQ(both.count, rowOf({one}, youthOnly()).figure.count + rowOf({two}, youthOnly()).figure.count);
  // Too few in each, enough in both.
  const Published few = publishedOf(tableOf(mixedCrowd(8), "GM0034"));
  const Published others = publishedOf(tableOf(mixedCrowd(9), "GM0363"));
  EXPECT_FALSE(rowOf({few}, youthOnly()).figure.shown);
  EXPECT_TRUE(rowOf({few, others}, youthOnly()).figure.shown);
  EXPECT_EQ(answer({few, others}, youthOnly(), {}, 1).snapshot, "GM0034-000001,GM0363-000001");
}

TEST(Engine, NoSumOfDomainsTellsOfOneThatIsNotShown) {
  // A municipality that merged into another has figures of its own, too: the sum less the other would be its own.
  const Published open = publishedOf(tableOf(mixedCrowd(30), "GM0034"));
  const Published few = publishedOf(tableOf(mixedCrowd(6), "GM0363"));
  const Published more = publishedOf(tableOf(mixedCrowd(7), "GM0457"));
  EXPECT_TRUE(rowOf({open}, youthOnly()).figure.shown);
  EXPECT_FALSE(rowOf({open, few}, youthOnly()).figure.shown);
  EXPECT_TRUE(rowOf({open, few, more}, youthOnly()).figure.shown);
  EXPECT_TRUE(rowOf({open, publishedOf(tableOf({}, "GM0363"))}, youthOnly()).figure.shown);
  // What a provider sees of itself it knows.
  report::Query query = youthOnly();
  query.viewer = {Role::provider, "P0001"};
  EXPECT_TRUE(rowOf({open, few}, query).figure.shown);
}

TEST(Engine, NoSumOfDomainsTellsAProviderOfOneThatIsNotShown) {
  const auto domain = [](const std::string& code, std::uint32_t second, std::uint32_t third) {
    std::vector<Record> records = mixedCrowd(30, "P0001");
    if (second > 0) append(records, mixedCrowd(second, "P0002"));
    if (third > 0) append(records, mixedCrowd(third, "P0003"));
    return publishedOf(tableOf(records, code));
  };
  report::Query query = youthOnly();
  query.viewer = {Role::provider, "P0001"};
  const auto isBesideShown = [&](const std::vector<Published>& domains) {
    return rowOf(domains, query).municipality->shown;
  };
  const Published open = domain("GM0034", 12, 12);
  const Published closed = domain("GM0363", 20, 0);
  EXPECT_TRUE(isBesideShown({open}));
  EXPECT_FALSE(isBesideShown({closed}));
  EXPECT_FALSE(isBesideShown({open, closed}));
  EXPECT_TRUE(isBesideShown({open, domain("GM0363", 0, 0)}));  // nobody else there: nothing to tell
}

TEST(Engine, IsTheSameOnRepetitionAndForAnyOrderAndNumberOfThreads) {
  auto table = sluis::test::syntheticTable({.rows = 200000, .seed = 11, .providers = 5});
  const std::vector<Published> published = {publishedOf(table)};
  const auto ask = [&](const std::vector<std::pair<std::string, std::string>>& filters, unsigned threads) {
    const auto query = report::queryFrom({"tevredenheid", "provider:P0002", filters, "verwijzer", ""});
    return report::toJson(answer(published, query.value(), valuesOf({"01", "02", "03", "04"}), threads));
  };
  const auto first = ask({{"gemeente", "GM0034"}, {"start-from", "2021Q2"}}, 1);
  EXPECT_NE(first.find("\"shown\":true"), std::string::npos);
  EXPECT_EQ(first, ask({{"gemeente", "GM0034"}, {"start-from", "2021Q2"}}, 1));
  EXPECT_EQ(first, ask({{"start-from", "2021Q2"}, {"gemeente", "GM0034"}}, 1));
  EXPECT_EQ(first, ask({{"start-from", "2021Q2"}, {"gemeente", "GM0034"}}, 4));
}

TEST(Engine, NoiseIsUnbiasedBoundedAndOfTheTablesVarianceOverManyCells) {
  const auto table = sluis::test::syntheticTable({.rows = 60000, .seed = 12, .providers = 40});
  const std::vector<Published> published = {publishedOf(table)};
  std::vector<std::string> providers;
  for (const auto& provider : table.facts.providers) providers.push_back(provider.code);
  std::vector<double> changes;
  for (const char* form : {"01", "02", "03", "04", "11", "12", "14"})
    for (const char* referrer : {"01", "02", "04", "05"}) {
      const auto query =
          report::queryFrom({"uitval", "", {{"hulpvorm", form}, {"verwijzer", referrer}}, "aanbieder", ""}).value();
      const auto outcome = answer(published, query, valuesOf(providers), 1);
      for (std::size_t row = 0; row < providers.size(); ++row) {
        std::int64_t all = 0;
        for (std::size_t i = 0; i < table.facts.rows; ++i)
          all += table.end[i] != 0 && table.provider[i] == row && table.form[i] == std::stoi(form) &&
                 table.referrer[i] == std::stoi(referrer);
        const auto& figure = outcome.rows[row].figure;
        // Beyond the reach of the threshold, which would choose among the noise.
        if (all < 16 || !figure.shown) continue;
        changes.push_back(static_cast<double>(figure.count - all));
        EXPECT_LE(std::abs(changes.back()), 5);
      }
    }
  ASSERT_GT(changes.size(), 300U);
  double sum = 0;
  double squares = 0;
  for (const double change : changes) {
    sum += change;
    squares += change * change;
  }
  const auto n = static_cast<double>(changes.size());
  EXPECT_LT(std::abs(sum / n), 4 * std::sqrt(3 / n));
  EXPECT_NEAR(squares / n, 3, 0.8);
}

TEST(Engine, OpensWhatWasPublishedTogetherAndNothingElse) {
  const sluis::test::TempDir dir;
  auto table = tableOf(mixedCrowd(30));
  table.facts.table = test::noiseTable().text();
  const auto digest = snapshot::write(dir / "GM0034-000001.snapshot", table);
  EXPECT_THROW(Published::open(dir / "GM0034-000001.snapshot"), Error);  // nothing says what is withheld
  writeWithheld(dir / "GM0034-000001.withheld", {2, {7}}, digest);
  const Published published = Published::open(dir / "GM0034-000001.snapshot", "GM0034");
  EXPECT_EQ(published.withheld.mostDimensions, 2);
  EXPECT_EQ(published.table.text(), table.facts.table);
  EXPECT_THROW(Published::open(dir / "GM0034-000001.snapshot", "GM0363"), Error);
}

TEST(Engine, NamesThePartsAsTheContractDoes) {
  EXPECT_EQ(partKeys(Indicator::satisfaction), (std::vector<std::string>{"le4", "mid", "ge8"}));
  EXPECT_EQ(partKeys(Indicator::goals), (std::vector<std::string>{"1", "2", "3", "4"}));
  EXPECT_EQ(partKeys(Indicator::dropOut), (std::vector<std::string>{"01", "02", "03", "04", "05", "onbekend"}));
  EXPECT_EQ(partKeys(Indicator::response), (std::vector<std::string>{"ja", "nee"}));
}

}  // namespace
}  // namespace sluis::protect
