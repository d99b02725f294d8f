#include "reader/process.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>

// glibc 2.36 forgot to say that these are C.
extern "C" {
#include <sys/pidfd.h>
}

#include "base/error.h"
#include "base/file.h"
#include "reader/confine.h"
#include "reader/protocol.h"

namespace sluis::reader {

namespace {

constexpr int kFirstFree = 16;

void lower(__rlimit_resource which, rlim_t most) {
  const rlimit limit{most, most};
  if (::setrlimit(which, &limit) != 0) ::_exit(126);
}

// Runs in the child of a program with threads: only async-signal-safe calls from here to execve.
[[noreturn]] void become(const char* program, char* const* arguments, const Limits& limits, pid_t parent,
                         const std::array<int, 5>& descriptors) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(125);
  for (int target = 0; target < static_cast<int>(descriptors.size()); ++target)
    if (::dup2(descriptors[static_cast<std::size_t>(target)], target) < 0) ::_exit(124);
  if (::close_range(kRingFd + 1, ~0U, 0) != 0) ::_exit(123);
  ::signal(SIGPIPE, SIG_DFL);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) ::_exit(122);
  lower(RLIMIT_CORE, 0);
  lower(RLIMIT_FSIZE, 0);
  lower(RLIMIT_NPROC, 0);
  lower(RLIMIT_NOFILE, 32);
  lower(RLIMIT_CPU, limits.cpuSeconds);
  if (!kSanitized) lower(RLIMIT_AS, limits.memoryBytes);
  char* const environment[] = {nullptr};
  ::execve(program, arguments, environment);
  ::_exit(127);
}

Fd above(Fd fd) {
  if (fd.get() >= kFirstFree) return fd;
  Fd moved(::fcntl(fd.get(), F_DUPFD_CLOEXEC, kFirstFree));
  if (!moved) throwErrno("cannot set up a channel to sluis-reader");
  return moved;
}

Channel channelOf(const std::array<int, 2>& ends) {
  Channel channel{Fd(ends[0]), Fd(ends[1])};
  channel.ours = above(std::move(channel.ours));
  channel.theirs = above(std::move(channel.theirs));
  if (::fcntl(channel.ours.get(), F_SETFL, O_NONBLOCK) != 0) throwErrno("cannot set up a channel to sluis-reader");
  return channel;
}

}  // namespace

Channel messagePipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) throwErrno("cannot set up a channel to sluis-reader");
  return channelOf(ends);
}

Channel tokenSocket() {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
    throwErrno("cannot set up a channel to sluis-reader");
  return channelOf(ends);
}

Process::Process(const std::filesystem::path& program, const std::vector<std::string>& arguments, const Limits& limits,
                 int messages, int tokens, int ring) {
  std::string name = program.string();
  std::vector<std::string> words = arguments;
  std::vector<char*> argv = {name.data()};
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  const Fd nowhere = above(openFile("/dev/null", O_RDWR));
  const Fd ringAbove = above(Fd(::fcntl(ring, F_DUPFD_CLOEXEC, kFirstFree)));
  const std::array<int, 5> descriptors = {nowhere.get(), messages, nowhere.get(), tokens, ringAbove.get()};
  const pid_t parent = ::getpid();
  const pid_t child = ::fork();
  if (child < 0) throwErrno("cannot start sluis-reader");
  if (child == 0) become(name.c_str(), argv.data(), limits, parent, descriptors);
  handle_ = Fd(::pidfd_open(child, 0));
  if (!handle_) {
    const int failed = errno;
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    throwErrno("cannot watch sluis-reader", failed);
  }
}

Process::~Process() {
  kill();
  siginfo_t ended{};
  while (::waitid(P_PIDFD, static_cast<id_t>(handle_.get()), &ended, WEXITED) != 0 && errno == EINTR) {
  }
}

void Process::kill() noexcept {
  ::pidfd_send_signal(handle_.get(), SIGKILL, nullptr, 0);
}

}  // namespace sluis::reader
