#include "pseudonymise/rekeying.h"

#include <gtest/gtest.h>

#include <cstring>
#include <fstream>
#include <string>

#include "base/error.h"
#include "pseudonymise/pseudonymiser.h"
#include "support/temp_dir.h"

namespace sluis::pseudonymise {
namespace {

class RekeyingTest : public ::testing::Test {
 protected:
  RekeyingTest() {
    put("pseudonym.1.key", '1');
    put("cell.1.key", 'd');
    put("domain-GM0034.1.key", 'a');
    put("domain-GM0034.2.key", 'b');
    put("domain-GM0363.1.key", 'c');
  }
  void put(const std::string& name, char digit) {
    const auto path = dir_ / name;
    std::ofstream(path) << std::string(64, digit) << '\n';
    std::filesystem::permissions(path, std::filesystem::perms(0600));
  }

  // One of each kind: a number, a pre-pseudonym, no number.
  static std::vector<Trajectory> records() {
    std::vector<Trajectory> all(3);
    for (auto& record : all) {
      record.municipality = 34;
      record.sex = 'V';
      record.birth = 20120514;
      std::memcpy(record.postcode.data(), "1315AB", 6);
      record.start = 20000;
      record.form = 2;
    }
    all[0].bsn = 111222333;
    all[1].identity = Identity::psn;
    all[1].psn.fill(std::byte{7});
    all[2].identity = Identity::unknown;
    return all;
  }

  std::vector<PseudonymousTrajectory> made(std::uint16_t version) {
    const auto keys = crypto::Keyring::load(dir_.path());
    Pseudonymiser pseudonymiser(keys);
    pseudonymiser.use(34, version);
    std::vector<PseudonymousTrajectory> out;
    pseudonymiser.apply(records(), out);
    return out;
  }

  test::TempDir dir_;
};

TEST_F(RekeyingTest, GivesWhatTheNewVersionWouldHaveMadeOfEveryKindOfIdentity) {
  const auto before = made(1);
  const auto after = made(2);
  const auto keys = crypto::Keyring::load(dir_.path());
  Rekeying rekeying(keys);
  Bytes pseudonyms;
  for (const auto& each : before) pseudonyms.insert(pseudonyms.end(), each.pseudonym.begin(), each.pseudonym.end());
  rekeying.apply(34, 1, 2, pseudonyms);
  for (std::size_t i = 0; i < after.size(); ++i) {
    EXPECT_EQ(toHex(BytesView(pseudonyms).subspan(i * 16, 16)), toHex(after[i].pseudonym)) << i;
    EXPECT_NE(toHex(before[i].pseudonym), toHex(after[i].pseudonym)) << i;
    EXPECT_EQ(before[i].domainVersion, 1);
    EXPECT_EQ(after[i].domainVersion, 2);
  }
}

TEST_F(RekeyingTest, SaysWhichKeyIsMissingAndLeavesThePseudonymsAsTheyWere) {
  const auto keys = crypto::Keyring::load(dir_.path());
  Rekeying rekeying(keys);
  Bytes pseudonyms(32, std::byte{9});
  const Bytes before = pseudonyms;
  try {
    rekeying.apply(34, 1, 3, pseudonyms);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::config);
    EXPECT_NE(std::string(error.message()).find("version 3 of the key domain-GM0034"), std::string::npos);
  }
  EXPECT_EQ(pseudonyms, before);
}

TEST_F(RekeyingTest, UsesTheVersionInForceAndNotTheLatest) {
  EXPECT_EQ(made(1)[0].domainVersion, 1);
  const auto keys = crypto::Keyring::load(dir_.path());
  Pseudonymiser unasked(keys);
  std::vector<PseudonymousTrajectory> out;
  unasked.apply(records(), out);
  EXPECT_EQ(out[0].domainVersion, 2);
  EXPECT_THROW(unasked.use(34, 9), Error);
}

}  // namespace
}  // namespace sluis::pseudonymise
