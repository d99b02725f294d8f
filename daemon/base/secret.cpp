#include "base/secret.h"

#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include <algorithm>

#include "base/error.h"

namespace sluis {

void wipe(std::span<std::byte> bytes) noexcept {
  if (!bytes.empty()) ::explicit_bzero(bytes.data(), bytes.size());
}

Secret::Secret(BytesView bytes) : data_(new std::byte[bytes.size()], Wipe{bytes.size()}), size_(bytes.size()) {
  // Refused under a tight RLIMIT_MEMLOCK: then swap is the only loss, and the units set the limit high enough.
  ::mlock(data_.get(), size_);
  std::copy(bytes.begin(), bytes.end(), data_.get());
}

void Secret::Wipe::operator()(std::byte* bytes) const noexcept {
  wipe({bytes, size});
  ::munlock(bytes, size);
  delete[] bytes;
}

void forbidCoreDumps() {
  const rlimit none{0, 0};
  if (::setrlimit(RLIMIT_CORE, &none) != 0) throwErrno("cannot switch core dumps off");
  if (::prctl(PR_SET_DUMPABLE, 0) != 0) throwErrno("cannot switch core dumps off");
}

}  // namespace sluis
