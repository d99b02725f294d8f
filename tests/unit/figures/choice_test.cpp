#include "figures/choice.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "support/temp_dir.h"
#include "unit/figures/published_files.h"

namespace sluis::figures {
namespace {

using dataset::Code;
using dataset::Validity;
using testing::ElementsAre;
using testing::HasSubstr;
using namespace std::chrono_literals;

// Weesp went into Amsterdam; Almere stands alone. P0001 to P0003 are in all three, P0004 in Almere only.
class Choosing : public testing::Test {
 protected:
  void SetUp() override {
    for (const char* domain : {"GM0363", "GM0457"})
      for (const unsigned number : {1U, 2U}) test::publish(folder_.path(), domain, number, 3);
    test::publish(folder_.path(), "GM0034", 3, 4);
  }
  std::vector<std::string> chosen(const report::Words& words) {
    std::vector<std::string> ids;
    for (const InService& each : choose(report::queryFrom(words).value(), Areas(&list_), snapshots_).snapshots)
      ids.push_back(each->front().snapshot->facts().id);
    return ids;
  }
  std::string refusal(const report::Words& words) {
    try {
      chosen(words);
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  }
  static report::Words asked(const char* viewer, std::vector<std::pair<std::string, std::string>> filters = {},
                             const char* snapshot = "") {
    return {"uitval", viewer, std::move(filters), "", snapshot};
  }

  const dataset::CodeList list_{
      "gemeenten",
      {Code{"GM0034", "Almere", {Validity{}}, {}}, Code{"GM0363", "Amsterdam", {Validity{}}, {}},
       Code{"GM0457", "Weesp", {Validity{Day::min(), Day(2022y / 3 / 24)}}, {"GM0363"}}}};
  test::TempDir folder_;
  Snapshots snapshots_{folder_.path()};
};

TEST_F(Choosing, AMunicipalityHasItsOwnAndThoseThatMergedIntoIt) {
  EXPECT_THAT(chosen(asked("municipality:GM0363")), ElementsAre("GM0363-000002", "GM0457-000002"));
  EXPECT_THAT(chosen(asked("municipality:GM0457")), ElementsAre("GM0457-000002"));
  EXPECT_THAT(refusal(asked("municipality:GM0014")), HasSubstr("no published figures of GM0014"));
}

TEST_F(Choosing, AProviderHasAllWhereItWorksOrTheOneItNames) {
  EXPECT_THAT(chosen(asked("provider:P0001")), ElementsAre("GM0034-000003", "GM0363-000002", "GM0457-000002"));
  EXPECT_THAT(chosen(asked("provider:P0004")), ElementsAre("GM0034-000003"));
  EXPECT_THAT(chosen(asked("provider:P0001", {{"gemeente", "GM0034"}})), ElementsAre("GM0034-000003"));
  EXPECT_THAT(refusal(asked("provider:P0009")), HasSubstr("no published figures of P0009"));
}

TEST_F(Choosing, TheOfficerNamesAMunicipality) {
  EXPECT_THAT(chosen(asked("", {{"gemeente", "GM0363"}})), ElementsAre("GM0363-000002", "GM0457-000002"));
}

TEST_F(Choosing, OldSnapshotsAreNamedForEveryMunicipalityOrNotAtAll) {
  EXPECT_THAT(chosen(asked("municipality:GM0363", {}, "GM0457-000001,GM0363-000001")),
              ElementsAre("GM0363-000001", "GM0457-000001"));
  EXPECT_THAT(refusal(asked("municipality:GM0363", {}, "GM0363-000001")), HasSubstr("these figures are of GM0457 too"));
  EXPECT_THAT(refusal(asked("municipality:GM0363", {}, "GM0034-000003")), HasSubstr("not one of those"));
  // Nor does the answer tell which snapshots others have.
  for (const char* others : {"GM0034-000099", "GM0014-000001"})
    EXPECT_THAT(refusal(asked("municipality:GM0363", {}, others)), HasSubstr("not one of those"));
  EXPECT_THAT(refusal(asked("municipality:GM0457", {}, "GM0457-000001,GM0457-000002")),
              HasSubstr("two snapshots of GM0457"));
}

TEST_F(Choosing, AMunicipalityThatHadNoSnapshotThenIsNotMissed) {
  // Almere's first one is younger than both that are named.
  EXPECT_THAT(chosen(asked("provider:P0001", {}, "GM0363-000002,GM0457-000002")),
              ElementsAre("GM0363-000002", "GM0457-000002"));
}

}  // namespace
}  // namespace sluis::figures
