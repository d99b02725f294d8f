#include "snapshot/build.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <random>

#include "base/error.h"
#include "records.h"
#include "snapshot/changes.h"
#include "support/database.h"
#include "support/temp_dir.h"

namespace sluis::snapshot {
namespace {

using namespace std::chrono_literals;
using std::chrono::days;
using test::insert;
using test::Record;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr Day kToday = 2026y / 11 / 22;

class BuildTest : public testing::Test {
 protected:
  BuildTest() {
    clear();
    admin_.script(
        "DELETE FROM care.rotation; DELETE FROM care.domain; DELETE FROM register.agreement;"
        "DELETE FROM register.provider;"
        "INSERT INTO register.provider (code, name, mails) VALUES ('P0001', 'De Een', '{a@example.org}'),"
        " ('P0002', 'De Ander', '{a@example.org}'), ('P0003', 'Zonder', '{a@example.org}'),"
        " ('P0004', 'Elders', '{a@example.org}');"
        "INSERT INTO register.agreement (provider, municipality, dataset, valid_from, valid_until) VALUES"
        " ('P0001', 'GM0034', 'jeugdhulp', '2020-01-01', NULL),"
        " ('P0003', 'GM0034', 'jeugdhulp', '2020-01-01', '2020-12-31'),"
        " ('P0004', 'GM0363', 'jeugdhulp', '2020-01-01', NULL)");
  }
  Table built(Day today = kToday) {
    Wanted wanted;
    wanted.id = "GM0034-000001";
    wanted.domain = "GM0034";
    wanted.today = today;
    wanted.ruleSet = "jeugdhulp 5.1";
    wanted.table = "table";
    return build(connection_, wanted);
  }
  std::string refusal() {
    try {
      built();
    } catch (const Error& error) {
      return error.message();
    }
    return "";
  }

  void clear() { admin_.script("DELETE FROM care.batch; DELETE FROM care.trajectory"); }

