#include "reader/worker.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

#include "base/error.h"
#include "base/file.h"
#include "reader/confine.h"
#include "reader/memory_file.h"
#include "reader/safe_text.h"

namespace sluis::reader {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
namespace fs = std::filesystem;

const fs::path kBuild = SLUIS_BUILD_DIR;

Settings settings() {
  return {.program = kBuild / "bin/sluis-reader",
          .pluginDirectory = kBuild / "plugins",
          .memoryBytes = 256 << 20,
          .cpuSeconds = 20,
          .wallSeconds = 20};
}

Settings hostile() {
  Settings wanted = settings();
  wanted.pluginDirectory = kBuild / "test-plugins";
  return wanted;
}

/// All rows joined ("1|2\n"), or the refusal's detail.
std::string readAll(FormatJob& job) {
  std::string rows;
  for (;;) {
    const auto batch = job.next();
    if (!batch) {
      EXPECT_EQ(batch.error().code, RefusalCode::FMT01);
      return "FMT01 " + batch.error().detail;
    }
    if (!*batch) return rows;
    for (std::uint32_t row = 0; row < (*batch)->rows(); ++row)
      for (std::uint32_t column = 0; column < (*batch)->columns(); ++column)
        rows += std::string((*batch)->cell(row, column)) + (column + 1 < (*batch)->columns() ? "|" : "\n");
  }
}

FormatJob start(const Settings& with, std::string_view plugin, std::string_view delivery,
                std::string_view layout = {}) {
  return Worker(with).startFormat(plugin, layout, memoryFile(asBytes(delivery)));
}

std::string askHostile(const std::string& wish, const Settings& with = hostile()) {
  FormatJob job = start(with, "hostile", wish);
  return readAll(job);
}

TEST(Worker, ADeliveryComesBackAsBatchesOfCells) {
  FormatJob job = start(settings(), "csv", "a;b\r\n1;2\r\n3;\"4;5\"\r\n");
  const auto header = job.header();
  ASSERT_TRUE(header);
  EXPECT_THAT(header->columns, ElementsAre("a", "b"));
  EXPECT_THAT(header->detected, HasSubstr("scheidingsteken ;, CRLF"));
  EXPECT_EQ(readAll(job), "1|2\n3|4;5\n");
  EXPECT_EQ(readAll(job), "") << "the end stays the end";
}

TEST(Worker, ADeliveryLargerThanTheRingArrivesWhole) {
  constexpr int kRows = 300000;
  std::string delivery = "nr;tekst\n";
  for (int row = 0; row < kRows; ++row) delivery += std::to_string(row) + ";abcdefghijklmnopqrstuvwxyz\n";
  FormatJob job = start(settings(), "csv", delivery);
  int rows = 0;
  bool right = true;
  for (auto batch = job.next(); batch && *batch; batch = job.next())
    for (std::uint32_t row = 0; row < (*batch)->rows(); ++row) {
      right &= (*batch)->cell(row, 0) == std::to_string(rows) && (*batch)->cell(row, 1).size() == 26;
      ++rows;
    }
  EXPECT_EQ(rows, kRows);
  EXPECT_TRUE(right);
}

TEST(Worker, WhatThePluginCannotReadIsFmt01WithItsSentenceAndLine) {
  FormatJob job = start(settings(), "csv", "a;b\n1;2\n3\n");
  EXPECT_THAT(readAll(job), HasSubstr("FMT01 Regel 3: De regel heeft 1 cellen in plaats van 2"));
}

TEST(Worker, ALayoutReachesThePlugin) {
  FormatJob job = start(hostile(), "hostile", "layout", "bsn 0 9\nnaam 9 3\n");
  EXPECT_THAT(job.header()->columns, ElementsAre("bsn 0 9\nnaam 9 3\n"));
}

TEST(Worker, AWorkerThatDiesCostsOneDelivery) {
  for (const char* wish : {"crash", "abort", "exit", "throw"}) {
    const std::string told = askHostile(wish);
    EXPECT_THAT(told, HasSubstr("FMT01 Het leesprogramma is op dit bestand vastgelopen")) << wish;
    EXPECT_THAT(told, Not(HasSubstr("111222333")));
  }
  EXPECT_EQ(askHostile("please"), "done|\n");
}

TEST(Worker, NonsenseFromTheWorkerIsNeverBelieved) {
  for (const char* wish : {"far", "down", "rows", "columns", "nocolumns"})
    EXPECT_THAT(askHostile(wish), HasSubstr("FMT01")) << wish;
}

TEST(Worker, AWorkerThatHangsIsEnded) {
  Settings impatient = hostile();
  impatient.wallSeconds = 1;
  EXPECT_THAT(askHostile("spin", impatient), HasSubstr("duurde te lang"));
  FormatJob job = start(impatient, "hostile", "sleep");
  EXPECT_THAT(readAll(job), HasSubstr("duurde te lang"));
}

TEST(Worker, TheProcessorTimeIsLimited) {
  Settings brief = hostile();
  brief.cpuSeconds = 1;
  EXPECT_THAT(askHostile("spin", brief), HasSubstr("vastgelopen"));
}

TEST(Worker, TheMemoryIsLimited) {
  if (kSanitized) GTEST_SKIP() << "sanitizers need the memory";
  EXPECT_THAT(askHostile("eat"), HasSubstr("meer geheugen dan is toegestaan"));
}

TEST(Worker, ThereAreNoFilesNetworkOrProcessesInTheWorker) {
  if (kSanitized) GTEST_SKIP() << "sanitizers call much";
  for (const char* wish : {"open", "socket", "fork"}) EXPECT_THAT(askHostile(wish), HasSubstr("FMT01")) << wish;
}

TEST(Worker, TheEnvironmentIsEmpty) {
  EXPECT_EQ(askHostile("environment"), "none|\n");
}

TEST(Worker, ASentenceOfThePluginIsMadeSafe) {
  const std::string told = askHostile("unreadable");
  EXPECT_THAT(told, HasSubstr("FMT01 Regel 7: bsn #########  [31m xxx"));
  EXPECT_LT(told.size(), 330U);
  FormatJob job = start(hostile(), "hostile", "");
  EXPECT_EQ(job.header()->detected, "detected  [31m #########");
}

TEST(Worker, AStoppedJobEndsAtOnce) {
  FormatJob job = start(hostile(), "hostile", "sleep");
  ASSERT_TRUE(job.header());
  const auto begun = std::chrono::steady_clock::now();
  std::thread other([&job] {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    job.stop();
  });
  EXPECT_THAT(readAll(job), HasSubstr("FMT01"));
  other.join();
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(5));
}

