#include "cli/process.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <thread>

#include "base/error.h"
#include "base/file.h"
#include "support/temp_dir.h"

namespace sluis::cli {
namespace {

using testing::HasSubstr;
using namespace std::chrono_literals;

TEST(Process, OutputAndStatusComeBack) {
  const auto outcome = runProcess({.words = {"sh", "-c", "echo out; echo err >&2; exit 7"}});
  EXPECT_EQ(outcome.status, 7);
  EXPECT_EQ(outcome.output, "out\nerr\n");
  EXPECT_EQ(runProcess({.words = {"sh", "-c", "kill -9 $$"}}).status, 128 + SIGKILL);
}

TEST(Process, WordsAreNeverTakenApartByAShell) {
  EXPECT_EQ(mustRun({.words = {"printf", "%s", "a b; $HOME `id`"}}), "a b; $HOME `id`");
}

TEST(Process, AMissingProgramIsAnErrorThatNamesIt) {
  try {
    runProcess({.words = {"/nowhere/program"}});
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("/nowhere/program"));
  }
  EXPECT_THROW(mustRun({.words = {"false"}}), Error);
}

TEST(Process, TheEnvironmentIsAddedTo) {
  ::setenv("SLUIS_TEST_KEPT", "kept", 1);
  ::setenv("SLUIS_TEST_CHANGED", "old", 1);
  EXPECT_EQ(mustRun({.words = {"sh", "-c", "echo $SLUIS_TEST_KEPT $SLUIS_TEST_CHANGED"},
                     .environment = {{"SLUIS_TEST_CHANGED", "new"}}}),
            "kept new\n");
}

TEST(Process, WhatIsLeftRunningHasItsOwnSessionAndLog) {
  const test::TempDir folder;
  const pid_t process = leaveRunning({.words = {"sh", "-c", "pwd; exec sleep 300"}}, folder / "log");
  EXPECT_EQ(::getsid(process), process);
  for (int i = 0; i < 100 && readFile(folder / "log").empty(); ++i) std::this_thread::sleep_for(20ms);
  EXPECT_EQ(readFile(folder / "log"), "/\n");
  EXPECT_TRUE(isRunning(process, "sleep"));
  EXPECT_FALSE(isRunning(process, "another program"));
  endProcess(process, "another program", SIGTERM, 1s);
  EXPECT_TRUE(isRunning(process, "sleep"));
  endProcess(process, "sleep", SIGTERM, 5s);
  EXPECT_FALSE(isRunning(process, "sleep"));
}

// Between two programs a process has no command line for a moment.
TEST(Process, OneThatBecomesAnotherProgramRunsAllTheTime) {
  const test::TempDir folder;
  // Two hundred programs after one another, each named sleep in its command line.
  const std::string next = "[ $1 -gt 0 ] && exec sh -c \"$0\" \"$0\" $(($1 - 1)); exec sleep 300";
  const pid_t process = leaveRunning({.words = {"sh", "-c", next, next, "200"}}, folder / "log");
  const auto end = std::chrono::steady_clock::now() + 300ms;
  while (std::chrono::steady_clock::now() < end) ASSERT_TRUE(isRunning(process, "sleep"));
  endProcess(process, "sleep", SIGTERM, 5s);
}

TEST(Process, OneThatDoesNotListenIsKilled) {
  const test::TempDir folder;
  const pid_t process =
      leaveRunning({.words = {"sh", "-c", "trap '' TERM; echo ready; while :; do sleep 0.05; done"}}, folder / "log");
  for (int i = 0; i < 100 && readFile(folder / "log").empty(); ++i) std::this_thread::sleep_for(20ms);
  endProcess(process, "trap", SIGTERM, 1s);
  EXPECT_FALSE(isRunning(process, "trap"));
}

TEST(Process, AStoppedOneEndsToo) {
  const test::TempDir folder;
  const pid_t process = leaveRunning({.words = {"sleep", "300"}}, folder / "log");
  ::kill(process, SIGSTOP);
  EXPECT_TRUE(isRunning(process, "sleep"));
  endProcess(process, "sleep", SIGTERM, 5s);
  EXPECT_FALSE(isRunning(process, "sleep"));
}

TEST(Process, RootCanRunAsAnotherAndLeavesItsGroupsBehind) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root";
  EXPECT_EQ(mustRun({.words = {"id", "-u"}, .as = Account{65534, 65534}}), "65534\n");
  EXPECT_EQ(mustRun({.words = {"id", "-G"}, .as = Account{65534, 65534}}), "65534\n");
}

}  // namespace
}  // namespace sluis::cli
