#include "pseudonymise/pseudonymiser.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <set>

#include "base/error.h"
#include "base/time.h"
#include "support/temp_dir.h"

namespace sluis::pseudonymise {
namespace {

using ::testing::HasSubstr;

constexpr auto kStepOne = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
constexpr auto kDomain = "202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f";
constexpr auto kCell = "606162636465666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f";
constexpr auto kOther = "404142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f";

class PseudonymiserTest : public ::testing::Test {
 protected:
  PseudonymiserTest() {
    put("pseudonym.1.key", kStepOne);
    put("cell.1.key", kCell);
    put("domain-GM0034.3.key", kDomain);
    put("domain-GM0363.1.key", kOther);
  }
  void put(const std::string& file, const std::string& hex) {
    std::ofstream(dir_ / file) << hex << "\n";
    std::filesystem::permissions(dir_ / file, std::filesystem::perms(0600));
  }
  std::vector<PseudonymousTrajectory> make(const std::vector<Trajectory>& records) {
    const crypto::Keyring keys = crypto::Keyring::load(dir_.path());
    Pseudonymiser pseudonymiser(keys);
    std::vector<PseudonymousTrajectory> out;
    pseudonymiser.apply(records, out);
    return out;
  }
  static Trajectory record() {
    Trajectory one;
    one.row = 7;
    one.identity = Identity::bsn;
    one.bsn = 111222333;
    one.sex = 'M';
    one.birth = 20100317;
    one.postcode = {'1', '3', '1', '5', 'A', 'B'};
    one.municipality = 34;
    one.start = static_cast<DayNumber>(fromIsoDate("2026-02-01")->time_since_epoch().count());
    one.form = 2;
    return one;
  }
  std::string pseudonymOf(const Trajectory& one) { return toHex(make({one}).at(0).pseudonym); }