TEST(Worker, TheFileIsReadFromTheFrontAndAnywhere) {
  EXPECT_EQ(askHostile("again"), "gain|\n");
}

TEST(Worker, NobodyIsToldAnythingButTheParent) {
  if (kSanitized) GTEST_SKIP() << "sanitizers call much";
  EXPECT_THAT(askHostile("write"), HasSubstr("FMT01"));
}

TEST(Worker, AFileThatTheWorkerCouldChangeIsNotHandedOver) {
  const fs::path path = fs::temp_directory_path() / ("sluis-writable-" + std::to_string(::getpid()));
  const Fd writable = openFile(path, O_RDWR | O_CREAT, 0600);
  fs::remove(path);
  EXPECT_THROW(Worker(settings()).startFormat("csv", {}, writable), Error);
}

TEST(Worker, AFloodOfBatchesIsTakenAtTheParentsPace) {
  FormatJob job = start(hostile(), "hostile", "flood");
  for (int i = 0; i < 1000; ++i) ASSERT_TRUE(job.next());
}

TEST(Worker, AMissingPluginOrProgramIsAnErrorNotARefusal) {
  EXPECT_FALSE(Worker(settings()).has("format", "xyz"));
  EXPECT_TRUE(Worker(settings()).has("format", "csv"));
  EXPECT_THROW(start(settings(), "xyz", ""), Error);
  Settings wrong = settings();
  wrong.program = "/nonexistent/sluis-reader";
  EXPECT_THROW(start(wrong, "csv", ""), Error);
  wrong.startAhead = true;
  EXPECT_THROW(start(wrong, "csv", ""), Error);
}

