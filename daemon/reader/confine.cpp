#include "reader/confine.h"

#include <sys/mman.h>
#include <unistd.h>

#include <seccomp.h>

#include "base/error.h"
#include "reader/protocol.h"

namespace sluis::reader {

namespace {

// Every use of the call, or only where `argument` fits.
void allow(scmp_filter_ctx filter, int call, const scmp_arg_cmp* argument = nullptr) {
  const int failed = ::seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, call, argument == nullptr ? 0 : 1, argument);
  if (failed != 0) throwErrno("cannot confine sluis-reader", -failed);
}

void allowWithoutExec(scmp_filter_ctx filter, int call) {
  const scmp_arg_cmp noExec{2, SCMP_CMP_MASKED_EQ, PROT_EXEC, 0};
  allow(filter, call, &noExec);
}

}  // namespace

Confinement::Confinement() : filter_(::seccomp_init(SCMP_ACT_KILL_PROCESS), ::seccomp_release) {
  if (!filter_) throw Error(ErrorKind::system, "cannot confine sluis-reader");
  for (const int call :
       {SCMP_SYS(read), SCMP_SYS(pread64), SCMP_SYS(lseek), SCMP_SYS(futex), SCMP_SYS(munmap), SCMP_SYS(mremap),
        SCMP_SYS(brk), SCMP_SYS(madvise), SCMP_SYS(exit), SCMP_SYS(exit_group), SCMP_SYS(rt_sigreturn),
        SCMP_SYS(rt_sigprocmask), SCMP_SYS(restart_syscall), SCMP_SYS(clock_gettime), SCMP_SYS(gettimeofday),
        SCMP_SYS(getrandom), SCMP_SYS(getpid), SCMP_SYS(gettid), SCMP_SYS(sched_yield)})
    allow(filter_.get(), call);
  for (const int channel : {kMessageFd, STDERR_FILENO}) {
    const scmp_arg_cmp only{0, SCMP_CMP_EQ, static_cast<scmp_datum_t>(channel), 0};
    allow(filter_.get(), SCMP_SYS(write), &only);
  }
  allowWithoutExec(filter_.get(), SCMP_SYS(mmap));
  allowWithoutExec(filter_.get(), SCMP_SYS(mprotect));
}

void Confinement::enter() {
  if (kSanitized) return;
  const int failed = ::seccomp_load(filter_.get());
  if (failed != 0) throwErrno("cannot confine sluis-reader", -failed);
}

}  // namespace sluis::reader
