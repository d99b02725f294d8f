// What tests/support/make_sample.py writes is right: scenario tests and benchmarks lean on it.
#include <gtest/gtest.h>

#include <cstdio>
#include <memory>

#include "sample.h"

namespace sluis::validate {
namespace {

std::vector<std::vector<std::string>> sampleOf(const std::string& arguments) {
  const std::string command = "/usr/bin/python3 " SLUIS_SOURCE_DIR "/tests/support/make_sample.py " + arguments;
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(::popen(command.c_str(), "r"), ::pclose);
  std::string text;
  for (char buffer[4096]; const std::size_t got = std::fread(buffer, 1, sizeof buffer, pipe.get());)
    text.append(buffer, got);
  std::vector<std::vector<std::string>> rows(1, std::vector<std::string>(1));
  for (const char c : text) {
    if (c == ';')
      rows.back().emplace_back();
    else if (c == '\n')
      rows.emplace_back(1);
    else
      rows.back().back() += c;
  }
  rows.pop_back();
  return rows;
}

TEST(Sample, HasNoErrorsInAnyKindOfPeriod) {
  for (const char* period : {"2026H1", "2026Q2", "2026-02", "2025"}) {
    const auto rows = sampleOf(std::string("--records 3000 --seed 7 --municipality GM0995 --period ") + period);
    ASSERT_EQ(rows.size(), 3001U);
    std::vector<Record> records;
    for (std::size_t row = 1; row < rows.size(); ++row) {
      records.emplace_back();
      for (std::size_t column = 0; column < rows[0].size(); ++column)
        records.back()[rows[0][column]] = rows[row][column];
    }
    const Judgement judgement = judge(records, rows[0], Coverage::noRegister(), 1000, period);
    EXPECT_EQ(judgement.all.errors, 0U) << period << " "
                                        << (judgement.findings.empty() ? "" : judgement.findings.front());
    EXPECT_EQ(judgement.good.size(), 3000U);
  }
}

TEST(Sample, IsTheSameForTheSameArguments) {
  EXPECT_EQ(sampleOf("--records 50 --seed 3"), sampleOf("--records 50 --seed 3"));
  EXPECT_NE(sampleOf("--records 50 --seed 3"), sampleOf("--records 50 --seed 4"));
}

}  // namespace
}  // namespace sluis::validate