// A program that speaks for itself in the place of sluis-reader: what a worker taken over before its first batch could
// do.
class Impostor {
 public:
  explicit Impostor(const std::string& python) {
    std::ofstream(path_) << "#!/usr/bin/python3\nimport os, mmap, struct, time\n"
                            "def say(kind, slot=0, rows=0, columns=0, number=0):\n"
                            "    os.write(1, struct.pack('<IIIIQ', kind, slot, rows, columns, number))\n"
                         << python;
    fs::permissions(path_, fs::perms::owner_all);
  }
  ~Impostor() { fs::remove(path_); }
  std::string outcome() const {
    Settings wrong = settings();
    wrong.program = path_;
    wrong.wallSeconds = 10;
    try {
      FormatJob job = start(wrong, "csv", "");
      return readAll(job);
    } catch (const Error& e) {
      return std::string("Error ") + e.what();
    }
  }

 private:
  fs::path path_ = fs::temp_directory_path() / ("sluis-impostor-" + std::to_string(::getpid()));
};

TEST(Worker, AnImpostorIsRefused) {
  EXPECT_THAT(Impostor("say(99)").outcome(), HasSubstr("did not start"));
  EXPECT_THAT(Impostor("os.write(1, b'x')").outcome(), HasSubstr("did not start"));
  EXPECT_THAT(Impostor("say(1); say(4, 0, 1, 2)").outcome(), HasSubstr("FMT01")) << "rows before the header";
  EXPECT_THAT(Impostor("say(1); say(3, 77, 1, 2)").outcome(), HasSubstr("FMT01")) << "a slot that is not there";
  EXPECT_THAT(Impostor("say(1); say(6, 0, 9, 9)").outcome(), HasSubstr("FMT01")) << "a refusal of nine rows";
  EXPECT_THAT(Impostor("say(1); say(7, 0, 1, 9)").outcome(), HasSubstr("FMT01")) << "facts for a delivery";
  EXPECT_THAT(Impostor("try: os.ftruncate(4, 0)\nexcept OSError: say(1); say(3, 0, 1, 2)").outcome(),
              HasSubstr("FMT01"))
      << "the ring cannot be cut off";
  EXPECT_THAT(Impostor("say(1); say(3, 0, 1, 3)\nwhile True: say(4, 0, 0, 2)").outcome(), HasSubstr("FMT01"))
      << "slots never taken back";
}

TEST(Worker, NothingIsLeftOpenOrRunning) {
  const auto open = [] {
    int count = 0;
    for ([[maybe_unused]] const auto& entry : fs::directory_iterator("/proc/self/fd")) ++count;
    return count;
  };
  const int before = open();
  for (int i = 0; i < 5; ++i) askHostile(i % 2 == 0 ? "crash" : "please");
  EXPECT_EQ(open(), before);
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1) << "every worker was reaped";
}

std::vector<int> childrenOfThisProcess() {
  std::vector<int> found;
  for (const auto& task : fs::directory_iterator("/proc/self/task")) {
    std::ifstream list(task.path() / "children");
    for (int child = 0; list >> child;) found.push_back(child);
  }
  return found;
}

void waitForChildren(std::size_t count) {
  for (int turn = 0; turn < 500 && childrenOfThisProcess().size() != count; ++turn)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  ASSERT_EQ(childrenOfThisProcess().size(), count);
}

Settings ahead() {
  Settings wanted = hostile();
  wanted.startAhead = true;
  return wanted;
}

TEST(WorkerStartedAhead, ServesOneJobWithTheSameLimits) {
  const Worker worker(ahead());
  const auto ask = [&](std::string_view wish) {
    FormatJob job = worker.startFormat("hostile", {}, memoryFile(asBytes(wish)));
    return readAll(job);
  };
  EXPECT_EQ(ask("please"), "done|\n");
  for (int i = 0; i < 3; ++i) {
    waitForChildren(1);
    EXPECT_THAT(ask("crash"), HasSubstr("FMT01"));
    waitForChildren(1);
    EXPECT_EQ(ask("environment"), "none|\n");
  }
  if (kSanitized) return;
  waitForChildren(1);
  EXPECT_THAT(ask("open"), HasSubstr("FMT01"));
  waitForChildren(1);
  EXPECT_THAT(ask("eat"), HasSubstr("meer geheugen dan is toegestaan"));
}

