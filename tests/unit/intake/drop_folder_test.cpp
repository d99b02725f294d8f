#include "intake/drop_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "base/file.h"

namespace sluis::intake {
namespace {

namespace fs = std::filesystem;

class DropFolder : public ::testing::Test {
 protected:
  DropFolder() {
    std::string pattern = (fs::temp_directory_path() / "sluis-drop-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
  }
  ~DropFolder() override { fs::remove_all(folder_); }
  void put(const std::string& name, const std::string& content = "x") { std::ofstream(folder_ / name) << content; }

  fs::path folder_;
};

TEST_F(DropFolder, PairsADataFileWithItsSignatureWhateverCameFirst) {
  put("jeugdhulp_2026H1.csv.sig", "sig");
  put("jeugdhulp_2026H1.csv", "data");
  const auto found = look(folder_);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].dataFile, "jeugdhulp_2026H1.csv");
  ASSERT_TRUE(found[0].data);
  EXPECT_EQ(found[0].data->size, 4U);
  ASSERT_NE(found[0].signature(), nullptr);
  EXPECT_EQ(found[0].signature()->name, "jeugdhulp_2026H1.csv.sig");
}

TEST_F(DropFolder, UploadsInProgressAndWhatIsNoPlainFileAreNotThere) {
  put(".jeugdhulp_2026H1.csv");
  put("jeugdhulp_2026H1.csv.part");
  put("jeugdhulp_2026H1.csv.filepart");
  fs::create_symlink("/etc/passwd", folder_ / "jeugdhulp_2026H1.csv");
  fs::create_directory(folder_ / "jeugdhulp_2026Q1.csv");
  ASSERT_EQ(::mkfifo((folder_ / "jeugdhulp_2026Q2.csv").c_str(), 0600), 0);
  EXPECT_TRUE(look(folder_).empty());
}

TEST_F(DropFolder, ASignatureAloneIsADeliveryThatWaits) {
  put("jeugdhulp_2026H1.csv.p7s");
  const auto found = look(folder_);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_FALSE(found[0].data);
  EXPECT_EQ(found[0].dataFile, "jeugdhulp_2026H1.csv");
}

TEST_F(DropFolder, ASignatureSpelledInOtherCaseIsStillItsSignature) {
  put("JeugdHulp_2026H1_Rest-1.CSV", "data");
  put("jeugdhulp_2026h1_rest-1.csv.SIG");
  put("jeugdhulp_2026h1_rest-1.csv.p7s");
  const auto found = look(folder_);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].dataFile, "JeugdHulp_2026H1_Rest-1.CSV");
  ASSERT_TRUE(found[0].data && found[0].sshSignature && found[0].cmsSignature);
  EXPECT_EQ(found[0].sshSignature->name, "jeugdhulp_2026h1_rest-1.csv.SIG");
}

TEST_F(DropFolder, FilesThatDifferInCaseAreTwoDeliveriesAndEachKeepsItsOwnSignature) {
  put("a.csv", "small");
  put("A.csv", "large");
  put("A.csv.sig");
  put("A.CSV.p7s");  // of which of the two?
  const auto found = look(folder_);
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(found[0].dataFile, "A.CSV");
  EXPECT_FALSE(found[0].data);
  EXPECT_EQ(found[1].dataFile, "A.csv");
  EXPECT_EQ(found[1].signature()->name, "A.csv.sig");
  EXPECT_EQ(found[2].dataFile, "a.csv");
  EXPECT_EQ(found[2].signature(), nullptr);
}

TEST_F(DropFolder, TheExactSpellingComesBeforeAnotherWhicheverCameFirst) {
  put("A.csv.sig");
  put("a.csv", "data");
  EXPECT_EQ(look(folder_).at(0).signature()->name, "A.csv.sig");
  put("a.csv.sig");
  const auto found = look(folder_);
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].dataFile, "A.csv");
  EXPECT_FALSE(found[0].data);
  EXPECT_EQ(found[1].signature()->name, "a.csv.sig");
}

TEST_F(DropFolder, TheFingerprintChangesWithEveryWrite) {
  put("jeugdhulp_2026H1.csv", "a");
  const std::string before = look(folder_)[0].fingerprint();
  EXPECT_EQ(look(folder_)[0].fingerprint(), before);
  put("jeugdhulp_2026H1.csv", "ab");
  EXPECT_NE(look(folder_)[0].fingerprint(), before);
}

TEST_F(DropFolder, AFileThatItsWriterLocksIsNotClosed) {
  put("a.csv");
  EXPECT_TRUE(isClosed(folder_ / "a.csv"));
  {
    const Fd writer = openFile(folder_ / "a.csv", O_WRONLY);
    ASSERT_EQ(::flock(writer.get(), LOCK_SH), 0);
    EXPECT_FALSE(isClosed(folder_ / "a.csv"));
  }
  EXPECT_TRUE(isClosed(folder_ / "a.csv"));
}

TEST_F(DropFolder, ATimeThatItsOwnerSetDoesNotCountForSettling) {
  put("a.csv");
  const timespec nextYear[2] = {{4102444800, 0}, {4102444800, 0}};
  ASSERT_EQ(::utimensat(AT_FDCWD, (folder_ / "a.csv").c_str(), nextYear, 0), 0);
  const auto found = look(folder_);
  EXPECT_LE(found[0].lastChanged(), SystemClock().now());
  EXPECT_GT(found[0].data->written, SystemClock().now());
}

TEST_F(DropFolder, AMissingFolderIsEmpty) {
  EXPECT_TRUE(look(folder_ / "none").empty());
}

}  // namespace
}  // namespace sluis::intake