  // One for all tests: making one takes longer than any of them.
  static test::Database& database() {
    static test::Database database;
    return database;
  }
  postgres::Connection admin_ = database().connect();
  postgres::Connection connection_ = database().connect("sluis_daemon");
};

std::string line(const Table& table, std::size_t i) {
  const auto& facts = table.facts;
  const auto quarter = [&](std::uint8_t value) { return value == 0 ? 0 : facts.firstQuarter + value - 1; };
  return fmt::format("{} {} {} {} {} {} {} {} {} {} {} {} {} {} {} {} {} {}", table.key[i], table.keyYouth[i],
                     table.keyParent[i], facts.providers.at(table.provider[i]).code, table.form[i], table.referrer[i],
                     table.reason[i], table.profile[i], table.productCategory[i], table.perspective[i],
                     table.severity[i], table.complexity[i], quarter(table.start[i]), quarter(table.end[i]),
                     table.satisfaction[i], table.goOn[i], table.goals[i], table.flags[i]);
}

std::vector<std::string> lines(const Table& table) {
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < table.facts.rows; ++i) lines.push_back(line(table, i));
  std::ranges::sort(lines);
  return lines;
}

// The same by the definition, slowly: current records as the view says, everything else as JEUGDHULP does.
std::vector<std::string> linesBySql(postgres::Connection& connection) {
  connection.exec("SET jit = off");  // takes seconds for what is read once
  const auto rows = connection.exec(R"(
    WITH mine AS (SELECT * FROM care.current_trajectory WHERE municipality = 34),
    scores AS (SELECT *,
      CASE 'J' WHEN informant_1 THEN satisfaction_1 WHEN informant_2 THEN satisfaction_2 END AS j_mark,
      CASE 'O' WHEN informant_1 THEN satisfaction_1 WHEN informant_2 THEN satisfaction_2 END AS o_mark,
      CASE 'J' WHEN informant_1 THEN go_on_1 WHEN informant_2 THEN go_on_2 END AS j_go_on,
      CASE 'O' WHEN informant_1 THEN go_on_1 WHEN informant_2 THEN go_on_2 END AS o_go_on,
      CASE 'J' WHEN informant_1 THEN goals_1 WHEN informant_2 THEN goals_2 END AS j_goals,
      CASE 'O' WHEN informant_1 THEN goals_1 WHEN informant_2 THEN goals_2 END AS o_goals,
      coalesce(end_date <= '2026-11-22'::date - 365, false) AS long_ago
      FROM mine)
    SELECT concat_ws(' ', unit_key,
      CASE WHEN coalesce(j_mark, j_go_on, j_goals) IS NULL THEN 0 ELSE youth_key END,
      CASE WHEN coalesce(o_mark, o_go_on, o_goals) IS NULL THEN 0 ELSE parent_key END,
      provider, form, coalesce(referrer, 0), coalesce(reason, 0), coalesce(profile, 0), coalesce(product_category, 0),
      coalesce(perspective, 0), coalesce(severity, 0), coalesce(complexity, 0),
      extract(year FROM start_date) * 4 + extract(quarter FROM start_date) - 1,
      coalesce(extract(year FROM end_date) * 4 + extract(quarter FROM end_date) - 1, 0),
      coalesce(j_mark, 0) + 16 * coalesce(o_mark, 0), coalesce(j_go_on, 0) + 16 * coalesce(o_go_on, 0),
      coalesce(j_goals, 0) + 16 * coalesce(o_goals, 0),
      long_ago::int + 2 * (long_ago AND NOT unlinked AND EXISTS (SELECT FROM mine AS next
        WHERE next.pseudonym = scores.pseudonym AND next.start_date - scores.end_date BETWEEN 1 AND 365))::int)
    FROM scores)");
  std::vector<std::string> lines;
  for (const auto row : rows) lines.push_back(row.text(0));
  std::ranges::sort(lines);
  return lines;
}

// Deliveries of three providers over periods that overlap, the same trajectories again and again, twins now and then.
void deliverAtRandom(postgres::Connection& admin, unsigned seed) {
  std::mt19937 random(seed);
  const auto below = [&](unsigned n) { return static_cast<unsigned>(random() % n); };
  const auto oneOf = [&](std::initializer_list<unsigned> codes) {
    return static_cast<std::uint8_t>(*(codes.begin() + below(static_cast<unsigned>(codes.size()))));
  };
  const std::vector<std::pair<const char*, const char*>> periods = {
      {"2024-01-01", "2024-06-30"}, {"2024-05-01", "2024-05-31"}, {"2024-06-01", "2024-06-30"},
      {"2024-04-01", "2024-06-30"}, {"2024-01-01", "2024-12-31"}, {"2023-01-01", "2023-12-31"}};
  std::int64_t delivery = 0;
  for (const char* provider : {"P0001", "P0002", "P0009"}) {
    std::vector<Record> known;
    auto order = periods;
    std::ranges::shuffle(order, random);
    for (const auto& [first, last] : order) {
      std::vector<Record> records;
      for (auto& old : known) {
        if (below(3) != 0) continue;
        old.end = below(2) == 0 ? std::optional(old.start + days(below(500))) : std::nullopt;
        old.reason = old.end ? oneOf({1, 2, 3}) : std::uint8_t{0};
        records.push_back(old);
      }
      for (unsigned i = 0; i < 60; ++i) {
        Record record;
        record.child = below(80);
        record.start = Day(2023y / 1 / 1) + days(below(500));
        if (below(2) == 0) record.end = record.start + days(below(400));
        record.form = oneOf({1, 2, 11});
        record.referrer = oneOf({1, 2, 8});
        record.profile = oneOf({0, 11});
        record.productCategory = oneOf({0, 45, 55});
        record.perspective = oneOf({0, 4});
        record.severity = oneOf({0, 1, 4});
        record.complexity = oneOf({0, 3});
        for (std::size_t m = 0; m < below(3); ++m)
          record.measurements[m] = {"JO"[(m + i) % 2], oneOf({0, 1, 7, 10}), oneOf({0, 1, 4}), oneOf({0, 2, 4})};
        record.key = static_cast<std::uint32_t>(random()) | 1;
        record.keyYouth = static_cast<std::uint32_t>(random()) | 1;
        record.keyParent = static_cast<std::uint32_t>(random()) | 1;
        record.unlinked = below(10) == 0;
        record.municipality = below(10) == 0 ? 363 : 34;
        // A domain has pseudonyms of its own.
        if (record.municipality == 363) record.child += 100'000;
        records.push_back(record);
        known.push_back(record);
        if (record.unlinked && below(2) == 0) records.push_back(record), records.back().key ^= 0x10;
      }
      // Several are received at one instant: then the later delivery counts.
      insert(admin, {++delivery, provider, first, last, fmt::format("2024-12-{:02}", 1 + below(4))}, records);
    }
  }
}

TEST_F(BuildTest, IsWhatTheDefinitionSays) {
  for (unsigned seed = 1; seed <= 2; ++seed) {
    clear();
    deliverAtRandom(admin_, seed);
    const auto table = built();
    EXPECT_GT(table.facts.rows, 500U);
    EXPECT_EQ(lines(table), linesBySql(connection_));

    // A child is a pseudonym; a record that is unlinked is a child of its own.
    std::map<std::string, std::string> childOf;
    for (const auto row :
         connection_.exec("SELECT unit_key, CASE WHEN unlinked THEN unit_key::text ELSE pseudonym::text END FROM"
                          " care.current_trajectory WHERE municipality = 34"))
      childOf[row.text(0)] = row.text(1);
    std::map<std::string, std::uint32_t> numbers;
    for (std::size_t i = 0; i < table.facts.rows; ++i) {
      const auto& child = childOf.at(fmt::format("{}", table.key[i]));
      EXPECT_EQ(numbers.try_emplace(child, table.child[i]).first->second, table.child[i]);
    }
    EXPECT_EQ(numbers.size(), table.facts.children);
    EXPECT_EQ(table.child.back() + 1, table.facts.children);

    test::TempDir folder;
    write(folder / "x", table);
    Snapshot::open(folder / "x", "GM0034")->verify();
  }
}

TEST_F(BuildTest, FactsAreThoseOfTheMoment) {
  insert(admin_, {1, "P0002"}, {{.start = 2025y / 3 / 31, .end = 2026y / 4 / 1}, {.child = 1, .start = 2025y / 4 / 1}});
  const auto table = built();
  EXPECT_EQ(table.facts.id, "GM0034-000001");
  EXPECT_EQ(table.facts.ruleSet, "jeugdhulp 5.1");
  EXPECT_EQ(table.facts.firstQuarter, 2025 * 4);
  EXPECT_EQ(table.facts.lastQuarter, 2026 * 4 + 1);
  EXPECT_EQ(table.facts.rows, 2U);
  EXPECT_EQ(table.facts.children, 2U);
  EXPECT_LT(std::chrono::abs(table.facts.made - SystemClock().now()), 1min);
  // One with rows, one with an agreement in force, one with an agreement of the past.
  std::vector<std::string> providers;
  for (const auto& provider : table.facts.providers) providers.push_back(provider.code + " " + provider.name);
  EXPECT_THAT(providers, ElementsAre("P0001 De Een", "P0002 De Ander", "P0003 Zonder"));
}

TEST_F(BuildTest, WithoutRecordsThereIsATableWithoutRows) {
  const auto table = built();
  EXPECT_EQ(table.facts.rows, 0U);
  EXPECT_EQ(table.facts.firstQuarter, 2026 * 4 + 3);
  test::TempDir folder;
  write(folder / "x", table);
}

TEST_F(BuildTest, ChildrenAreInAnotherOrderEachTime) {
  std::vector<Record> records;
  for (std::uint32_t child = 0; child < 200; ++child)
    records.push_back({.child = child, .start = 2025y / 1 / 1, .key = child + 1});
  insert(admin_, {1}, records);
  const auto first = built();
  const auto second = built();
  EXPECT_EQ(lines(first), lines(second));
  EXPECT_NE(first.key, second.key);
  EXPECT_NE(first.key, [&] {
    std::vector<std::uint32_t> asDelivered;
    for (const auto& record : records) asDelivered.push_back(record.key);
    return asDelivered;
  }());
}

TEST_F(BuildTest, TheWindowIsOfOneToThreeHundredAndSixtyFiveDays) {
  const Day end = 2025y / 11 / 22;  // 365 days ago
  const auto flagsAfter = [&](Day firstEnd, int gap) {
    clear();
    insert(admin_, {1}, {{.start = firstEnd - days(10), .end = firstEnd, .key = 1}});
    insert(admin_, {2, "P0002"}, {{.start = firstEnd + days(gap), .form = 3, .key = 2}});
    const auto table = built();
    return static_cast<int>(table.flags.at(table.key[0] == 1 ? 0 : 1));
  };
  EXPECT_EQ(flagsAfter(end, 1), kEndedBeforeWindow | kRenewed);
  EXPECT_EQ(flagsAfter(end, 365), kEndedBeforeWindow | kRenewed);
  EXPECT_EQ(flagsAfter(end, 366), kEndedBeforeWindow);
  EXPECT_EQ(flagsAfter(end, 0), kEndedBeforeWindow);
  EXPECT_EQ(flagsAfter(end + days(1), 1), 0);
}

TEST_F(BuildTest, ManyTwinsAreManyChildrenAndGoWithTheirDelivery) {
  std::vector<Record> twins(5000, Record{.start = 2025y / 1 / 1, .unlinked = true});
  insert(admin_, {1}, twins);
  EXPECT_EQ(built().facts.children, 5000U);
  insert(admin_, {2, "P0001", "2026-02-01", "2026-02-28"}, {twins[0]});
  EXPECT_EQ(built().facts.children, 1U);
}

TEST_F(BuildTest, WaitsForARotation) {
  insert(admin_, {1}, {{.start = 2025y / 1 / 1}});
  admin_.script(
      "INSERT INTO care.domain VALUES (34, 2), (363, 2);"
      "INSERT INTO care.rotation (municipality, from_version, to_version, asked_by, started) VALUES"
      " (363, 1, 2, 'anna', now())");
  EXPECT_EQ(refusal(), "");
  admin_.script(
      "INSERT INTO care.rotation (municipality, from_version, to_version, asked_by, started) VALUES"
      " (34, 1, 2, 'anna', now())");
  EXPECT_EQ(refusal(), "the key of GM0034 is being rotated");
  admin_.script("UPDATE care.rotation SET finished = now()");
  EXPECT_EQ(refusal(), "");
}

TEST_F(BuildTest, RefusesWhatItCannotCount) {
  const auto with = [&](const Record& record) {
    clear();
    insert(admin_, {1}, {Record{.child = 7, .start = 2025y / 1 / 1}, record});
    return refusal();
  };
  EXPECT_EQ(with({.start = 2025y / 1 / 1}), "");
  EXPECT_EQ(with({.start = 2025y / 1 / 1, .domainVersion = 2}), "records of GM0034 are under two versions of its key");
  EXPECT_EQ(with({.start = 2025y / 1 / 1, .codeBytes = 23}), "records of GM0034 still lack the keys of their units");
  EXPECT_EQ(with({.start = 2025y / 1 / 1, .key = 0}), "records of GM0034 still lack the keys of their units");
  EXPECT_EQ(with({.start = 2025y / 1 / 1, .measurements = {{{'J', 7, 0, 0}}}}),
            "records of GM0034 still lack the keys of their units");
  EXPECT_EQ(with({.start = 2025y / 1 / 1, .codeBytes = 30}), "a record of GM0034 has codes of another form");
  EXPECT_EQ(with({.start = 2025y / 1 / 1, .form = 100}), "a record of GM0034 has a code of three digits");
  EXPECT_EQ(with({.start = 2025y / 1 / 1, .measurements = {{{'O', 11, 0, 0}}}}),
            "a record of GM0034 has a score that is none");
  EXPECT_EQ(with({.start = 2025y / 1 / 1, .end = 2024y / 12 / 31}), "a record of GM0034 ends before it starts");
  EXPECT_THAT(with({.start = 1900y / 1 / 1}), HasSubstr("reach from 1900Q1 to 2025Q1"));
  // The connection is still good, and nobody else's records matter.
  EXPECT_EQ(with({.start = 1900y / 1 / 1, .municipality = 35, .domainVersion = 3, .codeBytes = 1}), "");
}

// Snapshots of the same children before and after something happened.
class ChangesTest : public BuildTest {
 protected:
  std::uint64_t changedBy(const std::function<void()>& event, Day today = kToday) {
    write(folder_ / "older", built());
    event();
    return changedChildren(*Snapshot::open(folder_ / "older"), built(today));
  }
  std::vector<Record> records(std::uint32_t from, std::uint32_t to) {
    std::vector<Record> records;
    for (auto child = from; child < to; ++child)
      for (std::uint32_t i = 0; i < 3; ++i)
        records.push_back(
            {.child = child, .start = Day(2025y / 1 / 1) + days(40 * i), .key = (child * 3 + i + 1) << 20});
    return records;
  }
  test::TempDir folder_;
};

TEST_F(ChangesTest, AreOfChildrenAndNotOfRows) {
  insert(admin_, {1}, records(0, 50));
  EXPECT_EQ(changedBy([] {}), 0U);
  EXPECT_EQ(changedBy([&] { insert(admin_, {2, "P0002", "2026-02-01", "2026-02-28"}, records(100, 104)); }), 4U);
  EXPECT_EQ(changedBy([&] { admin_.script("DELETE FROM care.trajectory WHERE delivery = 2"); }), 4U);
  // In place of 4 come 7: the greater of the two.
  insert(admin_, {3, "P0002", "2026-03-01", "2026-03-31"}, records(100, 104));
  EXPECT_EQ(changedBy([&] {
              admin_.script("DELETE FROM care.trajectory WHERE delivery = 3");
              insert(admin_, {4, "P0002", "2026-04-01", "2026-04-30"}, records(200, 207));
            }),
            7U);
  // Another answer is another row; another delivery of the same is not.
  auto changed = records(0, 50);
  changed[0].referrer = 2;
  changed[1].referrer = 2;
  EXPECT_EQ(changedBy([&] { insert(admin_, {5, "P0001", "2026-05-01", "2026-05-31"}, changed); }), 1U);
  // An earlier start of somebody moves the first quarter, an agreement the providers: no row is another for that.
  EXPECT_EQ(changedBy([&] {
              insert(admin_, {6, "P0002", "2026-06-01", "2026-06-30"}, {{.child = 900, .start = 2020y / 1 / 1}});
              admin_.script(
                  "INSERT INTO register.provider (code, name, mails) VALUES ('AAA', 'Nieuw', '{a@example.org}');"
                  "INSERT INTO register.agreement (provider, municipality, dataset, valid_from)"
                  " VALUES ('AAA', 'GM0034', 'jeugdhulp', '2026-01-01')");
            }),
            1U);
}

TEST_F(ChangesTest, TwinsAreCountedOneByOne) {
  const Record twin{.start = 2025y / 1 / 1, .unlinked = true, .key = 5};
  insert(admin_, {1}, {twin, twin, twin});
  EXPECT_EQ(changedBy([&] { insert(admin_, {2, "P0001", "2026-02-01", "2026-02-28"}, {twin, twin}); }), 1U);
}

TEST_F(ChangesTest, TheWindowPassingIsAChange) {
  auto ended = records(0, 5);
  for (auto& record : ended) record.end = record.start + days(20);
  insert(admin_, {1}, ended);
  EXPECT_EQ(changedBy([] {}, kToday + days(400)), 0U);  // all had ended long ago
  admin_.script("UPDATE care.trajectory SET start_date = start_date + 400, end_date = end_date + 400");
  EXPECT_EQ(changedBy([] {}, kToday + days(400)), 5U);
}

}  // namespace
}  // namespace sluis::snapshot
