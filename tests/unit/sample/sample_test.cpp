// A sample is what it promises: the same for the same seed, right where it is not wrong on purpose, shaped like a real
// delivery. That the product finds exactly what was planted is tests/scenario/test_sample.py.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "base/error.h"
#include "base/file.h"
#include "model/delivery_name.h"
#include "sample/compound_file.h"
#include "sample/expectation.h"
#include "sample/records.h"
#include "sample/sample.h"
#include "support/temp_dir.h"

namespace sluis::sample {
namespace {

using dataset::Field;

const dataset::Definitions& definitions() {
  static const auto loaded =
      dataset::Definitions::load(SLUIS_SOURCE_DIR "/config/datasets", SLUIS_SOURCE_DIR "/config/codelists");
  return loaded;
}

Setting setting(const std::string& period = "2026-10", std::uint64_t seed = 1) {
  const Period parsed = *Period::parse(period);
  return {.definition = *definitions().find("jeugdhulp", parsed), .period = parsed, .seed = seed};
}

std::vector<Record> make(const Setting& setting, std::uint32_t count, std::uint32_t faulty = 0) {
  Records records(setting, count, faulty);
  std::vector<Record> all;
  for (Record record; records.next(record); record = Record()) all.push_back(record);
  return all;
}

std::string text(const Record& record, Field field) {
  return std::string(record[field].text());
}

double shareOf(const std::vector<Record>& records, auto holds) {
  return static_cast<double>(std::count_if(records.begin(), records.end(), holds)) /
         static_cast<double>(records.size());
}

// Weights of JEUGDHULP §4, digit by digit.
bool eleven(const std::string& digits) {
  const int weights[] = {9, 8, 7, 6, 5, 4, 3, 2, -1};
  int sum = 0;
  for (std::size_t i = 0; i < 9; ++i) sum += (digits[i] - '0') * weights[i];
  return digits.size() == 9 && sum % 11 == 0;
}

TEST(Random, IsSplitmix64) {
  // The reference implementation's first numbers for seed 1234567.
  Random random(1234567);
  EXPECT_EQ(random.next(), 6457827717110365317ULL);
  EXPECT_EQ(random.next(), 3203168211198807973ULL);
  EXPECT_EQ(random.next(), 9817491932198370423ULL);
}

TEST(Random, PicksByWeight) {
  Random random(7);
  const std::uint32_t weights[] = {0, 3, 1};
  std::array<int, 3> seen{};
  for (int i = 0; i < 4000; ++i) ++seen[random.pick(weights)];
  EXPECT_EQ(seen[0], 0);
  EXPECT_NEAR(seen[1], 3000, 150);
}

TEST(Numbers, PassTheElevenTestAndComeOnce) {
  Numbers numbers(3, definitions().all().front().placeholders());
  std::set<std::uint32_t> seen;
  for (int i = 0; i < 15000; ++i) {
    const std::uint32_t number = numbers.next();
    ASSERT_TRUE(eleven(bsnText(number))) << number;
    ASSERT_TRUE(passesElevenTest(number));
    ASSERT_TRUE(seen.insert(number).second) << number;
  }
  EXPECT_GE(*seen.begin(), 900000000U);
}

TEST(Numbers, BeginInTheRangeThatIsPublishedForTests) {
  Numbers numbers(99, definitions().all().front().placeholders());
  for (int i = 0; i < 900; ++i) ASSERT_GE(numbers.next(), 999990000U);
  for (int i = 0; i < 8000; ++i) ASSERT_GE(numbers.next(), 999900000U);
}

TEST(Numbers, SpoiltOnesFailAndAreNoPlaceholder) {
  const dataset::Placeholders placeholders{.bsnUnknown = 999999999, .bsnUnborn = 0, .birthUnborn = {}};
  Numbers numbers(5, placeholders);
  for (int i = 0; i < 2000; ++i) {
    const std::uint32_t wrong = numbers.spoilt(numbers.next());
    ASSERT_FALSE(eleven(bsnText(wrong)));
    ASSERT_NE(wrong, placeholders.bsnUnknown);
  }
}

TEST(Identity, ElevenTestKnowsTheKnownAnswers) {
  for (const std::uint32_t good : {249566758U, 111222333U}) EXPECT_TRUE(passesElevenTest(good));
  EXPECT_FALSE(passesElevenTest(999999999));
  EXPECT_FALSE(passesElevenTest(249566759));
}

TEST(Sample, TheSameSeedGivesTheSameRecords) {
  const auto one = make(setting(), 3000, 60);
  const auto again = make(setting(), 3000, 60);
  const auto other = make(setting("2026-10", 2), 3000, 60);
  ASSERT_EQ(one.size(), again.size());
  const auto same = [](const Record& a, const Record& b) {
    return std::equal(a.cells.begin(), a.cells.end(), b.cells.begin(),
                      [](const Cell& x, const Cell& y) { return x.text() == y.text(); });
  };
  EXPECT_TRUE(std::equal(one.begin(), one.end(), again.begin(), same));
  EXPECT_FALSE(std::equal(one.begin(), one.end(), other.begin(), same));
}

TEST(Sample, HasExactlyTheRecordsAndTheFaultsThatWereOrdered) {
  for (const std::uint32_t faulty : {0U, 1U, 7U, 250U, 500U}) {
    const auto records = make(setting(), 500, faulty);
    EXPECT_EQ(records.size(), 500U);
    const auto planted = std::count_if(records.begin(), records.end(), [](const Record& record) {
      return record.broken && record.broken->code != "JH112";
    });
    EXPECT_LE(static_cast<std::uint32_t>(planted), faulty);
    EXPECT_GE(static_cast<std::uint32_t>(planted), faulty * 9 / 10);  // JH112 is planted too
  }
}

TEST(Sample, PlantsEveryRuleThatHolds) {
  for (const char* period : {"2016-05", "2018Q2", "2026-10"}) {
    Setting of = setting(period);
    std::set<std::string> planted;
    for (const Record& record : make(of, 300, 300)) planted.insert(std::string(record.broken->code));
    of.psn = true;
    for (const Record& record : make(of, 300, 300)) planted.insert(std::string(record.broken->code));
    for (const auto& [rule, thresholds] : of.definition.rules()) {
      // Those are shapes of the whole; history and contract are not the sample's.
      if (rule == "JH204" || rule == "JH205" || rule >= "JH301") continue;
      EXPECT_EQ(planted.count(rule), 1U) << rule << " in " << period;
    }
    const auto own = std::count_if(planted.begin(), planted.end(), [](const auto& rule) { return rule < "JH101"; });
    EXPECT_EQ(own, of.definition.find(Field::gestartMetCrisis) != nullptr ? 34 : 32);
  }
}

TEST(Sample, LooksLikeADelivery) {
  const auto records = make(setting(), 10000);
  const auto filled = [](Field field) { return [field](const Record& record) { return !record[field].empty(); }; };
  EXPECT_NEAR(shareOf(records, filled(Field::datumEinde)), 0.62, 0.04);
  std::vector<Record> ended;
  std::copy_if(records.begin(), records.end(), std::back_inserter(ended), filled(Field::datumEinde));
  EXPECT_NEAR(shareOf(ended, filled(Field::informant1)), 0.55, 0.02);
  EXPECT_NEAR(shareOf(ended, [](const Record& r) { return text(r, Field::redenBeeindiging) == "01"; }), 0.62, 0.03);
  EXPECT_NEAR(shareOf(records, [](const Record& r) { return text(r, Field::geslacht) == "M"; }), 0.54, 0.03);
  EXPECT_NEAR(shareOf(records, [](const Record& r) { return r[Field::postcode].text().starts_with("13"); }), 0.98,
              0.02);

  double sum = 0;
  int marks = 0;
  std::set<std::string> informants;
  std::map<std::string, int> ofChild;
  for (const Record& record : records) {
    for (const Field field : {Field::tevredenheid1, Field::tevredenheid2})
      if (!record[field].empty()) {
        sum += std::stoi(text(record, field));
        ++marks;
      }
    if (!record[Field::informant1].empty()) informants.insert(text(record, Field::informant1));
    if (text(record, Field::bsn)[0] == '9') ++ofChild[text(record, Field::bsn)];
  }
  EXPECT_NEAR(sum / marks, 7.4, 0.1);
  EXPECT_EQ(informants, (std::set<std::string>{"J", "O"}));
  const auto several =
      std::count_if(ofChild.begin(), ofChild.end(), [](const auto& child) { return child.second > 1; });
  EXPECT_NEAR(static_cast<double>(several) / static_cast<double>(ofChild.size()), 0.25, 0.05);
}

TEST(Sample, ChildrenAreUnder18AndTheirTrajectoriesApart) {
  std::map<std::string, std::vector<std::pair<std::string, std::string>>> ofHelp;
  for (const Record& record : make(setting("2026H1"), 6000)) {
    const std::string start = text(record, Field::datumAanvang);
    const std::string end = text(record, Field::datumEinde);
    ASSERT_LE(start, "20260630");
    if (!end.empty()) {
      ASSERT_GE(end, "20260101");
      ASSERT_LE(end, "20260630");
      ASSERT_LE(start, end);
    }
    const std::string birth = text(record, Field::geboortedatum);
    if (text(record, Field::bsn)[0] != '9' || birth.starts_with("9999")) continue;
    ASSERT_LT(std::stoi(start) - std::stoi(birth), birth.ends_with("00") ? 18'1231 : 18'0000) << birth << ' ' << start;
    ofHelp[text(record, Field::bsn) + text(record, Field::hulpvorm)].emplace_back(start, end.empty() ? "9" : end);
  }
  for (auto& [help, stays] : ofHelp) {
    if (help.starts_with("999999999")) continue;
    std::sort(stays.begin(), stays.end());
    for (std::size_t i = 1; i < stays.size(); ++i) ASSERT_GT(stays[i].first, stays[i - 1].second) << help;
  }
}

TEST(Sample, ARightOneHasNoSignalButWhatWasNotMeasured) {
  for (const char* period : {"2015-01", "2017H2", "2018", "2026-02", "2026Q3"}) {
    for (std::uint64_t seed = 1; seed <= 5; ++seed) {
      Setting of = setting(period, seed);
      of.response = 1000;
      Expectation expectation(of.definition);
      for (const Record& record : make(of, 40)) expectation.add(record);
      expectation.finish();
      for (const auto& [rule, count] : expectation.counts()) EXPECT_EQ(rule, "JH112") << period << " seed " << seed;
      EXPECT_TRUE(expectation.accepted());
    }
  }
}

TEST(Expectation, KeepsTheFirstThousandOfARuleInOrderAndCountsAll) {
  const BrokenRule kRule{"JH101", "bsn", Severity::fout};
  const Setting of = setting();
  Expectation expectation(of.definition);
  Record record;
  record.broken = kRule;
  for (int i = 0; i < 1500; ++i) expectation.add(record);
  expectation.finish();
  EXPECT_EQ(expectation.counts().at("JH101"), 1500U);
  const std::string json = expectation.json("f.csv", "2026-10");
  EXPECT_NE(json.find("\"row\": 1000,"), std::string::npos);
  EXPECT_EQ(json.find("\"row\": 1001,"), std::string::npos);
  EXPECT_NE(json.find("\"code\": \"VAL01\""), std::string::npos);
}

TEST(Expectation, CountsTheShapesOfTheWhole) {
  Setting of = setting();
  of.monotonous = of.closedTogether = true;
  Expectation expectation(of.definition);
  for (const Record& record : make(of, 300)) expectation.add(record);
  expectation.finish();
  EXPECT_EQ(expectation.counts().at("JH204"), 1U);
  EXPECT_EQ(expectation.counts().at("JH205"), 1U);
}

TEST(SheetValue, DaysAreThoseOfExcel) {
  const Setting of = setting();
  const auto value = [&](std::string_view cell, Field field, bool asNumbers = false) {
    return sheetValue(cell, *of.definition.find(field), asNumbers);
  };
  EXPECT_EQ(value("20260101", Field::datumAanvang).kind, SheetValue::Kind::day);
  EXPECT_EQ(value("20260101", Field::datumAanvang).number, 46023);
  EXPECT_EQ(value("20140500", Field::geboortedatum).kind, SheetValue::Kind::text);
  EXPECT_EQ(value("999990019", Field::bsn).kind, SheetValue::Kind::text);
  EXPECT_EQ(value("999990019", Field::bsn, true).number, 999990019);
  EXPECT_EQ(value("7", Field::tevredenheid1).number, 7);
  EXPECT_EQ(value("x", Field::tevredenheid1).kind, SheetValue::Kind::text);
  EXPECT_EQ(value("", Field::datumEinde).kind, SheetValue::Kind::empty);
}

std::uint32_t numberAt(const std::string& file, std::size_t at) {
  std::uint32_t number = 0;
  for (int i = 3; i >= 0; --i)
    number = number << 8 | static_cast<unsigned char>(file.at(at + static_cast<std::size_t>(i)));
  return number;
}
std::size_t placeOf(std::uint32_t sector) {
  return 512 + std::size_t{sector} * 512;
}

// As a reader does it: the tables of sectors by the header's list and its continuation, then sector by sector.
std::string streamOf(const std::string& file) {
  std::vector<std::uint32_t> tables;
  for (std::size_t i = 0; i < 109; ++i) tables.push_back(numberAt(file, 76 + i * 4));
  for (std::uint32_t list = numberAt(file, 68); list < 0xFFFFFFFA; list = numberAt(file, placeOf(list) + 508))
    for (std::size_t i = 0; i < 127; ++i) tables.push_back(numberAt(file, placeOf(list) + i * 4));
  const std::size_t entry = placeOf(numberAt(file, 48)) + 128;
  std::string stream;
  for (std::uint32_t sector = numberAt(file, entry + 116); sector < 0xFFFFFFFA;
       sector = numberAt(file, placeOf(tables.at(sector / 128)) + sector % 128 * 4))
    stream += file.substr(placeOf(sector), 512);
  stream.resize(numberAt(file, entry + 120));
  return stream;
}

TEST(CompoundFile, HoldsItsStreamWhateverItsSize) {
  // 8 MB needs more tables of sectors than the header can list.
  for (const std::size_t size : {std::size_t{5000}, std::size_t{4096}, std::size_t{8} << 20}) {
    std::string stream;
    for (std::size_t i = 0; stream.size() < size; ++i) appendNumber(stream, mix(i), 8);
    stream.resize(size);
    const std::string file = compoundFile("Workbook", stream);
    EXPECT_EQ(file.size() % 512, 0U);
    EXPECT_TRUE(streamOf(file) == stream) << size;
  }
}

class Written : public ::testing::Test {
 protected:
  Order order(const std::string& name, Format format = Format::csv) {
    return {
        .setting = setting(), .records = 200, .dress = {.format = format}, .file = dir_.path() / name, .progress = {}};
  }
  test::TempDir dir_;
};

TEST_F(Written, EveryFormatIsTheSameTwice) {
  for (const Format format : {Format::csv, Format::ascii, Format::xlsx, Format::xls}) {
    const auto one = writeSample(order("one", format));
    const auto two = writeSample(order("two", format));
    EXPECT_EQ(readFile(one.file), readFile(two.file)) << extensionOf(format);
    for (const char* name : {"one", "two"}) std::filesystem::remove(dir_.path() / name);
    for (const char* name : {"one", "two"}) std::filesystem::remove(expectedPath(dir_.path() / name));
  }
}

TEST_F(Written, NothingIsReplacedUnasked) {
  Order wanted = order("sample.csv");
  writeSample(wanted);
  EXPECT_THROW(writeSample(wanted), Error);
  wanted.replace = true;
  EXPECT_NO_THROW(writeSample(wanted));
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(dir_.path()), {}), 2);
}

