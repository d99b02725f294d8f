#include "validate/pages.h"

#include <sys/mman.h>

#include <new>

namespace sluis::validate {

Pages::~Pages() {
  for (std::byte* slab : slabs_) ::munmap(slab, kSlab);
}

std::byte* Pages::take() {
  if (used_ == kSlab) {
    if (slabs_.size() == slabs_.capacity()) slabs_.reserve(2 * slabs_.size() + 8);
    // All at once: a fault for each page would cost more than what is written to it.
    void* slab = ::mmap(nullptr, kSlab, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
    if (slab == MAP_FAILED) throw std::bad_alloc();
    slabs_.push_back(static_cast<std::byte*>(slab));
    used_ = 0;
  }
  std::byte* page = slabs_.back() + used_;
  used_ += kPage;
  return page;
}

void Pages::drop(std::byte* page) noexcept {
  // A machine with larger pages keeps them until the end: only the memory's peak differs.
  (void)::madvise(page, kPage, MADV_DONTNEED);
}

}  // namespace sluis::validate
