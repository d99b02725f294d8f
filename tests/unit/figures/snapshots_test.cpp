#include "figures/snapshots.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "base/error.h"
#include "support/temp_dir.h"
#include "unit/figures/published_files.h"

namespace sluis::figures {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
namespace fs = std::filesystem;

class SnapshotFolder : public testing::Test {
 protected:
  std::string publish(unsigned number, const std::string& domain = "GM0034") {
    return test::publish(folder_.path(), domain, number);
  }
  fs::path file(const std::string& id, const char* ending = ".snapshot") const {
    return folder_.path() / id.substr(0, 6) / (id + ending);
  }
  std::string newest(const std::string& domain = "GM0034") {
    const InService found = snapshots_.newest(domain);
    return found == nullptr ? "" : found->front().snapshot->facts().id;
  }
  void flip(const fs::path& of, double where) const {
    std::fstream stream(of, std::ios::in | std::ios::out | std::ios::binary);
    const auto at = static_cast<std::streamoff>(where * static_cast<double>(fs::file_size(of) - 1));
    stream.seekg(at);
    const char byte = static_cast<char>(stream.get() ^ 1);
    stream.seekp(at);
    stream.put(byte);
  }

  test::TempDir folder_;
  Snapshots snapshots_{folder_.path()};
};

TEST_F(SnapshotFolder, ANewSnapshotIsInServiceWithTheNextQuestion) {
  EXPECT_EQ(newest(), "");
  EXPECT_THAT(snapshots_.domains(), ElementsAre());
  publish(1);
  EXPECT_EQ(newest(), "GM0034-000001");
  publish(2);
  publish(7, "GM0457");
  EXPECT_EQ(newest(), "GM0034-000002");
  EXPECT_THAT(snapshots_.domains(), ElementsAre("GM0034", "GM0457"));
  EXPECT_THAT(snapshots_.ids("GM0034"), ElementsAre("GM0034-000001", "GM0034-000002"));
}

TEST_F(SnapshotFolder, NumbersGrowBeyondSixDigits) {
  publish(999999);
  publish(1000000);
  EXPECT_EQ(newest(), "GM0034-1000000");
}

TEST_F(SnapshotFolder, WhatIsBeingBuiltIsNoSnapshot) {
  publish(1);
  fs::rename(file("GM0034-000001"), file("GM0034-000001", ".building"));
  EXPECT_EQ(newest(), "");
}

TEST_F(SnapshotFolder, ADamagedOneLeavesTheOneBeforeInService) {
  publish(1);
  for (const double where : {0.001, 0.3, 0.7, 1.0}) {
    publish(2);
    flip(file("GM0034-000002"), where);
    EXPECT_EQ(newest(), "GM0034-000001") << where;
    EXPECT_THROW(snapshots_.find("GM0034-000002"), Error);
    fs::remove(file("GM0034-000002"));
  }
  publish(2);
  flip(file("GM0034-000002", ".withheld"), 0.5);
  EXPECT_EQ(newest(), "GM0034-000001");
}

TEST_F(SnapshotFolder, ADamagedOneThatIsRestoredIsUsed) {
  publish(1);
  publish(2);
  const auto good = folder_ / "kept";
  fs::copy_file(file("GM0034-000002"), good);
  fs::resize_file(file("GM0034-000002"), fs::file_size(good) / 2);
  EXPECT_EQ(newest(), "GM0034-000001");
  fs::last_write_time(good, fs::file_time_type::clock::now() + std::chrono::seconds(5));
  fs::rename(good, file("GM0034-000002"));
  EXPECT_EQ(newest(), "GM0034-000002");
}

TEST_F(SnapshotFolder, OneOfAnotherDomainOrUnderAnotherIdIsNotUsed) {
  publish(1);
  fs::create_directories(folder_ / "GM0457");
  for (const char* ending : {".withheld", ".snapshot"})
    fs::copy_file(file("GM0034-000001", ending), file("GM0457-000001", ending));
  EXPECT_EQ(newest("GM0457"), "");
  for (const char* ending : {".withheld", ".snapshot"})
    fs::copy_file(file("GM0034-000001", ending), file("GM0034-000009", ending));
  EXPECT_EQ(newest(), "GM0034-000001");
}

TEST_F(SnapshotFolder, AnErasedOneIsGoneAtOnceAndTheMessageSaysWhatThereIs) {
  publish(1);
  publish(2);
  publish(3);
  EXPECT_EQ(snapshots_.find("GM0034-000002")->front().snapshot->facts().id, "GM0034-000002");
  fs::remove(file("GM0034-000002"));
  try {
    snapshots_.find("GM0034-000002");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::usage);
    EXPECT_THAT(error.message(), HasSubstr("it was erased"));
    EXPECT_THAT(error.message(), HasSubstr("possible are: GM0034-000001, GM0034-000003"));
  }
  fs::remove(file("GM0034-000003"));
  EXPECT_EQ(newest(), "GM0034-000001");
}

TEST_F(SnapshotFolder, AnIdIsNeverAPath) {
  publish(1);
  for (const char* id : {"../GM0034/GM0034-000001", "GM0034-../../x", "GM0034", "", "GM0034-00000a"})
    EXPECT_THROW(snapshots_.find(id), Error) << id;
}

}  // namespace
}  // namespace sluis::figures
