// The example of docs/plugins.md, built as a third party would (headers only, a compiler of its own) and loaded.
#include <gtest/gtest.h>

#include <cstring>
#include <filesystem>

#include "plugin/cell_batch.h"
#include "plugin/loader.h"
#include "support/cells.h"
#include "support/command.h"
#include "support/temp_dir.h"

namespace sluis::plugin {
namespace {

class Collected final : public BatchSink {
 public:
  void header(std::span<const std::string> columns, std::string_view) override {
    columns_.assign(columns.begin(), columns.end());
  }
  BatchBuffer acquire() override { return {ends_, text_}; }
  void commit(std::uint32_t rows, std::uint32_t columns) override {
    const auto batch = CellBatch::checked(std::span(ends_).first(std::size_t{rows} * columns),
                                          {text_.data(), text_.size()}, rows, columns);
    ASSERT_TRUE(batch);
    for (std::uint32_t row = 0; row < rows; ++row) {
      std::string line;
      for (std::uint32_t column = 0; column < columns; ++column) line += std::string(batch->cell(row, column)) + ";";
      rows_.push_back(line);
    }
  }

  std::vector<std::string> columns_;
  std::vector<std::string> rows_;

 private:
  std::vector<std::uint32_t> ends_ = std::vector<std::uint32_t>(9);
  std::vector<char> text_ = std::vector<char>(256);
};

class ExamplePlugin : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = new test::TempDir;
    const std::string source = std::string(SLUIS_SOURCE_DIR);
    test::runCommand({SLUIS_CXX, "-std=c++20", "-Wall", "-Wextra", "-Werror", "-fPIC", "-shared", "-fvisibility=hidden",
                      "-I" + source + "/daemon", source + "/plugins/example/format_psv/psv.cpp", "-o",
                      (*folder_ / "format-psv.so").string()});
    loader_ = new Loader(folder_->path());
  }
  static void TearDownTestSuite() {
    delete loader_;
    delete folder_;
  }

  static Collected readText(const std::string& text) {
    support::TextSource source(text, 7);
    Collected sink;
    loader_->format("psv")->read(source, "", sink);
    return sink;
  }

  static test::TempDir* folder_;
  static Loader* loader_;
};

test::TempDir* ExamplePlugin::folder_ = nullptr;
Loader* ExamplePlugin::loader_ = nullptr;

TEST_F(ExamplePlugin, LoadsLikeAnyOther) {
  ASSERT_EQ(loader_->loaded().size(), 1U);
  EXPECT_EQ(loader_->loaded()[0].kind, "format");
  EXPECT_EQ(loader_->loaded()[0].name, "psv");
}

TEST_F(ExamplePlugin, ReadsRowsOverSeveralBatches) {
  const Collected read = readText("a|b\n1|2\n|x\ny|\n3|4\n5|6\n7|8\n");
  EXPECT_EQ(read.columns_, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(read.rows_, (std::vector<std::string>{"1;2;", ";x;", "y;;", "3;4;", "5;6;", "7;8;"}));
}

TEST_F(ExamplePlugin, RefusesWhatIsNoPsv) {
  for (const char* text : {"", "a|b\n1|2|3\n", "a|b\n1\n", "a|b\n1|2"})
    EXPECT_THROW(readText(text), Unreadable) << text;
}

}  // namespace
}  // namespace sluis::plugin
