#include "portal/assets.h"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "base/error.h"
#include "support/temp_dir.h"

namespace sluis::portal {
namespace {

void write(const std::filesystem::path& file, const char* text) {
  std::ofstream(file) << text;
}

TEST(Assets, AreThoseOfKnownTypesWithTheirType) {
  const test::TempDir folder;
  write(folder / "portal.css", "h1{}");
  write(folder / "portal.js", "1");
  write(folder / "notes.txt", "not for anybody");
  write(folder / ".hidden", "neither");
  const Assets assets = loadAssets(folder.path());
  EXPECT_EQ(assets.size(), 3U);
  EXPECT_EQ(assets.at("portal.css").type, "text/css; charset=utf-8");
  EXPECT_EQ(assets.at("portal.css").body, "h1{}");
  EXPECT_EQ(assets.at("portal.js").type, "text/javascript; charset=utf-8");
  EXPECT_FALSE(assets.at("figures.css").body.empty());
}

TEST(Assets, LieNowhereBelowTheirFolder) {
  const test::TempDir folder;
  std::filesystem::create_directory(folder.path() / "below.css");
  write(folder / "below.css/portal.css", "h1{}");
  EXPECT_EQ(loadAssets(folder.path()).size(), 1U);
}

TEST(Assets, WithoutTheirFolderAreAnErrorAtOnce) {
  EXPECT_THROW(loadAssets("/no/such/folder"), Error);
}

}  // namespace
}  // namespace sluis::portal
