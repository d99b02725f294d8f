#include "figures/confine.h"

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include <cerrno>
#include <cstddef>
#include <vector>

#include <fmt/format.h>

#include "base/error.h"
#include "base/landlock.h"

namespace sluis::figures {

namespace {

#if defined(__x86_64__)
constexpr unsigned kArchitecture = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr unsigned kArchitecture = AUDIT_ARCH_AARCH64;
#else
constexpr unsigned kArchitecture = 0;
#endif

// Not a list of what is allowed: libpq and the name service load what the machine has, and the unit's SystemCallFilter=
// holds the wide net. These are what a break-in would want first.
constexpr int kRefused[] = {
    SYS_execve,
    SYS_execveat,
    SYS_ptrace,
    SYS_process_vm_readv,
    SYS_process_vm_writev,
    SYS_memfd_create,
    SYS_bpf,
    SYS_unshare,
    SYS_setns,
    SYS_mount,
    SYS_pivot_root,
    SYS_open_by_handle_at,
    SYS_io_uring_setup,
    SYS_userfaultfd,
    SYS_perf_event_open,
    SYS_keyctl,
    SYS_add_key,
    SYS_request_key,
};

void refuseSystemCalls() {
  if (kArchitecture == 0) return;
  std::vector<sock_filter> code{
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, arch)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, kArchitecture, 1, 0),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
  };
#if defined(__x86_64__)
  // The x32 table would be a second way to each of them.
  code.push_back(BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 0x40000000U, 0, 1));
  code.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS));
#endif
  for (const int call : kRefused) {
    code.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<unsigned>(call), 0, 1));
    code.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM));
  }
  code.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
  const sock_fprog program{static_cast<unsigned short>(code.size()), code.data()};
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) throwErrno("cannot give up new privileges");
  if (::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0 && errno != EINVAL)
    throwErrno("cannot limit the system calls");
}

}  // namespace

void confine(const config::Config& config) {
  std::vector<Reachable> places;
  places.push_back(reachable(config.figures.snapshots, FileRight::read));
  if (!places.back().place)
    throw Error(ErrorKind::config, fmt::format("there is no folder {}", config.figures.snapshots.string()),
                "sluis-figures must be able to read figures.snapshots; the package makes it");
  places.push_back(reachable(config.figures.socket.parent_path(), FileRight::socket));
  // The folder, for who edits a file mostly puts another in its place.
  for (const config::Path& own : {config.file.parent_path(), config.datasets, config.codelists})
    places.push_back(reachable(own, FileRight::read));
  // Names of accounts, certificates of the database's server, libraries that are loaded late.
  for (const char* of : {"/etc", "/usr", "/lib", "/lib64", "/run/systemd", "/dev/urandom", "/dev/null"})
    places.push_back(reachable(of, FileRight::read));
  reachOnly(places);
  refuseSystemCalls();
}

}  // namespace sluis::figures
