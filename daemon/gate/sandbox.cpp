#include "gate/sandbox.h"

#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <vector>

#include "base/error.h"
#include "base/landlock.h"
#include "base/secret.h"

namespace sluis::gate {

namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSanitized = true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif
#else
constexpr bool kSanitized = false;
#endif

constexpr rlim_t kMostMemory = 256UL << 20;
constexpr rlim_t kMostDescriptors = 256;
// The limit counts for the log too, where that is a file.
constexpr rlim_t kSmallestFileLimit = 1UL << 30;

void limit(__rlimit_resource what, rlim_t most) {
  const rlimit value{most, most};
  if (::setrlimit(what, &value) != 0) throwErrno("cannot limit a session");
}

#if defined(__x86_64__)
constexpr unsigned kArchitecture = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr unsigned kArchitecture = AUDIT_ARCH_AARCH64;
#else
constexpr unsigned kArchitecture = 0;
#endif

constexpr int kAllowed[] = {
    // the connection
    SYS_read,
    SYS_write,
    SYS_readv,
    SYS_writev,
    SYS_recvfrom,
    SYS_sendto,
    SYS_recvmsg,
    SYS_sendmsg,
    SYS_ppoll,
    SYS_shutdown,
    SYS_close,
    SYS_fcntl,
    SYS_getsockopt,
    SYS_setsockopt,
    SYS_getpeername,
    SYS_getsockname,
    SYS_ioctl,
    // files
    SYS_openat,
    SYS_openat2,
    SYS_newfstatat,
    SYS_fstat,
    SYS_statx,
    SYS_lseek,
    SYS_pread64,
    SYS_pwrite64,
    SYS_fsync,
    SYS_fdatasync,
    SYS_ftruncate,
    SYS_fchmod,
    SYS_flock,
    SYS_unlinkat,
    SYS_renameat2,
    SYS_getdents64,
    SYS_faccessat,
    SYS_faccessat2,
    // memory, time, randomness, ending
    SYS_mmap,
    SYS_munmap,
    SYS_mremap,
    SYS_mprotect,
    SYS_madvise,
    SYS_brk,
    SYS_futex,
    SYS_clock_gettime,
    SYS_clock_nanosleep,
    SYS_nanosleep,
    SYS_gettimeofday,
    SYS_getrandom,
    SYS_rt_sigaction,
    SYS_rt_sigprocmask,
    SYS_rt_sigreturn,
    SYS_restart_syscall,
    SYS_sched_yield,
    SYS_getpid,
    SYS_gettid,
    SYS_getppid,
    SYS_getuid,
    SYS_geteuid,
    SYS_getgid,
    SYS_getegid,
    SYS_tgkill,
    SYS_exit,
    SYS_exit_group,
    SYS_setitimer,
    SYS_rseq,
    SYS_set_robust_list,
    // further confinement after the login
    SYS_prctl,
    SYS_prlimit64,
    SYS_landlock_create_ruleset,
    SYS_landlock_add_rule,
    SYS_landlock_restrict_self,
#if defined(__x86_64__)
    SYS_poll,
    SYS_open,
    SYS_stat,
    SYS_lstat,
    SYS_access,
    SYS_alarm,
    SYS_time,
    SYS_unlink,
#endif
};

// Refused calls fail with EPERM instead of killing: a library's harmless curiosity must not end an upload.
void filterSystemCalls() {
  if (kArchitecture == 0) return;
  std::vector<sock_filter> code{
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, arch)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, kArchitecture, 1, 0),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
  };
  // A session may stop or abort itself, and signal nobody else: the listener runs under the same user.
  code.insert(code.end(), {
                              BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_tgkill, 0, 4),
                              BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, args[0])),
                              BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<unsigned>(::getpid()), 0, 1),
                              BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
                              BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
                          });
  for (const int call : kAllowed) {
    code.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<unsigned>(call), 0, 1));
    code.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
  }
  code.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM));
  const sock_fprog program{static_cast<unsigned short>(code.size()), code.data()};
  if (::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0 && errno != EINVAL)
    throwErrno("cannot limit a session's system calls");
}

}  // namespace

void confineBeforeLogin() {
  forbidCoreDumps();
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) throwErrno("cannot give up new privileges");
  limit(RLIMIT_NPROC, 0);
  limit(RLIMIT_NOFILE, kMostDescriptors);
  if (kSanitized) return;
  limit(RLIMIT_DATA, kMostMemory);
  filterSystemCalls();
}

void confineAfterLogin(int folder, std::uint64_t maxFileBytes) {
  // The signal that comes with it would kill the session; the write then fails with EFBIG.
  std::signal(SIGXFSZ, SIG_IGN);
  limit(RLIMIT_FSIZE, std::max<rlim_t>(maxFileBytes, kSmallestFileLimit));
  if (kSanitized) return;
  const Reachable only[] = {{Fd(::fcntl(folder, F_DUPFD_CLOEXEC, 0)), FileRight::readWrite}};
  reachOnly(only);
}

}  // namespace sluis::gate
