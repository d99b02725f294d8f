// Key material and passwords: wiped when they go, kept out of swap and core dumps where the system allows, never
// printed.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

#include "base/encoding.h"

namespace sluis {

/// Bytes nobody may see. Moves, never copies; has no operator<< and no formatter on purpose.
class Secret {
 public:
  Secret() = default;
  explicit Secret(BytesView bytes);
  explicit Secret(std::string_view text) : Secret(asBytes(text)) {}
  Secret(Secret&&) noexcept = default;
  Secret& operator=(Secret&&) noexcept = default;
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;

  BytesView reveal() const { return {data_.get(), data_ ? size_ : 0}; }
  std::string_view revealText() const { return asText(reveal()); }
  bool empty() const { return reveal().empty(); }

 private:
  struct Wipe {
    // Constructors by hand: a nested class's member initialisers come too late for unique_ptr's default constructor.
    Wipe() noexcept : size(0) {}
    explicit Wipe(std::size_t bytes) noexcept : size(bytes) {}
    std::size_t size;
    void operator()(std::byte* bytes) const noexcept;
  };
  std::unique_ptr<std::byte[], Wipe> data_;
  std::size_t size_ = 0;
};

/// Overwrites memory in a way the compiler may not drop.
void wipe(std::span<std::byte> bytes) noexcept;

/// Core dumps off and this process closed to tracers of the same user: for every program that sees keys or a BSN.
void forbidCoreDumps();

}  // namespace sluis
