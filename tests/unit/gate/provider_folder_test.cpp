#include "gate/provider_folder.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "base/file.h"
#include "gate/taken_files.h"

namespace sluis::gate {
namespace {

namespace fs = std::filesystem;

class ProviderFolderTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "sluis_gate_XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    base_ = name;
    for (const char* folder : {"inbox", "test", "outbox", ".taken"}) fs::create_directory(base_ / folder);
  }
  void TearDown() override { fs::remove_all(base_); }

  ProviderFolder open(Limits limits = {.maxFileBytes = 1000, .quotaBytes = 2048}) {
    return ProviderFolder(openFile(base_, O_RDONLY | O_DIRECTORY), limits);
  }
  static ViewPath at(std::string_view path) { return *parseViewPath(path); }
  void put(std::string_view path, std::string_view text) { std::ofstream(base_ / path) << text; }
  std::string get(std::string_view path) { return readFile(base_ / path); }
  bool exists(std::string_view path) { return fs::exists(fs::symlink_status(base_ / path)); }

  static std::string words(std::size_t size) { return std::string(size, 'x'); }
  static constexpr std::uint32_t kNew = kOpenWrite | kOpenCreate | kOpenTruncate;

  fs::path base_;
};

TEST_F(ProviderFolderTest, AnUploadLandsWithItsBytesAndTheGroupsRights) {
  auto folder = open();
  auto upload = folder.openUpload(at("inbox/a.csv"), kNew);
  ASSERT_TRUE(upload);
  ASSERT_TRUE(upload->write(3, asBytes("def")));
  ASSERT_TRUE(upload->write(0, asBytes("abc")));
  EXPECT_EQ(upload->finish("p0001")->size, 6U);
  EXPECT_EQ(get("inbox/a.csv"), "abcdef");
  EXPECT_EQ(fs::status(base_ / "inbox/a.csv").permissions(), fs::perms(0660));
}

TEST_F(ProviderFolderTest, AnOversizeWriteRemovesThePartialFileAndNothingElse) {
  auto folder = open();
  put("inbox/other", "other");
  auto upload = folder.openUpload(at("inbox/a.csv"), kNew);
  ASSERT_TRUE(upload->write(0, asBytes(words(1000))));
  const auto refused = upload->write(1000, asBytes("x"));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().text, "file larger than 1000 bytes; the partial file has been removed");
  EXPECT_FALSE(exists("inbox/a.csv"));
  EXPECT_FALSE(upload->write(0, asBytes("x")));
  EXPECT_FALSE(upload->truncate(0));
  EXPECT_FALSE(upload->finish("p0001"));
  EXPECT_FALSE(exists("inbox/a.csv"));
  EXPECT_EQ(get("inbox/other"), "other");
}

TEST_F(ProviderFolderTest, AnOffsetThatWouldOverflowIsOversize) {
  auto folder = open();
  auto upload = folder.openUpload(at("inbox/a.csv"), kNew);
  EXPECT_FALSE(upload->write(UINT64_MAX - 1, asBytes("abc")));
  EXPECT_FALSE(exists("inbox/a.csv"));
}

TEST_F(ProviderFolderTest, ADeadUploadLeavesANewFileOfTheSameNameAlone) {
  auto folder = open();
  auto first = folder.openUpload(at("inbox/a.csv"), kNew);
  ASSERT_TRUE(first->write(0, asBytes("taken")));
  fs::rename(base_ / "inbox/a.csv", base_ / "moved");
  put("inbox/a.csv", "new");
  EXPECT_FALSE(first->write(5000, asBytes("x")));
  EXPECT_EQ(get("inbox/a.csv"), "new");
  EXPECT_EQ(get("moved"), "taken");
}

TEST_F(ProviderFolderTest, TheQuotaCountsBothFoldersAndWhatOtherSessionsWrite) {
  auto folder = open();
  auto upload = folder.openUpload(at("inbox/a"), kNew);
  ASSERT_TRUE(upload->write(0, asBytes(words(900))));
  put("test/b", words(1048));
  EXPECT_TRUE(upload->write(900, asBytes(words(100))));
  auto more = folder.openUpload(at("inbox/c"), kNew);
  const auto refused = more->write(0, asBytes("x"));
  ASSERT_FALSE(refused);
  EXPECT_TRUE(refused.error().text.starts_with("more than 2 KiB waiting"));
  fs::remove(base_ / "test/b");
  auto again = folder.openUpload(at("inbox/c"), kNew);
  EXPECT_TRUE(again->write(0, asBytes("x")));
}

TEST_F(ProviderFolderTest, AFileThatWasTakenWhileOpenTakesNoMoreBytes) {
  auto folder = open();
  auto upload = folder.openUpload(at("inbox/a"), kNew);
  ASSERT_TRUE(upload->write(0, asBytes("taken")));
  fs::rename(base_ / "inbox/a", base_ / "spooled");
  EXPECT_FALSE(upload->write(0, asBytes("x")));
  EXPECT_FALSE(upload->truncate(0));
  EXPECT_FALSE(exists("inbox/a"));
  EXPECT_EQ(get("spooled"), "taken");
}

