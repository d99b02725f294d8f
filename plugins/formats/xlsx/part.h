// The bytes of one part of a workbook, unpacked, front to back. What every XML reader of this plugin reads from.
#pragma once

#include <cstddef>
#include <span>

namespace sluis::xlsx {

class Part {
 public:
  virtual ~Part() = default;
  /// Up to buffer.size() bytes; 0 at the end. Throws plugin::Unreadable.
  virtual std::size_t read(std::span<char> buffer) = 0;
};

}  // namespace sluis::xlsx
