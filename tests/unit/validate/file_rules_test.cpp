#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <set>

#include "sample.h"
#include "validate/file_rules.h"

namespace sluis::validate {
namespace {

using ::testing::IsEmpty;
using Expected = std::vector<std::string>;

Record stay(const std::string& start, const std::string& end, const Record& changes = {}) {
  Record record =
      right({{"datum_aanvang", start}, {"datum_einde", end}, {"reden_beeindiging", end.empty() ? "" : "01"}});
  if (end.empty()) record["tevredenheid_1"] = record["informant_1"] = "";
  for (const auto& [name, value] : changes) record[name] = value;
  return record;
}

TEST(SameKey, IsToldOnEveryRowOfTheGroup) {
  EXPECT_EQ(judge({right(), right({{"bsn", "249566758"}}), right(), right({{"geboortedatum", "20140512"}})}).findings,
            (Expected{"1 JH201", "3 JH201", "4 JH201"}));
}

TEST(SameKey, NeedsTheSameFormAndStart) {
  EXPECT_THAT(judge({right(), right({{"hulpvorm", "03"}}), stay("20260421", "20260501")}).findings, IsEmpty());
}

TEST(SameKey, IsFoundAcrossBatchesAndWithALostZero) {
  std::vector<Record> records = {right({{"bsn", "012345672"}})};
  for (int i = 0; i < 20; ++i)
    records.push_back(stay("20260115", "", {{"bsn", "999999999"}, {"postcode", "13" + std::to_string(10 + i) + "AB"}}));
  records.push_back(right({{"bsn", "12345672"}}));
  EXPECT_EQ(judge(records, kColumns, Coverage::noRegister(), 4).findings, (Expected{"1 JH201", "22 JH201"}));
}

TEST(SameKey, OfRecordsThatHaveOtherMistakesIsToldToo) {
  EXPECT_EQ(judge({right(), right({{"geslacht", "?"}})}).findings,
            (Expected{"1 JH201", "2 JH008 geslacht", "2 JH201"}));
}

TEST(SameKey, OfAPrePseudonymIsToldToo) {
  std::vector<std::string> columns = kColumns;
  columns[0] = "psn";
  Record one = right({{"psn", "00112233445566778899aabbccddeeff"}});
  Record same = right({{"psn", "00112233445566778899AABBCCDDEEFF"}});
  Record other = right({{"psn", "00112233445566778899aabbccddeefe"}});
  Record wrong = right({{"psn", "0011"}});
  EXPECT_EQ(judge({one, other, same, wrong}, columns).findings, (Expected{"1 JH201", "3 JH201", "4 JH004 psn"}));
}

TEST(SameKey, OfAPrePseudonymThatIsNoChildIsNotTold) {
  std::vector<std::string> columns = kColumns;
  columns[0] = "psn";
  const Record none = right({{"psn", std::string(32, '0')}});
  EXPECT_EQ(judge({none, none, right({{"psn", std::string(32, '0')}, {"geslacht", "V"}})}, columns).findings,
            (Expected{"1 JH119 psn", "2 JH119 psn", "3 JH119 psn"}));
}

TEST(Nameless, RecordsWithTheSameDataAreASignal) {
  const Record child = right({{"bsn", "999999999"}});
  EXPECT_EQ(judge({child, child, right({{"bsn", "999999999"}, {"geslacht", "V"}}),
                   right({{"bsn", "999999999"}, {"postcode", "1315AC"}}),
                   right({{"bsn", "999999999"}, {"postcode", "GM0034"}})})
                .findings,
            (Expected{"1 JH207", "2 JH207"}));
  EXPECT_EQ(judge({child, child}).wrong, 0U);
}

TEST(Overlap, IsToldOnEveryRowThatOverlapsAnother) {
  EXPECT_EQ(judge({stay("20260101", "20260201"), stay("20260201", "20260301"), stay("20260302", "20260401")}).findings,
            (Expected{"1 JH202", "2 JH202"}));
  EXPECT_EQ(judge({stay("20260401", "20260501"), stay("20250101", ""), stay("20260101", "20260110")}).findings,
            (Expected{"1 JH202", "2 JH202", "3 JH202"}));
  EXPECT_THAT(judge({stay("20260101", "20260201"), stay("20260202", "")}).findings, IsEmpty());
  EXPECT_THAT(judge({stay("20260101", "20260301"), stay("20260201", "20260401", {{"hulpvorm", "03"}})}).findings,
              IsEmpty());
}

TEST(Overlap, OfEqualKeysIsJh201Only) {
  EXPECT_EQ(judge({stay("20260101", "20260201"), stay("20260101", "20260301")}).findings,
            (Expected{"1 JH201", "2 JH201"}));
  EXPECT_EQ(judge({stay("20260101", "20260110"), stay("20260101", "20260301"), stay("20260201", "20260205")}).findings,
            (Expected{"1 JH201", "2 JH201", "2 JH202", "3 JH202"}));
}

TEST(Overlap, IsNotJudgedWithoutAReadableEnd) {
  EXPECT_EQ(judge({stay("20260101", "2026"), stay("20260201", "20260301")}).findings,
            (Expected{"1 JH020 datum_einde"}));
  EXPECT_EQ(judge({stay("20260115", "20260101"), stay("20260110", "20260112")}).findings, (Expected{"1 JH105"}));
}

TEST(Contradiction, OfBirthOrSexIsToldOnEveryRowOfTheChild) {
  EXPECT_EQ(judge({right(), right({{"hulpvorm", "03"}, {"geboortedatum", "20140513"}}), right({{"hulpvorm", "04"}})})
                .findings,
            (Expected{"1 JH203", "2 JH203", "3 JH203"}));
  EXPECT_EQ(judge({right(), right({{"hulpvorm", "03"}, {"geslacht", "V"}})}).findings,
            (Expected{"1 JH203", "2 JH203"}));
}

TEST(Contradiction, IsToldOfRecordsWithoutAReadableKeyToo) {
  EXPECT_EQ(judge({right(), right({{"hulpvorm", "99"}, {"geslacht", "V"}})}).findings,
            (Expected{"1 JH203", "2 JH015 hulpvorm", "2 JH203"}));
  // And of them nothing else: what has no key is no other's equal, and overlaps nothing.
  EXPECT_EQ(
      judge({right({{"hulpvorm", "99"}}), right({{"hulpvorm", "99"}}), right({{"hulpvorm", "98"}}), right()}).findings,
      (Expected{"1 JH015 hulpvorm", "2 JH015 hulpvorm", "3 JH015 hulpvorm"}));
}

TEST(Contradiction, IsNotWhatIsOnlyUnknown) {
  EXPECT_THAT(judge({right(), right({{"hulpvorm", "03"}, {"geslacht", "O"}})}).findings, IsEmpty());
  EXPECT_THAT(judge({right(), right({{"hulpvorm", "03"}, {"geboortedatum", "20140500"}}),
                     right({{"hulpvorm", "04"}, {"geboortedatum", "20140000"}})})
                  .findings,
              IsEmpty());
  EXPECT_EQ(judge({right({{"geboortedatum", "20140000"}}), right({{"hulpvorm", "03"}, {"geboortedatum", "20150000"}})})
                .findings,
            (Expected{"1 JH203", "2 JH203"}));
}

// What the compact structure finds, held against comparing every record with every other.
TEST(FileRules, AgreeWithComparingAllPairs) {
  std::mt19937 random(20261122);
  const auto pick = [&](int below) { return static_cast<int>(random() % static_cast<unsigned>(below)); };
  for (int turn = 0; turn < 20; ++turn) {
    std::vector<Record> records;
    std::vector<std::array<int, 4>> plain;  // child, form, start, end (99 = running)
    for (int i = 0; i < 150; ++i) {
      // Children whose numbers share their low bits, so that several land in one heap.
      const int child = pick(40);
      const int form = 2 + pick(3);
      const int start = 1 + pick(20);
      const int end = pick(4) == 0 ? 99 : start + pick(8);
      static const std::vector<std::string> numbers = [] {
        std::vector<std::string> found;
        for (std::uint32_t number = 900000000; found.size() < 40; ++number) {
          std::string text = std::to_string(number);
          int sum = -(text[8] - '0');
          for (int at = 0; at < 8; ++at) sum += (text[static_cast<std::size_t>(at)] - '0') * (9 - at);
          if (sum % 11 == 0 && (found.size() % 2 == 0 || number % 256 == 7)) found.push_back(text);
        }
        return found;
      }();
      const auto date = [](int day) { return "202603" + std::string(day < 10 ? "0" : "") + std::to_string(day); };
      records.push_back(
          stay(date(start), end == 99 ? "" : date(end),
               {{"bsn", numbers[static_cast<std::size_t>(child)]}, {"hulpvorm", "0" + std::to_string(form)}}));
      plain.push_back({child, form, start, end});
    }
    std::set<std::string> expected;
    for (std::size_t i = 0; i < plain.size(); ++i)
      for (std::size_t k = 0; k < plain.size(); ++k) {
        const auto& [childA, formA, startA, endA] = plain[i];
        const auto& [childB, formB, startB, endB] = plain[k];
        if (i == k || childA != childB || formA != formB) continue;
        if (startA == startB)
          expected.insert(std::to_string(i + 1) + " JH201");
        else if (startA <= endB && startB <= endA)
          expected.insert(std::to_string(i + 1) + " JH202");
      }
    auto findings = judge(records).findings;
    std::erase_if(findings, [](const std::string& finding) { return finding.starts_with("0 "); });
    EXPECT_EQ(std::set<std::string>(findings.begin(), findings.end()), expected);
    EXPECT_FALSE(expected.empty());
  }
}

// Every record a child of its own, which takes the most.
Trajectory recordOf(std::uint32_t row, Identity identity) {
  Trajectory record;
  record.row = row;
  record.identity = identity;
  record.bsn = row * 3;
  for (std::size_t i = 0; i < 4; ++i)
    record.psn[i] = static_cast<std::byte>(row >> 8 * i), record.psn[i + 8] = static_cast<std::byte>(row * 77 >> 8 * i);
  record.form = 2;
  record.sex = 'M';
  record.birth = 20140512;
  record.start = 20000;
  return record;
}

TEST(FileRules, TakeAtMostThirtyTwoBytesARecordAlsoWithPrePseudonyms) {
  for (const Identity identity : {Identity::bsn, Identity::psn}) {
    FileRules rules;
    constexpr std::uint32_t kRecords = 300'000;
    for (std::uint32_t row = 1; row <= kRecords; ++row)
      rules.add(recordOf(row, identity), {.key = true, .end = true, .birth = true, .sex = true});
    // Each heap's last page may be empty but for one record, and the last slab but for one page.
    const std::size_t fixed = 256 * Pages::kPage + (1 << 20);
    EXPECT_LE(rules.bytes(), (identity == Identity::psn ? 30U : 17U) * kRecords + fixed);
    bool any = false;
    rules.judge(kRecords).sameKey.each([&](std::uint32_t) { any = true; });
    EXPECT_FALSE(any);
  }
}

TEST(FileRules, OneChildOverAndOverIsJudgedToo) {
  for (const Identity identity : {Identity::bsn, Identity::psn}) {
    FileRules rules;
    constexpr std::uint32_t kRecords = 20'000;
    for (std::uint32_t row = 1; row <= kRecords; ++row) {
      Trajectory record = recordOf(7, identity);
      record.row = row;
      record.start += static_cast<DayNumber>(row % 10'000);
      record.end = record.start;
      record.sex = row == kRecords ? 'V' : 'M';
      rules.add(record, {.key = true, .end = true, .birth = true, .sex = true});
    }
    const auto broken = rules.judge(kRecords);
    const auto count = [](const RowSet& rows) {
      std::uint32_t all = 0;
      rows.each([&](std::uint32_t row) { EXPECT_EQ(row, ++all); });
      return all;
    };
    EXPECT_EQ(count(broken.sameKey), kRecords);
    EXPECT_EQ(count(broken.overlap), 0U);
    EXPECT_EQ(count(broken.contradiction), kRecords);
  }
}

}  // namespace
}  // namespace sluis::validate