TEST_F(ProviderFolderTest, LinksAndOtherThingsAreNoFiles) {
  auto folder = open();
  put("outbox/real", "real");
  fs::create_symlink("../outbox/real", base_ / "inbox/link");
  fs::create_symlink("real", base_ / "outbox/link");
  fs::create_hard_link(base_ / "outbox/real", base_ / "outbox/hard");
  fs::create_directory(base_ / "inbox/folder");
  ASSERT_EQ(::mkfifo((base_ / "inbox/fifo").c_str(), 0600), 0);
  for (const char* path : {"inbox/link", "inbox/folder", "inbox/fifo"}) {
    EXPECT_FALSE(folder.openUpload(at(path), kNew)) << path;
    EXPECT_FALSE(folder.attributes(at(path))) << path;
    EXPECT_FALSE(folder.remove(at(path))) << path;
    EXPECT_FALSE(folder.rename(at(path), at("inbox/x"), true)) << path;
    EXPECT_TRUE(exists(path)) << path;
  }
  EXPECT_FALSE(folder.openDownload(at("outbox/link")));
  EXPECT_FALSE(folder.openDownload(at("outbox/hard")));
  EXPECT_EQ(get("outbox/real"), "real");
}

TEST_F(ProviderFolderTest, AFolderThatIsALinkIsMissing) {
  fs::remove(base_ / "outbox");
  fs::create_directory_symlink(base_ / "inbox", base_ / "outbox");
  auto folder = open();
  EXPECT_FALSE(folder.list(at("outbox")));
  EXPECT_FALSE(folder.openDownload(at("outbox/a")));
}

TEST_F(ProviderFolderTest, AnExclusiveOpenDoesNotTouchWhatIsThere) {
  auto folder = open();
  put("inbox/a", "there");
  EXPECT_FALSE(folder.openUpload(at("inbox/a"), kNew | kOpenExclusive));
  EXPECT_EQ(get("inbox/a"), "there");
  EXPECT_FALSE(folder.openUpload(at("inbox/b"), kOpenWrite));
  EXPECT_FALSE(exists("inbox/b"));
}

TEST_F(ProviderFolderTest, ARenameStaysInItsFolder) {
  auto folder = open();
  put("inbox/a", "a");
  for (const char* to : {"test/a", "outbox/a", "a", "inbox", "inbox/.taken", "inbox/..", "STATUS.txt"})
    EXPECT_FALSE(folder.rename(at("inbox/a"), at(to), true)) << to;
  EXPECT_TRUE(folder.rename(at("inbox/a"), at("inbox/b"), false));
  EXPECT_EQ(get("inbox/b"), "a");
}

TEST_F(ProviderFolderTest, TakenFilesAreListedWithoutShadowingLiveOnes) {
  put(".taken/a", "11 1000\n");
  put(".taken/b", "22 2000\n");
  put(".taken/bad", "not a record");
  put("inbox/b", "live");
  auto folder = open();
  const auto entries = folder.list(at("inbox"));
  ASSERT_TRUE(entries);
  std::map<std::string, std::uint64_t> sizes;
  for (const auto& entry : *entries)
    if (!entry.name.starts_with('.')) sizes[entry.name] = *entry.attributes.size;
  EXPECT_EQ(sizes, (std::map<std::string, std::uint64_t>{{"a", 11}, {"b", 4}}));
  EXPECT_EQ(folder.attributes(at("inbox/a"))->modified, 1000U);
  EXPECT_FALSE(folder.attributes(at("test/a")));
}

TEST_F(ProviderFolderTest, WhatWasRefusedAnswersToStatWithTheReason) {
  auto folder = open();
  folder.rememberRefused(at("inbox/a"), {Status::failure, "file larger than 1 KiB", true});
  const auto found = folder.attributes(at("inbox/a"));
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().status, Status::noSuchFile);
  EXPECT_EQ(found.error().text, "no such file: file larger than 1 KiB");
}

TEST(TakenRecord, IsStrict) {
  EXPECT_EQ(parseTakenRecord("a", "12 34\n")->size, 12U);
  EXPECT_EQ(parseTakenRecord("a", "12 34\n")->modified, 34);
  for (const char* text :
       {"", "12", "12 34", "12  34\n", "-1 34\n", "12 34\nx", "x 34\n", "12 34 \n", "99999999999999999999 1\n"})
    EXPECT_FALSE(parseTakenRecord("a", text)) << text;
}

TEST(SizeText, IsShort) {
  EXPECT_EQ(sizeText(4ULL << 30), "4 GiB");
  EXPECT_EQ(sizeText(1536), "1.5 KiB");
  EXPECT_EQ(sizeText(12), "12 bytes");
}

}  // namespace
}  // namespace sluis::gate
