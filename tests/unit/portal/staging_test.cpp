#include "portal/staging.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "base/error.h"
#include "base/file.h"
#include "support/temp_dir.h"

namespace sluis::portal {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Place = DropFolder::Place;

constexpr std::string_view kContent = "one\r\ntwo\r\n";

class Staging : public ::testing::Test {
 protected:
  Staging() {
    for (const char* place : {"inbox", "test", "outbox"}) fs::create_directories(drop_ / "p0001" / place);
    session_.id = 7;
    session_.account.role = account::Role::provider;
    session_.account.subject = "P0001";
  }
  fs::path inbox() const { return drop_ / "p0001" / "inbox"; }
  std::vector<std::string> names(const std::string& place = "inbox") const {
    std::vector<std::string> all;
    for (const auto& entry : fs::directory_iterator(drop_ / "p0001" / place)) all.push_back(entry.path().filename());
    std::sort(all.begin(), all.end());
    return all;
  }
  std::shared_ptr<const DropFolder> folder() const { return std::make_shared<const DropFolder>(drop_.path(), "p0001"); }
  std::unique_ptr<StagedFile> staged(const Room& room = {1000, 1000}) const {
    return std::make_unique<StagedFile>(folder(), session_, room);
  }
  static std::string refusal(const std::function<void()>& doing) {
    try {
      doing();
      return {};
    } catch (const web::Refused& refused) {
      return refused.key;
    }
  }

  test::TempDir drop_;
  account::Session session_;
};

TEST_F(Staging, IsAnUploadInProgressUntilItGetsItsName) {
  auto file = staged();
  file->write(asBytes(kContent));
  file->finish();
  ASSERT_EQ(names().size(), 1u);
  EXPECT_TRUE(names()[0].starts_with(".portal-7-") && names()[0].ends_with(".part"));
  struct stat status {};
  ASSERT_EQ(::stat((inbox() / names()[0]).c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0660u);
  EXPECT_EQ(file->size(), kContent.size());
  EXPECT_EQ(toHex(file->digests().sha256), toHex(crypto::sha256(asBytes(kContent))));
  EXPECT_TRUE(file->moveTo(Place::test, "d.csv"));
  file.reset();
  EXPECT_THAT(names(), IsEmpty());
  EXPECT_THAT(names("test"), ElementsAre("d.csv"));
}

TEST_F(Staging, SeveralAtOnceHaveOneQuotaTogether) {
  const Room room{10, 15};
  auto first = staged(room);
  auto second = staged(room);
  first->write(asBytes("12345678"));
  first->finish();
  second->write(asBytes("12345678"));
  EXPECT_EQ(refusal([&] { second->finish(); }), "upload.quota");
  second.reset();
  EXPECT_EQ(names().size(), 1u);
}

TEST_F(Staging, OverwritesNothingAndCanBeTakenBack) {
  std::ofstream(inbox() / "d.csv") << "earlier";
  auto file = staged();
  file->write(asBytes(kContent));
  file->finish();
  EXPECT_FALSE(file->moveTo(Place::inbox, "d.csv"));
  EXPECT_EQ(readFile(inbox() / "d.csv"), "earlier");
  EXPECT_TRUE(file->moveTo(Place::inbox, "e.csv"));
  file->takeBack(Place::inbox, "e.csv");
  EXPECT_EQ(names().size(), 2u);
  file.reset();
  EXPECT_THAT(names(), ElementsAre("d.csv"));
}

TEST_F(Staging, LeavesNothingWhenItIsNotKept) {
  staged()->write(asBytes(kContent));
  EXPECT_THAT(names(), IsEmpty());
}

TEST_F(Staging, HoldsLimitAndQuotaWithWhatLiesThereAlready) {
  EXPECT_EQ(refusal([&] { staged({9, 1000})->write(asBytes(kContent)); }), "upload.too-large");
  EXPECT_EQ(refusal([&] { staged({10, 1000})->write(asBytes(kContent)); }), "");
  std::ofstream(drop_ / "p0001" / "test" / "big.csv") << std::string(95, 'x');
  EXPECT_EQ(refusal([&] { staged({50, 100})->write(asBytes(kContent)); }), "upload.quota");
  EXPECT_EQ(refusal([&] { staged({50, 95}); }), "upload.quota");
  EXPECT_THAT(names(), IsEmpty());
}

TEST_F(Staging, SweepsWhatNobodyConfirmedAndNothingElse) {
  auto file = staged();
  file->write(asBytes(kContent));
  std::ofstream(inbox() / "d.csv") << "x";
  std::ofstream(inbox() / ".hidden") << "x";
  const Instant now = SystemClock().now();
  sweepStaging(drop_.path(), now);
  EXPECT_EQ(names().size(), 3u);
  sweepStaging(drop_.path(), now + std::chrono::minutes(61));
  EXPECT_THAT(names(), ElementsAre(".hidden", "d.csv"));
}

TEST_F(Staging, ForgetsAtSignOutWhatIsOfThatSession) {
  auto mine = staged();
  session_.id = 77;
  auto others = staged();
  session_.id = 7;
  forgetStaged(drop_.path(), session_);
  ASSERT_EQ(names().size(), 1u);
  EXPECT_TRUE(names()[0].starts_with(".portal-77-"));
}

TEST_F(Staging, FollowsNoLinkOutOfTheFolder) {
  const test::TempDir elsewhere;
  std::ofstream(elsewhere / "secret") << "secret";
  const auto outbox = drop_ / "p0001" / "outbox";
  fs::create_symlink(elsewhere / "secret", outbox / "link.json");
  std::ofstream(outbox / "r.json") << "{}";
  EXPECT_EQ(folder()->read("r.json", 10), "{}");
  EXPECT_EQ(folder()->read("r.json", 1), std::nullopt);
  EXPECT_EQ(folder()->read("link.json", 100), std::nullopt);
  EXPECT_EQ(folder()->read("../outbox/r.json", 100), std::nullopt);
  EXPECT_EQ(folder()->read("..", 100), std::nullopt);
  fs::remove_all(inbox());
  fs::create_directory_symlink(elsewhere.path(), inbox());
  EXPECT_THROW(folder(), Error);
  EXPECT_THROW(DropFolder(drop_.path(), ".."), Error);
}

}  // namespace
}  // namespace sluis::portal
