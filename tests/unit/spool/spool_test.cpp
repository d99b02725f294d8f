#include "spool/spool.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "base/error.h"
#include "base/file.h"

namespace sluis::spool {
namespace {

namespace fs = std::filesystem;

class SpoolOnDisk : public ::testing::Test {
 protected:
  SpoolOnDisk() {
    std::string pattern = (fs::temp_directory_path() / "sluis-spool-XXXXXX").string();
    root_ = ::mkdtemp(pattern.data());
    inbox_ = root_ / "inbox";
    fs::create_directory(inbox_);
  }
  ~SpoolOnDisk() override { fs::remove_all(root_); }

  void drop(const std::string& name, const std::string& content) { std::ofstream(inbox_ / name) << content; }
  Origin origin(const std::string& data, const std::string& signature) {
    return {"P0001", inbox_, data, signature, Instant(std::chrono::seconds(1))};
  }

  fs::path root_;
  fs::path inbox_;
};

TEST_F(SpoolOnDisk, TakesBothFilesAndFreesTheirNames) {
  Spool spool(root_ / "spool");
  drop("a.csv", "data");
  drop("a.csv.sig", "signature");
  spool.take("D000001", origin("a.csv", "a.csv.sig"));
  EXPECT_TRUE(fs::is_empty(inbox_));
  const Sealed sealed = spool.seal("D000001");
  EXPECT_EQ(sealed.size, 4U);
  // printf data | sha256sum
  EXPECT_EQ(toHex(sealed.digests.sha256), "3a6eb0790f39ac87c94f3856b2dd2c5d110e6811602261a9a923d3bb23adc8b7");
  EXPECT_EQ(asText(spool.signature("D000001")), "signature");
  spool.queue("D000001");
  EXPECT_TRUE(spool.isQueued("D000001"));
  EXPECT_EQ(readFile(spool.dataPath("D000001")), "data");
  EXPECT_EQ(spool.origin("D000001").dataFile, "a.csv");
}

TEST_F(SpoolOnDisk, AnUploaderThatKeepsItsFileOpenCannotTouchWhatWasTaken) {
  Spool spool(root_ / "spool");
  drop("a.csv", "data");
  const Fd uploader = openFile(inbox_ / "a.csv", O_WRONLY);
  spool.take("D000001", origin("a.csv", ""));
  spool.seal("D000001");
  writeAll(uploader.get(), "EVIL", "the old file");
  EXPECT_EQ(readFile(spool.dataPath("D000001")), "data");
}

TEST_F(SpoolOnDisk, RecoveryCompletesATakeCutShortAfterTheDataFileMoved) {
  Spool spool(root_ / "spool");
  drop("a.csv", "data");
  drop("a.csv.sig", "signature");
  spool.take("D000001", origin("a.csv", "a.csv.sig"));
  fs::rename(root_ / "spool/incoming/D000001/signature", inbox_ / "a.csv.sig");  // as if killed between the two
  EXPECT_TRUE(spool.completeTake("D000001"));
  EXPECT_EQ(asText(spool.signature("D000001")), "signature");
}

TEST_F(SpoolOnDisk, RecoveryForgetsATakeThatMovedNothing) {
  Spool spool(root_ / "spool");
  fs::create_directory(root_ / "spool/incoming/D000001");
  EXPECT_FALSE(spool.completeTake("D000001"));
  EXPECT_TRUE(spool.incoming().empty());
}

TEST_F(SpoolOnDisk, SealingAgainAfterACrashGivesTheSameDigest) {
  Spool spool(root_ / "spool");
  drop("a.csv", "data");
  spool.take("D000001", origin("a.csv", ""));
  std::ofstream(root_ / "spool/incoming/D000001/data.part") << "half";
  const Sealed first = spool.seal("D000001");
  const Sealed second = spool.seal("D000001");
  EXPECT_EQ(first.digests.sha256, second.digests.sha256);
  EXPECT_EQ(second.size, 4U);
}

TEST_F(SpoolOnDisk, AnEndedDeliveryLeavesNoBytes) {
  Spool spool(root_ / "spool");
  drop("a.csv", "111222333");
  spool.take("D000001", origin("a.csv", ""));
  spool.seal("D000001");
  spool.queue("D000001");
  spool.end("D000001");
  spool.end("D000001");
  EXPECT_TRUE(fs::is_empty(root_ / "spool/queued"));
  EXPECT_TRUE(fs::is_empty(root_ / "spool/ended"));
}

TEST_F(SpoolOnDisk, SweepDestroysWhatACrashLeftInEnded) {
  Spool spool(root_ / "spool");
  fs::create_directory(root_ / "spool/ended/D000001");
  std::ofstream(root_ / "spool/ended/D000001/data") << "111222333";
  spool.sweep();
  EXPECT_TRUE(fs::is_empty(root_ / "spool/ended"));
}

TEST_F(SpoolOnDisk, ASecondDaemonOnTheSameSpoolIsRefused) {
  Spool spool(root_ / "spool");
  EXPECT_THROW(Spool(root_ / "spool"), Error);
}

TEST_F(SpoolOnDisk, TheNodeNameStaysTheSame) {
  std::string first;
  {
    Spool spool(root_ / "spool");
    first = spool.node();
  }
  EXPECT_EQ(Spool(root_ / "spool").node(), first);
}

TEST_F(SpoolOnDisk, AFileNameWithALineEndSurvivesRecovery) {
  Spool spool(root_ / "spool");
  drop("a\nb.csv", "data");
  spool.take("D000001", origin("a\nb.csv", ""));
  EXPECT_EQ(spool.origin("D000001").dataFile, "a\nb.csv");
}

}  // namespace
}  // namespace sluis::spool
