#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "sample.h"

// Batches of this many rows are shared out between two threads, those of the other many are not.
constexpr std::size_t kShared = 1500;
constexpr std::size_t kAlone = 100;

namespace sluis::validate {
namespace {

// Children that come back, mistakes of every level, and more of one kind than are kept.
std::vector<Record> mixture(std::size_t count, const std::string& key) {
  const std::vector<std::string> children =
      key == "bsn" ? std::vector<std::string>{"111222333", "249566758", "123456782", "999999999", "111222334", "1"}
                   : std::vector<std::string>{std::string(31, '1') + "2", std::string(31, '3') + "4",
                                              std::string(32, '0'), "0011"};
  std::mt19937 random(20261122);
  const auto oneIn = [&](unsigned many) { return random() % many == 0; };
  std::vector<Record> records;
  for (std::size_t i = 0; i < count; ++i) {
    Record record = right({{key, children[random() % children.size()]},
                           {"hulpvorm", std::to_string(10 + random() % 90)},
                           {"datum_aanvang", "2026010" + std::to_string(1 + random() % 9)},
                           {"postcode", std::to_string(1000 + random() % 2000) + "AB"}});
    if (oneIn(5)) record["geslacht"] = "?";
    if (oneIn(50)) record["geslacht"] = "V";
    if (oneIn(7)) record["datum_einde"] = "20251231";
    if (oneIn(9)) record["informant_2"] = "J";
    if (oneIn(40)) record["geboortedatum"] = "20140513";
    if (oneIn(3)) record["gemeentecode"] = "GM9999";
    records.push_back(record);
  }
  return records;
}

std::vector<std::uint32_t> rowsOf(const std::vector<Trajectory>& records) {
  std::vector<std::uint32_t> rows;
  for (const Trajectory& record : records) rows.push_back(record.row);
  return rows;
}

class TwoJudges : public ::testing::TestWithParam<const char*> {};

TEST_P(TwoJudges, FindWhatOneFindsInTheSameOrder) {
  std::vector<std::string> columns = kColumns;
  columns[0] = GetParam();
  const auto records = mixture(6100, GetParam());
  const Judgement two = judge(records, columns, Coverage::noRegister(), kShared);
  const Judgement one = judge(records, columns, Coverage::noRegister(), kAlone);
  EXPECT_EQ(two.findings, one.findings);
  EXPECT_EQ(two.all.counts, one.all.counts);
  EXPECT_EQ(two.wrong, one.wrong);
  EXPECT_EQ(rowsOf(two.good), rowsOf(one.good));
  // Of the whole delivery and of more records than are kept.
  for (const char* rule : {"JH201", "JH202", "JH203", "JH204", "JH205"})
    EXPECT_TRUE(two.all.counts.contains(rule)) << rule;
  EXPECT_GT(two.all.counts.at("JH011"), kFindingsKeptPerRule);
  EXPECT_FALSE(two.good.empty());
}

INSTANTIATE_TEST_SUITE_P(OfNumbersAndOfPrePseudonyms, TwoJudges, ::testing::Values("bsn", "psn"));

TEST(TwoJudges, CountWhatASpreadsheetSpoiltTogether) {
  std::vector<Record> records(4000, right({{"bsn", "1,23457E+08"}}));
  for (std::size_t i = 0; i < 1900; ++i) records[i * 2 + 1] = right();
  EXPECT_THAT(judge(records, kColumns, Coverage::noRegister(), kShared).refused, ::testing::HasSubstr("bsn"));
  for (std::size_t i = 0; i < 1900; ++i) records[i * 2] = right();
  EXPECT_EQ(judge(records, kColumns, Coverage::noRegister(), kShared).refused, "");
}

}  // namespace
}  // namespace sluis::validate
