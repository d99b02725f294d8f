#include "base/secret.h"

#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>

#include "base/error.h"

namespace sluis {

void wipe(std::span<std::byte> bytes) noexcept {
  if (!bytes.empty()) ::explicit_bzero(bytes.data(), bytes.size());
}

namespace {

std::size_t pagesFor(std::size_t bytes) {
  static const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  return (std::max<std::size_t>(bytes, 1) + page - 1) / page * page;
}

// Pages of its own: locks do not count, so that giving one back would unlock whatever else lies on the page.
std::byte* lockedPages(std::size_t bytes) {
  const std::size_t size = pagesFor(bytes);
  void* pages = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (pages == MAP_FAILED) throwErrno("cannot get memory for a secret");
  // Refused under a tight RLIMIT_MEMLOCK: then swap is the only loss, and the units set the limit high enough.
  ::mlock(pages, size);
  ::madvise(pages, size, MADV_DONTDUMP);
  return static_cast<std::byte*>(pages);
}

}  // namespace

Secret::Secret(BytesView bytes) : data_(lockedPages(bytes.size()), Wipe{bytes.size()}), size_(bytes.size()) {
  std::copy(bytes.begin(), bytes.end(), data_.get());
}

void Secret::Wipe::operator()(std::byte* bytes) const noexcept {
  wipe({bytes, size});
  ::munmap(bytes, pagesFor(size));  // unlocks as well
}

void forbidCoreDumps() {
  const rlimit none{0, 0};
  if (::setrlimit(RLIMIT_CORE, &none) != 0) throwErrno("cannot switch core dumps off");
  if (::prctl(PR_SET_DUMPABLE, 0) != 0) throwErrno("cannot switch core dumps off");
}

}  // namespace sluis
