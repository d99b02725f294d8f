// The keys of the counted units, as Pseudonymiser makes them: they must be the same for as long as the child, its
// trajectory and the domain are, and different for everything else.
#include "pseudonymise/unit_mac.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <fstream>
#include <set>
#include <tuple>

#include "base/error.h"
#include "base/time.h"
#include "pseudonymise/late_keys.h"
#include "pseudonymise/pseudonymiser.h"
#include "support/temp_dir.h"

namespace sluis::pseudonymise {
namespace {

using ::testing::HasSubstr;
using Words = std::array<std::uint32_t, 3>;

constexpr auto kStepOne = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
constexpr auto kCell = "606162636465666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f";
const std::string kDomain(64, 'a');

DayNumber dayNumber(std::string_view text) {
  return static_cast<DayNumber>(fromIsoDate(text)->time_since_epoch().count());
}

class UnitMacTest : public ::testing::Test {
 protected:
  UnitMacTest() {
    put("pseudonym.1.key", kStepOne);
    put("cell.1.key", kCell);
    put("domain-GM0034.1.key", kDomain);
    put("domain-GM0363.1.key", kDomain);
  }
  void put(const std::string& file, const std::string& hex) {
    std::ofstream(dir_ / file) << hex << "\n";
    std::filesystem::permissions(dir_ / file, std::filesystem::perms(0600));
  }
  std::vector<PseudonymousTrajectory> make(const std::vector<Trajectory>& records) {
    const auto keys = crypto::Keyring::load(dir_.path());
    Pseudonymiser pseudonymiser(keys);
    std::vector<PseudonymousTrajectory> out;
    pseudonymiser.apply(records, out);
    return out;
  }
  Words keysOf(const Trajectory& one) {
    const auto made = make({one});
    return {made[0].keys.trajectory, made[0].keys.youth, made[0].keys.parent};
  }
  // Measured by both.
  static Trajectory record() {
    Trajectory one;
    one.row = 7;
    one.bsn = 111222333;
    one.sex = 'M';
    one.birth = 20100317;
    one.postcode = {'1', '3', '1', '5', 'A', 'B'};
    one.municipality = 34;
    one.start = dayNumber("2026-02-01");
    one.form = 2;
    one.measurements = {Measurement{8, 2, 3, 'J'}, Measurement{6, 3, 1, 'O'}};
    return one;
  }
  static Trajectory withPrePseudonym() {
    Trajectory one = record();
    one.identity = Identity::psn;
    const Bytes psn = *fromHex("00112233445566778899aabbccddeeff");
    std::copy(psn.begin(), psn.end(), one.psn.begin());
    return one;
  }
  static Trajectory withoutNumber() {
    Trajectory one = record();
    one.identity = Identity::unknown;
    return one;
  }