TEST(WorkerStartedAhead, ServesAnotherFormatOrASignatureThanItExpected) {
  Settings wanted = settings();
  wanted.startAhead = true;
  const Worker worker(wanted);
  const auto read = [&](std::string_view plugin, std::string_view layout, std::string_view delivery) {
    FormatJob job = worker.startFormat(plugin, layout, memoryFile(asBytes(delivery)));
    return readAll(job);
  };
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(read("csv", "", "a;b\n1;2\n"), "1|2\n");
    waitForChildren(1);
    EXPECT_EQ(read("ascii", "naam 0 1\n", "7\n"), "7\n");
    waitForChildren(1);
    EXPECT_FALSE(worker.parseSignature("sshsig", asBytes("no signature")));
    waitForChildren(1);
  }
}

TEST(WorkerThatIsExpected, ServesTheNextFileAndNoOther) {
  Worker worker(settings());
  const auto read = [&](std::string_view plugin, std::string_view layout, std::string_view delivery) {
    FormatJob job = worker.startFormat(plugin, layout, memoryFile(asBytes(delivery)));
    return readAll(job);
  };
  worker.expectFormat("csv");
  waitForChildren(1);
  EXPECT_EQ(read("csv", "", "a;b\n1;2\n"), "1|2\n");
  waitForChildren(0);
  EXPECT_EQ(read("csv", "", "a;b\n3;4\n"), "3|4\n");
  // Another format than was expected, or one that is not there.
  worker.expectFormat("csv");
  EXPECT_EQ(read("ascii", "naam 0 1\n", "7\n"), "7\n");
  worker.expectFormat("nosuch");
  EXPECT_EQ(read("ascii", "naam 0 1\n", "7\n"), "7\n");
  waitForChildren(0);
}

TEST(WorkerThatIsExpected, EndsWithTheProgramThatNeverAsksIt) {
  {
    Worker worker(settings());
    worker.expectFormat("csv");
    waitForChildren(1);
  }
  waitForChildren(0);
}

TEST(WorkerStartedAhead, IsReplacedWhenItDiedWaiting) {
  const Worker worker(ahead());
  const auto ask = [&] {
    FormatJob job = worker.startFormat("hostile", {}, memoryFile(asBytes("please")));
    return readAll(job);
  };
  EXPECT_EQ(ask(), "done|\n");
  waitForChildren(1);
  ::kill(childrenOfThisProcess().front(), SIGKILL);
  EXPECT_EQ(ask(), "done|\n");
}

TEST(WorkerStartedAhead, OutlivesItsStarterInAJobOnly) {
  std::optional<FormatJob> job;
  {
    const Worker worker(ahead());
    job = worker.startFormat("hostile", {}, memoryFile(asBytes("please")));
    waitForChildren(2);
  }
  EXPECT_EQ(readAll(*job), "done|\n");
  job.reset();
  EXPECT_TRUE(childrenOfThisProcess().empty());
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1) << "every worker was reaped";
}

TEST(SafeText, KeepsSentencesAndDropsTheRest) {
  EXPECT_EQ(safeText("Regel één klopt niet."), "Regel één klopt niet.");
  EXPECT_EQ(safeText("a\nb\tc\x7f\x1b"), "a b c  ");
  EXPECT_EQ(safeText("\xFF\xC3"), "??");
  EXPECT_EQ(safeText("1234567 12345678 1234567890"), "1234567 ######## ##########");
  EXPECT_LE(safeText(std::string(1000, 'x')).size(), 300U);
  EXPECT_EQ(safeText("\xC2\x9B"
                     "31m"),
            "?31m");
}

}  // namespace
}  // namespace sluis::reader
