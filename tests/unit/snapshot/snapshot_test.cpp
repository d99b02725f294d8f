#include "snapshot/snapshot.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>
#include <cstring>
#include <fstream>
#include <thread>

#include "base/error.h"
#include "base/file.h"
#include "crypto/digest.h"
#include "snapshot/header.h"
#include "support/synthetic_table.h"
#include "support/temp_dir.h"

namespace sluis::snapshot {
namespace {

using testing::ElementsAre;
using testing::ElementsAreArray;
using testing::HasSubstr;
using testing::IsEmpty;
namespace fs = std::filesystem;

// Two children, three trajectories.
Table small() {
  Table table;
  table.facts = {.id = "GM0034-000012",
                 .domain = "GM0034",
                 .made = Instant(std::chrono::seconds(1'790'000'000)),
                 .rows = 3,
                 .children = 2,
                 .firstQuarter = 2025 * 4,
                 .lastQuarter = 2026 * 4 + 1,
                 .windowDays = 365,
                 .ruleSet = "jeugdhulp 5.1; sluis 0.1.0",
                 .table = "a perturbation table\n",
                 .providers = {{"P0001", "De Een"}, {"P0002", "De Ander"}},
                 .minimumChildren = 10};
  table.child = {0, 0, 1};
  table.key = {0xe6666666, 0x4ccccccc, 0};
  table.keyYouth = {1, 0, 0xffffffff};
  table.keyParent = {0, 0, 7};
  table.provider = {0, 1, 1};
  table.form = {2, 14, 0};
  table.referrer = {1, 2, 8};
  table.reason = {1, 0, 5};
  table.profile = {0, 11, 1};
  table.productCategory = {45, 0, 55};
  table.perspective = {0, 2, 4};
  table.severity = {0, 0, 4};
  table.complexity = {3, 0, 0};
  table.start = {1, 6, 2};
  table.end = {1, 0, 3};
  table.satisfaction = {7, 0, 0xa1};
  table.goOn = {4, 0, 0x14};
  table.goals = {0, 0, 0x41};
  table.flags = {kEndedBeforeWindow | kRenewed, 0, kEndedBeforeWindow};
  return table;
}

// The same file as by another writer, which does not look at what it writes.
void reseal(std::string& file) {
  std::uint64_t header = 0;
  std::memcpy(&header, file.data() + 16, sizeof(header));
  for (std::size_t i = 0; i < kColumns; ++i) {
    char* entry = file.data() + kPreambleBytes + i * kEntryBytes;
    std::uint64_t offset = 0;
    std::uint64_t bytes = 0;
    std::memcpy(&offset, entry + 8, sizeof(offset));
    std::memcpy(&bytes, entry + 16, sizeof(bytes));
    const auto digest = crypto::sha256(asBytes(file).subspan(offset, aligned(bytes)));
    std::memcpy(entry + 24, digest.data(), digest.size());
  }
  const auto digest = crypto::sha256(asBytes(file).first(header - 32));
  std::memcpy(file.data() + header - 32, digest.data(), digest.size());
}

class SnapshotTest : public testing::Test {
 protected:
  std::string written(const Table& table) {
    write(file_, table);
    return readFile(file_);
  }
  std::shared_ptr<const Snapshot> reopened(const std::string& bytes) {
    std::ofstream(file_, std::ios::binary) << bytes;
    return Snapshot::open(file_);
  }
  // The message of the Error that opening, or looking at all of it, ends in.
  std::string refusal(const std::string& bytes) {
    fs::remove(file_);  // a file that is overwritten is flushed to disk by some file systems
    std::ofstream(file_, std::ios::binary) << bytes;
    return refusal();
  }
  std::string refusal() {
    try {
      Snapshot::open(file_)->verify();
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::disk);
      return error.message();
    }
    return "";
  }
  std::size_t offsetOf(const std::string& bytes, Column column) {
    std::uint64_t offset = 0;
    std::memcpy(&offset, bytes.data() + kPreambleBytes + static_cast<std::size_t>(column) * kEntryBytes + 8,
                sizeof(offset));
    return offset;
  }

  test::TempDir folder_;
  fs::path file_ = folder_ / "GM0034-000012.snapshot";
};

TEST_F(SnapshotTest, GivesBackWhatWasWritten) {
  const auto table = small();
  const auto digest = write(file_, table);
  const auto snapshot = Snapshot::open(file_, "GM0034");
  const auto& facts = snapshot->facts();
  EXPECT_EQ(facts.id, "GM0034-000012");
  EXPECT_EQ(facts.domain, "GM0034");
  EXPECT_EQ(facts.made, table.facts.made);
  EXPECT_EQ(facts.rows, 3U);
  EXPECT_EQ(facts.children, 2U);
  EXPECT_EQ(facts.firstQuarter, 8100);
  EXPECT_EQ(facts.lastQuarter, 8105);
  EXPECT_EQ(facts.windowDays, 365);
  EXPECT_EQ(facts.ruleSet, table.facts.ruleSet);
  EXPECT_EQ(facts.table, table.facts.table);
  ASSERT_EQ(facts.providers.size(), 2U);
  EXPECT_EQ(facts.providers[1].code, "P0002");
  EXPECT_EQ(facts.providers[1].name, "De Ander");
  EXPECT_EQ(facts.minimumChildren, 10U);
  EXPECT_EQ(facts.digest, digest);
  EXPECT_THAT(snapshot->words(Column::child), ElementsAre(0, 0, 1));
  EXPECT_THAT(snapshot->words(Column::key), ElementsAreArray(table.key));
  EXPECT_THAT(snapshot->words(Column::keyYouth), ElementsAreArray(table.keyYouth));
  EXPECT_THAT(snapshot->words(Column::keyParent), ElementsAreArray(table.keyParent));
  EXPECT_THAT(snapshot->shorts(Column::provider), ElementsAre(0, 1, 1));
  EXPECT_THAT(snapshot->bytes(Column::form), ElementsAreArray(table.form));
  EXPECT_THAT(snapshot->bytes(Column::referrer), ElementsAreArray(table.referrer));
  EXPECT_THAT(snapshot->bytes(Column::reason), ElementsAreArray(table.reason));
  EXPECT_THAT(snapshot->bytes(Column::profile), ElementsAreArray(table.profile));
  EXPECT_THAT(snapshot->bytes(Column::productCategory), ElementsAreArray(table.productCategory));
  EXPECT_THAT(snapshot->bytes(Column::perspective), ElementsAreArray(table.perspective));
  EXPECT_THAT(snapshot->bytes(Column::severity), ElementsAreArray(table.severity));
  EXPECT_THAT(snapshot->bytes(Column::complexity), ElementsAreArray(table.complexity));
  EXPECT_THAT(snapshot->bytes(Column::start), ElementsAreArray(table.start));
  EXPECT_THAT(snapshot->bytes(Column::end), ElementsAreArray(table.end));
  EXPECT_THAT(snapshot->bytes(Column::satisfaction), ElementsAreArray(table.satisfaction));
  EXPECT_THAT(snapshot->bytes(Column::goOn), ElementsAreArray(table.goOn));
  EXPECT_THAT(snapshot->bytes(Column::goals), ElementsAreArray(table.goals));
  EXPECT_THAT(snapshot->bytes(Column::flags), ElementsAreArray(table.flags));
}

TEST_F(SnapshotTest, TheWrongWidthIsABugOfTheCaller) {
  write(file_, small());
  const auto snapshot = Snapshot::open(file_);
  EXPECT_THROW(snapshot->bytes(Column::child), std::logic_error);
  EXPECT_THROW(snapshot->shorts(Column::form), std::logic_error);
  EXPECT_THROW(snapshot->words(Column::provider), std::logic_error);
}

TEST_F(SnapshotTest, MayBeEmpty) {
  Table table;
  table.facts = small().facts;
  table.facts.rows = table.facts.children = 0;
  write(file_, table);
  const auto snapshot = Snapshot::open(file_);
  snapshot->verify();
  EXPECT_THAT(snapshot->words(Column::child), IsEmpty());
}

// A snapshot of today is opened by every version to come: these bytes never change.
TEST_F(SnapshotTest, IsTheBytesOfTheFormat) {
  const auto bytes = written(small());
  EXPECT_EQ(bytes.substr(0, 8), "SLUISNAP");
  EXPECT_EQ(toHex(asBytes(bytes.substr(8, 28))),
            "01000000"          // version
            "04030201"          // byte order
            "4005000000000000"  // bytes of the header
            "000a000000000000"  // bytes of the file
            "13000000");        // columns
  EXPECT_EQ(toHex(asBytes(bytes.substr(64, 24))),
            "00000000"
            "04000000"
            "4005000000000000"
            "0c00000000000000");
  EXPECT_EQ(toHex(asBytes(bytes.substr(1344, 12))), "000000000000000001000000");
  EXPECT_EQ(toHex(crypto::sha256(asBytes(bytes))), "3a40ba6621e9922f622625082eeb0c39ec128f9166b74450d50bbc313da710c9");
  for (std::size_t i = 0; i < kColumns; ++i) EXPECT_EQ(offsetOf(bytes, static_cast<Column>(i)) % 64, 0U);
}

TEST_F(SnapshotTest, AnyFlippedByteIsRefused) {
  const auto right = written(small());
  std::fstream file(file_, std::ios::binary | std::ios::in | std::ios::out);
  const auto put = [&](std::size_t at, int value) {
    file.seekp(static_cast<std::streamoff>(at));
    file.put(static_cast<char>(value)).flush();
  };
  for (std::size_t at = 0; at < right.size(); ++at) {
    put(at, right[at] ^ 0x10);
    EXPECT_NE(refusal(), "") << at;
    put(at, right[at]);
  }
  EXPECT_EQ(refusal(), "");
}

TEST_F(SnapshotTest, AnythingCutOffIsRefused) {
  const auto right = written(small());
  for (std::size_t size = 0; size < right.size(); ++size) EXPECT_NE(refusal(right.substr(0, size)), "") << size;
  EXPECT_THAT(refusal(right.substr(0, right.size() - 1)), HasSubstr("is cut short: "));
  EXPECT_THAT(refusal(right.substr(0, 100)), HasSubstr("is cut short"));
  EXPECT_THAT(refusal(right.substr(0, 10)), HasSubstr("is cut short"));
  EXPECT_THAT(refusal(""), HasSubstr("is not a snapshot"));
  EXPECT_THAT(refusal(right + "x"), HasSubstr("after its end"));
}

TEST_F(SnapshotTest, SaysWhatIsWrong) {
  auto bytes = written(small());
  EXPECT_THAT(refusal("%PDF-1.7 and so on, long enough to be something in its own right, were it one of ours"),
              HasSubstr("is not a snapshot"));
  auto newer = bytes;
  newer[8] = 2;
  EXPECT_THAT(refusal(newer), HasSubstr("was made by a newer version of Sluis: format 2, and this one knows 1"));
  reopened(bytes);
  try {
    Snapshot::open(file_, "GM0363");
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.message(), HasSubstr("is of GM0034, not of GM0363"));
  }
  EXPECT_THROW(Snapshot::open(folder_.path()), Error);
  EXPECT_THROW(Snapshot::open(folder_ / "absent"), Error);
}

TEST_F(SnapshotTest, ADamagedColumnIsRefusedEveryTimeAndTheOthersAreNot) {
  auto bytes = written(small());
  bytes[offsetOf(bytes, Column::goals)] ^= 1;
  const auto snapshot = reopened(bytes);
  for (int time = 0; time < 3; ++time) {
    EXPECT_THROW(snapshot->bytes(Column::goals), Error);
    EXPECT_EQ(snapshot->bytes(Column::goOn).size(), 3U);
  }
  EXPECT_THROW(snapshot->verify(), Error);
}

TEST_F(SnapshotTest, IsCheckedOnceByManyThreads) {
  write(file_, test::syntheticTable({.rows = 20'000}));
  const auto snapshot = Snapshot::open(file_);
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] {
      for (int time = 0; time < 100; ++time) EXPECT_EQ(snapshot->bytes(Column::flags).size(), 20'000U);
    });
  for (auto& thread : threads) thread.join();
}

TEST_F(SnapshotTest, AFileCutWhileInUseIsAnErrorAtFirstUse) {
  write(file_, test::syntheticTable({.rows = 20'000}));
  const auto snapshot = Snapshot::open(file_);
  fs::resize_file(file_, 8192);
  EXPECT_THROW(snapshot->bytes(Column::flags), Error);
}

struct Lie {
  const char* name;
  Column column;
  std::size_t byte;
  std::uint8_t value;
  const char* says;
};
class SnapshotLies : public SnapshotTest, public testing::WithParamInterface<Lie> {};

TEST_P(SnapshotLies, AreRefusedThoughTheirDigestsAreRight) {
  auto bytes = written(small());
  bytes[offsetOf(bytes, GetParam().column) + GetParam().byte] = static_cast<char>(GetParam().value);
  reseal(bytes);
  EXPECT_THAT(refusal(bytes), HasSubstr(GetParam().says));
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, SnapshotLies,
    testing::Values(Lie{"ChildNotFromZero", Column::child, 0, 1, "not numbered one after another"},
                    Lie{"ChildLeftOut", Column::child, 8, 2, "not numbered one after another"},
                    Lie{"ChildGoesBack", Column::child, 8, 0, "not numbered one after another"},
                    Lie{"Provider", Column::provider, 2, 2, "a provider is not one of its list"},
                    Lie{"Form", Column::form, 0, 100, "column form: a code is above 99"},
                    Lie{"Complexity", Column::complexity, 0, 255, "a code is above 99"},
                    Lie{"StartZero", Column::start, 1, 0, "a start lies outside its quarters"},
                    Lie{"StartBeyond", Column::start, 1, 7, "a start lies outside its quarters"},
                    Lie{"EndBeyond", Column::end, 0, 7, "an end lies outside its quarters or before its start"},
                    Lie{"EndBeforeStart", Column::end, 2, 1, "an end lies outside its quarters or before its start"},
                    Lie{"MarkOfYouth", Column::satisfaction, 0, 0x0b, "a mark is above 10"},
                    Lie{"MarkOfParent", Column::satisfaction, 0, 0xb0, "a mark is above 10"},
                    Lie{"GoOn", Column::goOn, 0, 0x05, "a score is above 4"},
                    Lie{"Goals", Column::goals, 0, 0x50, "a score is above 4"},
                    Lie{"RenewedButNotEnded", Column::flags, 0, kRenewed, "its flags contradict"},
                    Lie{"EndedButRunning", Column::flags, 1, kEndedBeforeWindow, "its flags contradict"},
                    Lie{"UnknownFlag", Column::flags, 2, 4, "its flags contradict"}),
    [](const auto& info) { return info.param.name; });

TEST_F(SnapshotTest, WhatIsNotRightInItselfIsNotWritten) {
  const auto never = [&](auto&& spoil) {
    auto table = small();
    spoil(table);
    EXPECT_THROW(write(file_, table), std::logic_error);
    EXPECT_TRUE(fs::is_empty(folder_.path()));
  };
  never([](Table& table) { table.goals.pop_back(); });
  never([](Table& table) { table.facts.children = 3; });
  never([](Table& table) { table.facts.domain = "Almere"; });
  never([](Table& table) { table.facts.id = "GM0363-000012"; });
  never([](Table& table) { table.facts.id = "GM0034-../x"; });
  never([](Table& table) { table.facts.lastQuarter = table.facts.firstQuarter + 254; });
  never([](Table& table) { std::swap(table.facts.providers[0], table.facts.providers[1]); });
  never([](Table& table) { table.facts.minimumChildren = 0; });
  never([](Table& table) { table.form[0] = 100; });
}

TEST_F(SnapshotTest, AFullDiskLeavesTheOldOneAndNothingElse) {
  const auto right = written(small());
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  rlimit full = before;
  full.rlim_cur = 10'000;
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &full), 0);
  EXPECT_THROW(write(file_, test::syntheticTable({.rows = 10'000})), Error);
  ::setrlimit(RLIMIT_FSIZE, &before);
  EXPECT_EQ(readFile(file_), right);
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_.path()), fs::directory_iterator{}), 1);
}

}  // namespace
}  // namespace sluis::snapshot
