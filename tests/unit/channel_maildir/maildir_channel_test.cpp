#include "maildir/maildir_channel.h"

#include <sys/resource.h>

#include <csignal>
#include <filesystem>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "base/file.h"
#include "support/temp_dir.h"

namespace sluis::channel_maildir {
namespace {

namespace fs = std::filesystem;
using plugin::Outcome;

plugin::ChannelSettings at(const fs::path& path) {
  return {{{"path", path.string()}}, {}};
}

std::set<std::string> contentsOf(const fs::path& folder) {
  std::set<std::string> contents;
  for (const auto& entry : fs::directory_iterator(folder)) contents.insert(readFile(entry.path()));
  return contents;
}

TEST(MaildirChannel, MessageAppearsWholeInNewWithItsBytesUnchanged) {
  test::TempDir folder;
  MaildirChannel channel;
  channel.open(at(folder / "box"));
  const std::string bytes = "Subject: proef\r\n\r\n.\r\nFrom hier\r\n";
  EXPECT_EQ(channel.deliver({"id@x", "a@b", {"c@d", "e@f"}, bytes}).outcome, Outcome::delivered);
  EXPECT_EQ(contentsOf(folder / "box/new"), std::set<std::string>{bytes});
  EXPECT_TRUE(fs::is_empty(folder / "box/tmp"));
  EXPECT_TRUE(fs::is_directory(folder / "box/cur"));
}

TEST(MaildirChannel, NamesAreUniqueAlsoBetweenTwoWriters) {
  test::TempDir folder;
  MaildirChannel one;
  MaildirChannel two;
  one.open(at(folder.path()));
  two.open(at(folder.path()));
  std::set<std::string> expected;
  for (int i = 0; i < 50; ++i) {
    for (MaildirChannel* channel : {&one, &two}) {
      const std::string bytes = std::to_string(i) + (channel == &one ? "a" : "b");
      const auto report = channel->deliver({"id@x", "a@b", {"c@d"}, bytes});
      // A clash within one microsecond is put off, never written over.
      if (report.outcome == Outcome::delivered) expected.insert(bytes);
    }
  }
  EXPECT_EQ(contentsOf(folder / "new"), expected);
  EXPECT_GE(expected.size(), 90u);
}

TEST(MaildirChannel, DiskThatTakesNoMoreDelaysMailAndLeavesNothing) {
  test::TempDir folder;
  MaildirChannel channel;
  channel.open(at(folder.path()));
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const auto old = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit tight{1000, before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &tight), 0);
  const auto report = channel.deliver({"id@x", "a@b", {"c@d"}, std::string(5000, 'x')});
  ::setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, old);
  EXPECT_EQ(report.outcome, Outcome::tryLater);
  EXPECT_FALSE(report.reason.empty());
  EXPECT_TRUE(fs::is_empty(folder / "tmp"));
  EXPECT_TRUE(fs::is_empty(folder / "new"));
}

TEST(MaildirChannel, LostFolderDelaysMail) {
  test::TempDir folder;
  MaildirChannel channel;
  channel.open(at(folder / "box"));
  fs::remove_all(folder / "box");
  EXPECT_EQ(channel.deliver({"id@x", "a@b", {"c@d"}, "x"}).outcome, Outcome::tryLater);
}

TEST(MaildirChannel, RemainsOfAKilledProcessAreClearedLater) {
  test::TempDir folder;
  fs::create_directories(folder / "tmp");
  writeFileDurably(folder / "tmp/old", "half");
  writeFileDurably(folder / "tmp/fresh", "half");
  fs::last_write_time(folder / "tmp/old", fs::file_time_type::clock::now() - std::chrono::hours(37));
  MaildirChannel channel;
  channel.open(at(folder.path()));
  EXPECT_FALSE(fs::exists(folder / "tmp/old"));
  EXPECT_TRUE(fs::exists(folder / "tmp/fresh"));
}

TEST(MaildirChannel, WrongSettingsAreErrors) {
  MaildirChannel channel;
  EXPECT_THROW(channel.open({}), Error);
  EXPECT_THROW(channel.open({{{"path", "relative"}}, {}}), Error);
  EXPECT_THROW(channel.open({{{"path", "/tmp/x"}, {"host", "x"}}, {}}), Error);
}

}  // namespace
}  // namespace sluis::channel_maildir
