#include "base/secret.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>

#include "support/temp_dir.h"

namespace sluis {
namespace {

// The lines of /proc/self/smaps about the mapping that holds `at`.
std::string mappingOf(const void* at) {
  std::ifstream maps("/proc/self/smaps");
  const auto wanted = reinterpret_cast<std::uintptr_t>(at);
  std::string text;
  bool inside = false;
  for (std::string line; std::getline(maps, line);) {
    std::uintptr_t from = 0;
    std::uintptr_t to = 0;
    if (std::sscanf(line.c_str(), "%lx-%lx ", &from, &to) == 2 && line.find(" kB") == std::string::npos)
      inside = from <= wanted && wanted < to;
    if (inside) text += line + "\n";
  }
  return text;
}

bool isLocked(const void* at) {
  const std::string text = mappingOf(at);
  return text.find(" lo") != std::string::npos && text.find("VmFlags:") != std::string::npos;
}

// Sanitizers say yes to mlock() and do nothing; so may a machine with no such limit left.
bool memoryCanBeLocked() {
  constexpr std::size_t kPage = 4096;
  void* page = ::mmap(nullptr, kPage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (page == MAP_FAILED) return false;
  const bool locked = ::mlock(page, kPage) == 0 && isLocked(page);
  ::munmap(page, kPage);
  return locked;
}

TEST(Secret, LiesInLockedMemoryThatNoDumpHolds) {
  if (!memoryCanBeLocked()) GTEST_SKIP() << "no memory can be locked here";
  const Secret secret(std::string_view("a key"));
  const std::string mapping = mappingOf(secret.reveal().data());
  EXPECT_NE(mapping.find(" dd"), std::string::npos) << mapping;  // do not dump
  EXPECT_NE(mapping.find(" lo"), std::string::npos) << mapping;  // locked
}

TEST(Secret, StaysLockedWhenAnotherGoes) {
  if (!memoryCanBeLocked()) GTEST_SKIP() << "no memory can be locked here";
  std::optional<Secret> first(std::in_place, std::string_view("one"));
  const Secret second(std::string_view("two"));
  std::optional<Secret> third(std::in_place, std::string_view("three"));
  first.reset();
  third.reset();
  EXPECT_TRUE(isLocked(second.reveal().data()));
  EXPECT_EQ(second.revealText(), "two");
}

TEST(Secret, MovesAndIsThenEmpty) {
  Secret one(std::string_view("one"));
  const Secret two = std::move(one);
  EXPECT_TRUE(one.empty());
  EXPECT_EQ(two.revealText(), "one");
  EXPECT_TRUE(Secret().empty());
}

// Whether a process that dies of SIGSEGV leaves a core, with the limit on cores lifted beforehand.
bool leavesACore(bool forbidden) {
  const test::TempDir dir;
  const pid_t child = ::fork();
  if (child == 0) {
    if (::chdir(dir.path().c_str()) != 0) ::_exit(1);
    rlimit core{};
    ::getrlimit(RLIMIT_CORE, &core);
    core.rlim_cur = core.rlim_max;
    if (::setrlimit(RLIMIT_CORE, &core) != 0) ::_exit(2);
    if (forbidden) forbidCoreDumps();
    ::signal(SIGSEGV, SIG_DFL);
    ::raise(SIGSEGV);
    ::_exit(3);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_TRUE(WIFSIGNALED(status)) << status;
  return WCOREDUMP(status) || !std::filesystem::is_empty(dir.path());
}

TEST(ForbidCoreDumps, ADyingProcessLeavesNoCoreThoughTheSystemWouldMakeOne) {
  EXPECT_FALSE(leavesACore(true));
}

}  // namespace
}  // namespace sluis
