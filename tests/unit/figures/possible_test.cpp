#include "figures/possible.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "support/temp_dir.h"
#include "unit/figures/published_files.h"

namespace sluis::figures {
namespace {

using testing::HasSubstr;
using testing::Not;

class Possible : public testing::Test {
 protected:
  void SetUp() override {
    for (const unsigned number : {1U, 2U}) test::publish(folder_.path(), "GM0034", number, 2);
    test::publish(folder_.path(), "GM0050", 1, 3);
    const std::filesystem::path config = std::filesystem::path(SLUIS_SOURCE_DIR) / "config";
    knowledge_.definitions = dataset::Definitions::load(config / "datasets", config / "codelists");
  }
  nlohmann::json of(const char* viewer, std::vector<std::pair<std::string, std::string>> filters = {},
                    const char* language = "") {
    return possible(knowledge_, {"uitval", viewer, std::move(filters), "", "", language}, snapshots_);
  }

  test::TempDir folder_;
  Snapshots snapshots_{folder_.path()};
  Knowledge knowledge_;
};

TEST_F(Possible, NamesValuesQuartersAndSnapshotsNewestFirst) {
  const auto all = of("municipality:GM0034");
  EXPECT_EQ(all.at("values").at("verwijzer").at(1).at(0), "02");
  EXPECT_EQ(all.at("values").at("verwijzer").at(1).at(1), "Huisarts");
  EXPECT_EQ(all.at("values").at("aanbieder").size(), 2U);
  EXPECT_EQ(all.at("quarters").at(0), "2015Q1");
  ASSERT_EQ(all.at("snapshots").size(), 2U);
  EXPECT_EQ(all.at("snapshots").at(0).at("id"), "GM0034-000002");
  EXPECT_GT(all.at("snapshots").at(0).at("made").get<std::string>(), all.at("snapshots").at(1).at("made"));
  EXPECT_EQ(all.at("most_dimensions"), 3);
}

TEST_F(Possible, IsInTheLanguageThatWasAskedFor) {
  EXPECT_EQ(of("municipality:GM0034", {}, "en").at("values").at("verwijzer").at(1).at(1), "General practitioner");
}

TEST_F(Possible, TellsNobodyOfOthers) {
  EXPECT_FALSE(of("provider:P0001").at("values").contains("aanbieder"));
  EXPECT_THAT(of("municipality:GM0034").dump(), Not(HasSubstr("GM0050")));
  EXPECT_THAT(of("municipality:GM0034").dump(), Not(HasSubstr("P0003")));
  EXPECT_THROW(of("municipality:GM0014"), Error);
}

TEST_F(Possible, OfSeveralMunicipalitiesIsTheNewestOfEach) {
  const auto all = of("ttp");
  EXPECT_EQ(all.at("values").at("gemeente").size(), 2U);
  ASSERT_EQ(all.at("snapshots").size(), 1U);
  EXPECT_EQ(all.at("snapshots").at(0).at("id"), "GM0034-000002,GM0050-000001");
  EXPECT_EQ(of("ttp", {{"gemeente", "GM0050"}}).at("snapshots").at(0).at("id"), "GM0050-000001");
}

TEST_F(Possible, ForgetsASnapshotThatIsErased) {
  of("municipality:GM0034");
  std::filesystem::remove(folder_.path() / "GM0034" / "GM0034-000001.snapshot");
  EXPECT_EQ(of("municipality:GM0034").at("snapshots").size(), 1U);
}

}  // namespace
}  // namespace sluis::figures
