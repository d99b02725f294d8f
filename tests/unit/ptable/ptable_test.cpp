#include "ptable/ptable.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <string>

#include <fmt/format.h>

#include "base/error.h"
#include "base/file.h"
#include "ptable/entropy.h"

namespace sluis::ptable {
namespace {

using ::testing::HasSubstr;

struct Moments {
  double sum = 0, mean = 0, variance = 0;
};

Moments momentsOf(std::span<const double> row) {
  const int bound = static_cast<int>(row.size() / 2);
  Moments moments;
  for (std::size_t i = 0; i < row.size(); ++i) {
    const int d = static_cast<int>(i) - bound;
    moments.sum += row[i];
    moments.mean += row[i] * d;
    moments.variance += row[i] * d * d;
  }
  return moments;
}

double entropyOf(std::span<const double> row) {
  return std::accumulate(row.begin(), row.end(), 0.0,
                         [](double sum, double p) { return p > 0 ? sum - p * std::log(p) : sum; });
}

std::string messageOf(const std::function<void()>& call, ErrorKind kind) {
  try {
    call();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), kind);
    return error.what();
  }
  ADD_FAILURE() << "expected an error";
  return {};
}

class OfParameters : public ::testing::TestWithParam<Parameters> {};

TEST_P(OfParameters, EveryRowHasMeanZeroTheVarianceAndItsSupport) {
  const Parameters wanted = GetParam();
  const auto table = PerturbationTable::make(wanted);
  EXPECT_EQ(table.row(0)[static_cast<std::size_t>(wanted.bound)], 1);
  for (std::size_t count = 1; count < table.rows() + 3; ++count) {
    const auto row = table.row(count);
    ASSERT_EQ(row.size(), 2U * static_cast<std::size_t>(wanted.bound) + 1);
    const Moments moments = momentsOf(row);
    EXPECT_NEAR(moments.sum, 1, 1e-11) << count;
    EXPECT_NEAR(moments.mean, 0, 1e-11) << count;
    EXPECT_NEAR(moments.variance, wanted.variance, 1e-11) << count;
    for (std::size_t i = 0; i < row.size(); ++i) {
      const int published = static_cast<int>(count + i) - wanted.bound;
      const bool possible = published == 0 || published > wanted.js;
      EXPECT_EQ(row[i] > 0, possible) << count << " to " << published;
    }
  }
  const auto last = table.row(1000);
  for (std::size_t i = 0; i < last.size(); ++i) EXPECT_NEAR(last[i], last[last.size() - 1 - i], 1e-11);
}

INSTANTIATE_TEST_SUITE_P(Ptable, OfParameters,
                         ::testing::Values(Parameters{5, 3, 2}, Parameters{2, 1, 0}, Parameters{5, 3, 0},
                                           Parameters{10, 8, 1}, Parameters{3, 2.5, 1}, Parameters{5, 3, 1},
                                           Parameters{50, 40, 3}));

TEST(Ptable, NoOtherDistributionHasMoreEntropy) {
  // Any change that keeps the three conditions moves along the null space of {1, d, d^2}: third differences.
  const auto table = PerturbationTable::make({});
  for (std::size_t count = 8; count < table.rows(); ++count) {
    const auto row = table.row(count);
    const double best = entropyOf(row);
    for (std::size_t at = 0; at + 4 <= row.size(); ++at)
      for (const double size : {1e-4, -1e-4}) {
        std::vector<double> other(row.begin(), row.end());
        const double steps[] = {1, -3, 3, -1};
        for (std::size_t k = 0; k < 4; ++k) other[at + k] += size * steps[k];
        if (*std::min_element(other.begin(), other.end()) > 0) {
          EXPECT_LT(entropyOf(other), best);
        }
      }
  }
}

TEST(Ptable, AgreesWithThePeersPublishedFigures) {
  // The R package ptable prints for D = 2, V = 1: 2 stays with 0.383 and becomes 0 with 0.0638.
  const auto table = PerturbationTable::make({2, 1, 0});
  EXPECT_NEAR(table.row(2)[2], 0.383, 5e-4);
  EXPECT_NEAR(table.row(2)[0], 0.0638, 5e-5);
}

