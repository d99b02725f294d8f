#include "base/memory_lock.h"

#include <sys/mman.h>
#include <sys/resource.h>

namespace sluis {

bool lockMemory() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_MEMLOCK, &limit) != 0) return false;
  // Under a limit every later allocation beyond it would fail: then only Secrets are locked.
  if (limit.rlim_cur != RLIM_INFINITY) return false;
  return ::mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT) == 0;
}

}  // namespace sluis
