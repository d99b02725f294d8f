#include "base/landlock.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/landlock.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <functional>

#include "base/file.h"
#include "support/temp_dir.h"

namespace sluis {
namespace {

/// What `act` returns in a process of its own, for a restriction is for good.
int inAProcess(const std::function<int()>& act) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(act());
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int opened(const std::filesystem::path& file, int flags) {
  const Fd fd(::open(file.c_str(), flags | O_CLOEXEC, 0600));
  return fd ? 0 : errno;
}

class Landlock : public testing::Test {
 protected:
  void SetUp() override {
    if (::syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION) < 1)
      GTEST_SKIP() << "this kernel has no Landlock";
    std::filesystem::create_directories(folder_ / "open");
    writeFileDurably(folder_ / "open/file", "read me");
    writeFileDurably(folder_ / "closed", "not me");
  }
  int restricted(FileRight right, const std::function<int()>& act) const {
    return inAProcess([&] {
      const Reachable places[] = {reachable(folder_ / "open", right), reachable(folder_ / "missing", right)};
      reachOnly(places);
      return act();
    });
  }

  test::TempDir folder_;
};

TEST_F(Landlock, OutsideOfThePlacesNothingCanBeOpened) {
  EXPECT_EQ(restricted(FileRight::read, [&] { return opened(folder_ / "open/file", O_RDONLY); }), 0);
  EXPECT_EQ(restricted(FileRight::read, [&] { return opened(folder_ / "closed", O_RDONLY); }), EACCES);
}

TEST_F(Landlock, WhatMayBeReadMayNotBeWritten) {
  EXPECT_EQ(restricted(FileRight::read, [&] { return opened(folder_ / "open/file", O_WRONLY); }), EACCES);
  EXPECT_EQ(restricted(FileRight::read, [&] { return opened(folder_ / "open/new", O_WRONLY | O_CREAT); }), EACCES);
  EXPECT_EQ(restricted(FileRight::readWrite, [&] { return opened(folder_ / "open/new", O_WRONLY | O_CREAT); }), 0);
}

TEST_F(Landlock, NoProgramCanBeStarted) {
  const auto start = [] {
    ::execl("/bin/true", "true", nullptr);
    return errno;
  };
  EXPECT_EQ(inAProcess(start), 0);
  EXPECT_EQ(restricted(FileRight::read, start), EACCES);
}

TEST_F(Landlock, APlaceOfASocketHoldsNothingElse) {
  EXPECT_EQ(restricted(FileRight::socket, [&] { return opened(folder_ / "open/file", O_RDONLY); }), EACCES);
  EXPECT_EQ(restricted(FileRight::socket, [&] { return opened(folder_ / "open/new", O_WRONLY | O_CREAT); }), EACCES);
}

}  // namespace
}  // namespace sluis
