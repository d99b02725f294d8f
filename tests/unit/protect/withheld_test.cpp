#include "protect/withheld.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "base/error.h"
#include "base/file.h"
#include "support/temp_dir.h"

namespace sluis::protect {
namespace {

using Digest = std::array<std::byte, 32>;

Digest digestOf(int first) {
  Digest digest{};
  digest[0] = static_cast<std::byte>(first);
  return digest;
}

/// Without waiting for the disk, for it is done hundreds of times.
void writeQuickly(const std::filesystem::path& file, std::string_view content) {
  std::ofstream(file, std::ios::binary) << content;
}

std::string whyNot(const std::filesystem::path& file, const Digest& digest) {
  try {
    readWithheld(file, digest);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::disk);
    return error.message();
  }
  ADD_FAILURE() << "expected an error";
  return {};
}

TEST(Withheld, IsReadBackTheSame) {
  const test::TempDir dir;
  for (const Withheld& made : {Withheld{3, {}}, Withheld{2, {1, 5, ~std::uint64_t{0}}}}) {
    writeWithheld(dir / "x", made, digestOf(7));
    const Withheld read = readWithheld(dir / "x", digestOf(7));
    EXPECT_EQ(read.mostDimensions, made.mostDimensions);
    EXPECT_EQ(read.cells, made.cells);
  }
}

TEST(Withheld, KnowsItsCells) {
  const Withheld withheld{3, {2, 4, 9}};
  EXPECT_TRUE(withheld.contains(2));
  EXPECT_TRUE(withheld.contains(9));
  EXPECT_FALSE(withheld.contains(3));
  EXPECT_FALSE(Withheld{}.contains(0));
}

TEST(Withheld, ThatOfAnotherSnapshotIsRefused) {
  const test::TempDir dir;
  writeWithheld(dir / "x", {3, {1}}, digestOf(7));
  EXPECT_THAT(whyNot(dir / "x", digestOf(8)), ::testing::HasSubstr("another snapshot"));
}

TEST(Withheld, ACutOrFlippedFileIsRefused) {
  const test::TempDir dir;
  writeWithheld(dir / "x", {3, {1, 70000}}, digestOf(7));
  const std::string good = readFile(dir / "x");
  for (std::size_t length = 0; length < good.size(); ++length) {
    writeQuickly(dir / "bad", good.substr(0, length));
    whyNot(dir / "bad", digestOf(7));
  }
  for (std::size_t at = 0; at < good.size(); ++at) {
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ 4);
    writeQuickly(dir / "bad", bad);
    whyNot(dir / "bad", digestOf(7));
  }
  writeQuickly(dir / "bad", good + "x");
  whyNot(dir / "bad", digestOf(7));
  EXPECT_THROW(readWithheld(dir / "none", digestOf(7)), Error);
}

TEST(Withheld, ANewerVersionSaysSo) {
  const test::TempDir dir;
  writeWithheld(dir / "x", {3, {}}, digestOf(7));
  std::string newer = readFile(dir / "x");
  newer[8] = 2;
  writeFileDurably(dir / "x", newer);
  EXPECT_THAT(whyNot(dir / "x", digestOf(7)), ::testing::HasSubstr("version is 2"));
}

}  // namespace
}  // namespace sluis::protect
