// Pages of memory for what file rules keep of each record: handed out one by one, given back to the system one by one,
// so that no copy of them is ever left behind in freed memory. Private to this room.
#pragma once

#include <cstddef>
#include <vector>

namespace sluis::validate {

class Pages {
 public:
  static constexpr std::size_t kPage = 4096;

  Pages() = default;
  ~Pages();
  Pages(const Pages&) = delete;
  Pages& operator=(const Pages&) = delete;

  /// kPage bytes, zero, aligned to kPage; bad_alloc when there are none.
  std::byte* take();
  /// Its content is gone; the page is not handed out again.
  static void drop(std::byte* page) noexcept;
  /// What was taken from the system, in bytes.
  std::size_t bytes() const { return slabs_.size() * kSlab; }

 private:
  static constexpr std::size_t kSlab = 256 * kPage;

  std::vector<std::byte*> slabs_;
  std::size_t used_ = kSlab;  // of the last slab
};

}  // namespace sluis::validate