TEST(Ptable, TheHandbooksExampleMakesThreeFour) {
  // SDC Handbook ch. 5: keys 0.9, 0.3 and 0.6 add up to 1.8, so the cell's key is 0.8.
  const auto fraction = [](double key) { return static_cast<std::uint32_t>(key * 4294967296.0); };
  const std::uint32_t key = fraction(0.9) + fraction(0.3) + fraction(0.6);
  EXPECT_NEAR(key / 4294967296.0, 0.8, 1e-6);
  EXPECT_EQ(PerturbationTable::make({2, 1, 0}).noise(3, key), 1);
}

TEST(Ptable, NoiseFollowsTheProbabilitiesOverAllKeys) {
  const auto table = PerturbationTable::make({});
  for (std::size_t count = 0; count < table.rows() + 2; ++count) {
    std::vector<double> seen(11);
    constexpr int kKeys = 1 << 16;
    for (int i = 0; i < kKeys; ++i)
      seen[static_cast<std::size_t>(table.noise(count, static_cast<std::uint32_t>(i) << 16) + 5)] += 1.0 / kKeys;
    for (std::size_t i = 0; i < seen.size(); ++i) EXPECT_NEAR(seen[i], table.row(count)[i], 1e-4);
    EXPECT_EQ(table.noise(count, 0xffffffff) > 0, count > 0);
  }
}

TEST(Ptable, ZeroStaysZeroAndNothingFromOneToJsIsPublished) {
  const auto table = PerturbationTable::make({});
  for (std::uint32_t key : {0U, 1U, 0x7fffffffU, 0xfffffffeU, 0xffffffffU}) {
    EXPECT_EQ(table.noise(0, key), 0);
    for (int count = 1; count < 20; ++count) {
      const int published = count + table.noise(static_cast<std::uint64_t>(count), key);
      EXPECT_TRUE(published == 0 || published > 2) << count << " " << key;
    }
  }
}

TEST(Ptable, WhatCannotBeNamesTheRowAndWhatToChange) {
  EXPECT_THAT(messageOf(
                  [] {
                    PerturbationTable::make({5, 1, 2});
                  },
                  ErrorKind::usage),
              ::testing::AllOf(HasSubstr("for a count of 1"), HasSubstr("variance of at least 2")));
  EXPECT_THAT(messageOf(
                  [] {
                    PerturbationTable::make({5, 6, 2});
                  },
                  ErrorKind::usage),
              ::testing::AllOf(HasSubstr("for a count of 1"), HasSubstr("variance of at most 5")));
  EXPECT_THAT(messageOf(
                  [] {
                    PerturbationTable::make({2, 1, 2});
                  },
                  ErrorKind::usage),
              HasSubstr("variance of at least 2"));
  EXPECT_THAT(messageOf([] { PerturbationTable::make({3, 3, 3}); }, ErrorKind::usage), HasSubstr("smaller js"));
  EXPECT_THAT(messageOf([] { PerturbationTable::make({0, 3, 0}); }, ErrorKind::usage), HasSubstr("1 to 50"));
  EXPECT_THAT(messageOf([] { PerturbationTable::make({5, 0.5, 0}); }, ErrorKind::usage), HasSubstr("variance"));
  EXPECT_THAT(messageOf(
                  [] {
                    PerturbationTable::make({5, std::nan(""), 0});
                  },
                  ErrorKind::usage),
              HasSubstr("variance"));
  EXPECT_THAT(messageOf([] { PerturbationTable::make({5, 3, 6}); }, ErrorKind::usage), HasSubstr("js"));
}

TEST(Ptable, TheEndsOfWhatIsPossibleAreMade) {
  // For a count of 1 with js 2, variance 2 leaves -1 and +2 only, variance 5 leaves -1 and +5 only.
  EXPECT_NEAR(PerturbationTable::make({5, 2, 2}).row(1)[4], 2.0 / 3, 1e-12);
  EXPECT_NEAR(PerturbationTable::make({5, 5, 2}).row(1)[10], 1.0 / 6, 1e-12);
}

