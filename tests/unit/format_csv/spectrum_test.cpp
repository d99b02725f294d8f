// Every file of csv-spectrum (tests/golden/csv-spectrum), which others wrote to try CSV readers with.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include <nlohmann/json.hpp>

#include "csv/csv_reader.h"
#include "support/cells.h"

namespace sluis::csv {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

const fs::path kSpectrum = fs::path(SLUIS_SOURCE_DIR) / "tests/golden/csv-spectrum";

std::string contentOf(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// As csv-spectrum says it: one object a record, by column name.
json read(std::string_view text, std::size_t piece) {
  std::vector<std::vector<std::string>> rows;
  auto take = [&](const plugin::CellBatch& batch) {
    for (std::uint32_t row = 0; row < batch.rows(); ++row) {
      rows.emplace_back();
      for (std::uint32_t column = 0; column < batch.columns(); ++column)
        rows.back().emplace_back(batch.cell(row, column));
    }
  };
  support::BatchTaker sink(take);
  support::TextSource source(text, piece);
  CsvReader().read(source, {}, sink);
  json records = json::array();
  for (const auto& row : rows) {
    json record = json::object();
    for (std::size_t i = 0; i < row.size(); ++i) record[sink.columns()[i]] = row[i];
    records.push_back(record);
  }
  return records;
}

TEST(Spectrum, EveryFileIsReadRight) {
  std::set<std::string> done;
  for (const auto& entry : fs::directory_iterator(kSpectrum / "csvs")) {
    const std::string name = entry.path().stem().string();
    json expected = json::parse(contentOf(kSpectrum / "json" / (name + ".json")));
    if (name == "location_coordinates") {
      // Its JSON has another telephone number than its CSV, and no list around the record.
      expected["Contact Phone Number"] = "2095257564";
      expected = json::array({expected});
    }
    for (const std::size_t piece : {std::size_t{1}, std::size_t{1} << 16})
      EXPECT_EQ(read(contentOf(entry.path()), piece), expected) << name;
    done.insert(name);
  }
  EXPECT_EQ(done.size(), 12U);
}

}  // namespace
}  // namespace sluis::csv