  test::TempDir dir_;
};

// The expected values, in Python:
//   step = hmac.new(bytes(range(0, 32)), label + identity, "sha256").digest()[:16]       # as docs/pseudonyms.md
//   days = (date.fromisoformat(start) - date(1970, 1, 1)).days
//   mac = hmac.new(bytes(range(0x60, 0x80)), b"sluis/unit-keys:" + municipality.to_bytes(2, "big") + step +
//                  days.to_bytes(4, "big", signed=True) + form.to_bytes(1, "big"), "sha256").digest()
//   [mac[i:i + 4].hex() for i in (0, 4, 8)]
TEST_F(UnitMacTest, AgreesWithPythonForEveryKindOfIdentity) {
  // sluis/pseudonym/bsn:111222333
  EXPECT_EQ(keysOf(record()), (Words{0x61f91a3f, 0x7506d03b, 0x73776303}));
  // sluis/pseudonym/psn:00112233445566778899aabbccddeeff
  EXPECT_EQ(keysOf(withPrePseudonym()), (Words{0x842f19b0, 0xa0b94f7d, 0x6b7c39da}));
  // sluis/pseudonym/none:M201003171315AB2026020102
  EXPECT_EQ(keysOf(withoutNumber()), (Words{0x53b2d2e1, 0x4ea3764a, 0xf27584ac}));
  Trajectory unborn = withoutNumber();
  unborn.identity = Identity::unborn;
  unborn.sex = 'V';
  unborn.birth = 0;
  unborn.postcode = {};
  unborn.residence = 34;
  unborn.form = 11;
  // sluis/pseudonym/none:V00000000GM00342026020111
  EXPECT_EQ(keysOf(unborn), (Words{0xf33bff8f, 0xe86184db, 0xf52a6695}));
  // The ends of every range: another domain, before 1970, the last form there could be.
  Trajectory far = record();
  far.municipality = 363;
  far.start = dayNumber("1969-12-31");
  far.form = 255;
  EXPECT_EQ(keysOf(far), (Words{0x96e77a73, 0x9f6c8fe5, 0xa65a510e}));
}

TEST_F(UnitMacTest, IsTheSameInTheNextDeliveryHoweverTheRecordWentOn) {
  for (const Trajectory& first : {record(), withPrePseudonym()}) {
    Trajectory next = first;
    next.row = 4'000'000;
    next.sex = 'O';
    next.birth = 20110000;
    next.postcode = {'1', '0', '1', '1', 'Z', 'Z'};
    next.end = next.start + 100;
    next.reason = 5;
    next.referrer = 3;
    next.profile = 4;
    next.measurements[0] = {1, 1, 1, 'J'};
    EXPECT_EQ(keysOf(next), keysOf(first));
  }
  Trajectory next = withoutNumber();
  next.end = next.start + 100;
  next.row = 1;
  EXPECT_EQ(keysOf(next), keysOf(withoutNumber()));
}

TEST_F(UnitMacTest, IsTheSameAfterTheDomainsKeyWasRotated) {
  const std::vector<Trajectory> all = {record(), withPrePseudonym(), withoutNumber()};
  const auto before = make(all);
  put("domain-GM0034.2.key", std::string(64, 'b'));
  const auto after = make(all);
  for (std::size_t i = 0; i < all.size(); ++i) {
    EXPECT_NE(after[i].pseudonym, before[i].pseudonym);
    EXPECT_EQ(std::tie(after[i].keys.trajectory, after[i].keys.youth, after[i].keys.parent),
              std::tie(before[i].keys.trajectory, before[i].keys.youth, before[i].keys.parent));
  }
}

TEST_F(UnitMacTest, DiffersByChildDomainStartFormAndInformant) {
  std::set<std::uint32_t> seen;
  const auto add = [&](const Trajectory& one) {
    for (const std::uint32_t key : keysOf(one)) EXPECT_TRUE(seen.insert(key).second);
  };
  add(record());
  Trajectory child = record();
  child.bsn += 1;
  add(child);
  Trajectory domain = record();
  domain.municipality = 363;  // under the same domain key: the domain itself must tell them apart
  add(domain);
  Trajectory start = record();
  start.start += 1;
  add(start);
  Trajectory form = record();
  form.form += 1;
  add(form);
  add(withPrePseudonym());
  add(withoutNumber());
  EXPECT_EQ(seen.size(), 21U);
}

TEST_F(UnitMacTest, DiffersUnderAnotherKey) {
  const Words before = keysOf(record());
  put("cell.1.key", kStepOne);
  const Words after = keysOf(record());
  for (std::size_t i = 0; i < 3; ++i) EXPECT_NE(after[i], before[i]);
}

TEST_F(UnitMacTest, AsksForTheInformantNotForThePlaceOfAMeasurement) {
  Trajectory turned = record();
  std::swap(turned.measurements[0], turned.measurements[1]);
  EXPECT_EQ(keysOf(turned), keysOf(record()));
}

TEST_F(UnitMacTest, GivesAMeasurementThatIsNotThereNoKey) {
  const Words both = keysOf(record());
  Trajectory one = record();
  one.measurements = {Measurement{8, 2, 3, 'O'}, Measurement{}};
  EXPECT_EQ(keysOf(one), (Words{both[0], 0, both[2]}));
  one.measurements = {};
  EXPECT_EQ(keysOf(one), (Words{both[0], 0, 0}));
}

// A mean of 1/2 ± 4 standard errors over 30,000 draws each, and no word goes with another.
TEST_F(UnitMacTest, SpreadsEvenlyAndEachWordByItself) {
  std::vector<Trajectory> records(30'000, record());
  for (std::size_t i = 0; i < records.size(); ++i) records[i].bsn = static_cast<std::uint32_t>(100'000'000 + i);
  std::array<double, 3> mean{};
  std::array<double, 3> product{};
  for (const auto& one : make(records)) {
    const auto centred = [](std::uint32_t key) { return key / 4294967296.0 - 0.5; };
    const std::array<double, 3> words = {centred(one.keys.trajectory), centred(one.keys.youth),
                                         centred(one.keys.parent)};
    for (std::size_t i = 0; i < 3; ++i) {
      mean[i] += words[i] / 30'000;
      product[i] += words[i] * words[(i + 1) % 3] / 30'000;
    }
  }
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_NEAR(mean[i], 0, 4 * 0.288675 / 173.2);
    EXPECT_NEAR(product[i], 0, 4 * 0.083333 / 173.2);
  }
}

TEST_F(UnitMacTest, CanBeMadeAfterwardsFromWhatIsStored) {
  put("domain-GM0034.2.key", std::string(64, 'b'));
  const auto loaded = make({record(), withPrePseudonym(), withoutNumber()});
  auto stored = loaded;
  for (auto& one : stored) one.keys = {};
  const auto keys = crypto::Keyring::load(dir_.path());
  LateKeys late(keys);
  late.fill(34, 2, stored);
  for (std::size_t i = 0; i < stored.size(); ++i) {
    EXPECT_EQ(std::tie(stored[i].keys.trajectory, stored[i].keys.youth, stored[i].keys.parent),
              std::tie(loaded[i].keys.trajectory, loaded[i].keys.youth, loaded[i].keys.parent));
    EXPECT_EQ(stored[i].pseudonym, PseudonymousTrajectory().pseudonym) << "what comes out of step 1 stays nowhere";
  }
  EXPECT_THROW(late.fill(34, 3, stored), Error);
}

TEST_F(UnitMacTest, SaysHowTheKeyThatIsNotThereComesBack) {
  std::filesystem::remove(dir_ / "cell.1.key");
  try {
    make({record()});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::config);
    EXPECT_THAT(error.hint(), HasSubstr("sluis key new cell"));
  }
}

TEST_F(UnitMacTest, NeverTakesALaterVersion) {
  const Words first = keysOf(record());
  put("cell.2.key", kStepOne);
  EXPECT_EQ(keysOf(record()), first);
}

}  // namespace
}  // namespace sluis::pseudonymise