TEST(Ptable, TextIsReadBackTheSame) {
  for (const Parameters& parameters : {Parameters{}, Parameters{2, 1.25, 0}, Parameters{10, 8, 1}}) {
    const auto made = PerturbationTable::make(parameters);
    const auto read = PerturbationTable::parse(made.text());
    EXPECT_EQ(read.text(), made.text());
    for (std::size_t count = 0; count < made.rows(); ++count)
      EXPECT_TRUE(std::equal(made.row(count).begin(), made.row(count).end(), read.row(count).begin()));
  }
}

TEST(Ptable, TheTableThatIsShippedIsTheOneThatIsMade) {
  const std::string shipped = readFile(std::filesystem::path(SLUIS_SOURCE_DIR) / "config/ptables/d5-v3-js2.txt");
  const auto read = PerturbationTable::parse(shipped);
  const auto made = PerturbationTable::make({});
  ASSERT_EQ(read.rows(), made.rows());
  // Another machine's exp() may differ in the last digit.
  for (std::size_t count = 0; count < made.rows(); ++count)
    for (std::size_t i = 0; i < 11; ++i) EXPECT_NEAR(read.row(count)[i], made.row(count)[i], 1e-12);
}

TEST(Ptable, AnyCutOrFlippedTextIsRefused) {
  const std::string good = PerturbationTable::make({}).text();
  for (std::size_t length = 0; length < good.size(); ++length)
    EXPECT_THROW(PerturbationTable::parse(good.substr(0, length)), Error) << length;
  for (std::size_t at = 0; at < good.size(); ++at) {
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ 1);
    EXPECT_THROW(PerturbationTable::parse(bad), Error) << at;
  }
  EXPECT_THROW(PerturbationTable::parse(good + "\n"), Error);
}

/// A table with another row 9 and the right checksum: only the row itself can be wrong.
std::string withLastRow(const std::string& row) {
  std::string text = PerturbationTable::make({}).text();
  text = text.substr(0, text.rfind("\n8 ") + 1) + row + "\n";
  std::uint64_t sum = 0xcbf29ce484222325U;
  for (const char c : text) sum = (sum ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  return text + fmt::format("checksum {:016x}\n", sum);
}

TEST(Ptable, RowsThatAreNotRightAreNamed) {
  const auto why = [](const std::string& row) {
    return messageOf([&] { PerturbationTable::parse(withLastRow(row)); }, ErrorKind::config);
  };
  EXPECT_NO_THROW(
      PerturbationTable::parse(withLastRow("8 0 0 0.1666666666666667 0 0 0.6666666666666666 0 0 "
                                           "0.1666666666666667 0 0")));
  EXPECT_THAT(why("8 0 0 0 0 0 1 0 0 0 0 0"), ::testing::AllOf(HasSubstr("line 14"), HasSubstr("variance")));
  EXPECT_THAT(why("8 0 0 0 0 0 0 1 0 0 0 0"), HasSubstr("mean"));
  EXPECT_THAT(why("8 0 0 0 0 0 0.5 0 0 0 0 0"), HasSubstr("add up"));
  EXPECT_THAT(why("8 0 0 0 0 0 1.5 0 0 0 0 0"), HasSubstr("between 0 and 1"));
  EXPECT_THAT(why("8 0 0 0 0 0 nan 0 0 0 0 0"), HasSubstr("between 0 and 1"));
  EXPECT_THAT(why("8 0 0 0 0 0 1 0 0 0 0"), HasSubstr("11 probabilities"));
  EXPECT_THAT(why("8 0 0 0 0 0 1 0 0 0 0 0 0"), HasSubstr("11 probabilities"));
  EXPECT_THAT(why("9 0 0 0 0 0 1 0 0 0 0 0"), HasSubstr("row of 8"));
}

TEST(Ptable, ATableWithoutNoiseIsForTestsAndNeverRead) {
  const auto none = PerturbationTable::withoutNoise();
  for (std::uint32_t key : {0U, 0x80000000U, 0xffffffffU})
    for (std::uint64_t count : {0U, 1U, 7U, 1000U}) EXPECT_EQ(none.noise(count, key), 0);
  EXPECT_THROW(PerturbationTable::parse(none.text()), Error);
}

}  // namespace
}  // namespace sluis::ptable