  test::TempDir dir_;
};

// The expected values, with the openssl command line:
//   step=$(printf %s "$label$text" | openssl dgst -sha256 -mac HMAC -macopt hexkey:$kStepOne -r | cut -c1-32)
//   printf %s $step | xxd -r -p | openssl enc -aes-256-ecb -nopad -K $kDomain | xxd -p
TEST_F(PseudonymiserTest, AgreesWithOpensslForANumber) {
  // sluis/pseudonym/bsn:111222333
  EXPECT_EQ(pseudonymOf(record()), "04e4ce0ccbe0381eb9da0a1072f3b43b");
}

TEST_F(PseudonymiserTest, AgreesWithOpensslForAPrePseudonym) {
  Trajectory one = record();
  one.identity = Identity::psn;
  const Bytes psn = *fromHex("00112233445566778899aabbccddeeff");
  std::copy(psn.begin(), psn.end(), one.psn.begin());
  // sluis/pseudonym/psn:00112233445566778899aabbccddeeff
  EXPECT_EQ(pseudonymOf(one), "23391220e4ee79ff92916583d0c08678");
  EXPECT_TRUE(make({one})[0].prePseudonym);
  EXPECT_FALSE(make({one})[0].unlinked);
}

TEST_F(PseudonymiserTest, AgreesWithOpensslForAChildWithoutANumber) {
  Trajectory unknown = record();
  unknown.identity = Identity::unknown;
  // sluis/pseudonym/none:M201003171315AB2026020102
  EXPECT_EQ(pseudonymOf(unknown), "6646386a74a7eace44c05a059c1803df");
  Trajectory unborn = record();
  unborn.identity = Identity::unborn;
  unborn.sex = 'V';
  unborn.birth = 0;
  unborn.postcode = {};
  unborn.residence = 34;
  unborn.form = 11;
  // sluis/pseudonym/none:V00000000GM00342026020111
  EXPECT_EQ(pseudonymOf(unborn), "a0b86a48c19a7930daa646f9f60327bf");
  for (const auto& one : make({unknown, unborn})) EXPECT_TRUE(one.unlinked);
}

TEST_F(PseudonymiserTest, LeavesTheNumberOutOfTheFallback) {
  Trajectory one = record();
  one.identity = Identity::unknown;
  const std::string without = pseudonymOf(one);
  one.bsn = 999999999;
  EXPECT_EQ(pseudonymOf(one), without);
}

TEST_F(PseudonymiserTest, StopsRatherThanTakingAPlaceholderForANumber) {
  for (const std::uint32_t placeholder : {0U, 999999999U}) {
    Trajectory one = record();
    one.bsn = placeholder;
    EXPECT_THROW(make({record(), one}), std::logic_error);
  }
}

TEST_F(PseudonymiserTest, KeepsYearAndMonthAndFourDigitsOnly) {
  Trajectory known = record();
  Trajectory partly = record();
  partly.birth = 20100000;
  partly.postcode = {};
  partly.residence = 363;
  const auto out = make({known, partly});
  EXPECT_EQ(out[0].row, 7U);
  EXPECT_EQ(out[0].birthYear, 2010);
  EXPECT_EQ(out[0].birthMonth, 3);
  EXPECT_EQ(out[0].postcode4, 1315);
  EXPECT_EQ(out[0].residence, 0);
  EXPECT_EQ(out[0].stepOneVersion, 1);
  EXPECT_EQ(out[0].domainVersion, 3);
  EXPECT_EQ(out[1].birthMonth, 0);
  EXPECT_EQ(out[1].postcode4, 0);
  EXPECT_EQ(out[1].residence, 363);
}

TEST_F(PseudonymiserTest, GivesOneChildAnotherPseudonymInEachDomainAndOneWithin) {
  std::vector<Trajectory> records;
  for (int i = 0; i < 5000; ++i) {
    records.push_back(record());
    records.back().row = static_cast<std::uint32_t>(i);
    records.back().municipality = i % 3 == 0 ? 363 : 34;
  }
  const auto out = make(records);
  ASSERT_EQ(out.size(), records.size());
  std::set<std::string> here;
  std::set<std::string> there;
  for (std::size_t i = 0; i < out.size(); ++i) {
    EXPECT_EQ(out[i].row, i);
    EXPECT_EQ(out[i].domainVersion, out[i].municipality == 34 ? 3 : 1);
    (out[i].municipality == 34 ? here : there).insert(toHex(out[i].pseudonym));
  }
  EXPECT_EQ(here, std::set<std::string>{"04e4ce0ccbe0381eb9da0a1072f3b43b"});
  ASSERT_EQ(there.size(), 1U);
  EXPECT_NE(*there.begin(), *here.begin());
}

TEST_F(PseudonymiserTest, TellsDifferentNumbersApart) {
  std::vector<Trajectory> records;
  for (std::uint32_t i = 0; i < 3000; ++i) {
    records.push_back(record());
    records.back().bsn = 100000000 + i;
  }
  std::set<std::string> seen;
  for (const auto& one : make(records)) seen.insert(toHex(one.pseudonym));
  EXPECT_EQ(seen.size(), records.size());
}

TEST_F(PseudonymiserTest, SaysWhichDomainKeyIsMissingAndHowToMakeIt) {
  const crypto::Keyring keys = crypto::Keyring::load(dir_.path());
  Pseudonymiser pseudonymiser(keys);
  const std::vector<std::uint16_t> known = {34, 363};
  EXPECT_NO_THROW(pseudonymiser.needs(known));
  const std::vector<std::uint16_t> missing = {34, 518};
  try {
    pseudonymiser.needs(missing);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.hint(), "sluis key new domain-GM0518");
  }
}

TEST_F(PseudonymiserTest, LeavesNothingHalfDoneBehindAnError) {
  const crypto::Keyring keys = crypto::Keyring::load(dir_.path());
  Pseudonymiser pseudonymiser(keys);
  Trajectory elsewhere = record();
  elsewhere.municipality = 518;
  std::vector<PseudonymousTrajectory> out;
  const std::vector<Trajectory> records = {record(), record(), elsewhere};
  EXPECT_THROW(pseudonymiser.apply(records, out), Error);
  EXPECT_TRUE(out.empty());
  pseudonymiser.apply(std::span(records).first(1), out);
  ASSERT_EQ(out.size(), 1U);
  EXPECT_EQ(toHex(out[0].pseudonym), "04e4ce0ccbe0381eb9da0a1072f3b43b");
}

TEST(Pseudonymiser, NeedsAStepOneKey) {
  const test::TempDir empty;
  const crypto::Keyring keys = crypto::Keyring::load(empty.path());
  EXPECT_THROW(Pseudonymiser{keys}, Error);
}

}  // namespace
}  // namespace sluis::pseudonymise