TEST_F(Written, AnXlsHasNoRoomForMore) {
  Order wanted = order("sample.xls", Format::xls);
  wanted.records = 65536;
  EXPECT_THROW(writeSample(wanted), Error);
  EXPECT_TRUE(std::filesystem::is_empty(dir_.path()));
}

TEST_F(Written, CsvWearsWhatWasOrdered) {
  Order wanted = order("sample.csv");
  wanted.records = 3;
  wanted.dress = {.encoding = Encoding::utf16Be, .separator = '\t', .quoted = true};
  const std::string text = readFile(writeSample(wanted).file);
  EXPECT_EQ(text.substr(0, 6), std::string("\xFE\xFF\0\"\0b", 6));
  EXPECT_EQ(text.substr(text.size() - 4), std::string("\0\r\0\n", 4));
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 4);
}

TEST(FileName, IsThatOfADelivery) {
  const Setting of = setting();
  for (const std::uint32_t records : {1U, 9'000'000U})
    for (const std::uint64_t seed : {1ULL, 18446744073709551615ULL}) {
      Setting seeded = of;
      seeded.seed = seed;
      const auto name =
          fileName({.setting = seeded, .records = records, .errors = 0.1, .dress = {}, .file = {}, .progress = {}});
      EXPECT_TRUE(DeliveryName::parse(name)) << name;
    }
}

TEST(Municipality, MustHaveExistedInThePeriod) {
  Setting of = setting();
  of.municipality = "GM0457";  // Weesp, until 2022
  EXPECT_THROW(Population{of}, Error);
  of.municipality = "nonsense";
  EXPECT_THROW(Population{of}, Error);
}

}  // namespace
}  // namespace sluis::sample
