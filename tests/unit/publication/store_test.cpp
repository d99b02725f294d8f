#include "publication/store.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "base/file.h"
#include "support/temp_dir.h"

namespace sluis::publication {
namespace {

using Ids = std::vector<std::string>;

class StoreTest : public ::testing::Test {
 protected:
  void put(const std::filesystem::path& file) { writeFileDurably(file, "x"); }

  test::TempDir folder_;
  Store store_{folder_.path(), "GM0034"};
};

TEST_F(StoreTest, NumbersAreOfThisDomainOnly) {
  EXPECT_EQ(Store::idOf("GM0034", 12), "GM0034-000012");
  EXPECT_EQ(store_.numberOf("GM0034-000012"), 12);
  EXPECT_EQ(store_.numberOf("GM0034-1234567"), 1234567);
  for (const char* wrong :
       {"GM0035-000012", "GM0034-00012", "GM0034-00001x", "GM0034_000012", "GM0034-000000", "", "x"})
    EXPECT_EQ(store_.numberOf(wrong), 0) << wrong;
}

TEST_F(StoreTest, ABuildingSnapshotIsNotPublished) {
  put(store_.building("GM0034-000001"));
  EXPECT_EQ(store_.published(), Ids{});
  EXPECT_EQ(store_.all(), Ids{"GM0034-000001"});
  store_.publish("GM0034-000001");
  EXPECT_EQ(store_.published(), Ids{"GM0034-000001"});
}

TEST_F(StoreTest, ListsByNumberAndPassesByWhatIsNotItsOwn) {
  for (const char* id : {"GM0034-1000000", "GM0034-000002", "GM0034-999999"}) put(store_.snapshot(id));
  put(folder_.path() / "GM0034" / "notes.snapshot");
  store_.setLookedAt("x");
  EXPECT_EQ(store_.published(), (Ids{"GM0034-000002", "GM0034-999999", "GM0034-1000000"}));
}

TEST_F(StoreTest, NeverPublishesOverAnother) {
  put(store_.snapshot("GM0034-000001"));
  put(store_.building("GM0034-000001"));
  EXPECT_THROW(store_.publish("GM0034-000001"), Error);
}

TEST_F(StoreTest, RemovesAllThatBelongsToAnId) {
  put(store_.building("GM0034-000001"));
  put(store_.withheld("GM0034-000001"));
  put(store_.snapshot("GM0034-000002"));
  store_.remove("GM0034-000001");
  store_.remove("GM0034-000009");
  EXPECT_EQ(store_.all(), Ids{"GM0034-000002"});
}

TEST_F(StoreTest, RemembersWhatWasLookedAt) {
  EXPECT_EQ(store_.lookedAt(), "");
  store_.setLookedAt("one");
  EXPECT_EQ(Store(folder_.path(), "GM0034").lookedAt(), "one");
  store_.setLookedAt("");
  EXPECT_EQ(store_.lookedAt(), "");
}

}  // namespace
}  // namespace sluis::publication
