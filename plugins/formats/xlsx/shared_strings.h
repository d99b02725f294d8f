// The texts that cells refer to by number (xl/sharedStrings.xml), kept small: a million BSNs take four bytes each.
//
// The only thing of this plugin that grows with the file. A text of up to nine digits is its own index entry; other
// texts lie one behind the other, a text that comes again soon is kept once. Beyond kMostMemory: plugin::Unreadable.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "xlsx/part.h"

namespace sluis::xlsx {

class SharedStrings {
 public:
  static constexpr std::size_t kMostMemory = 40 << 20;

  explicit SharedStrings(std::size_t mostMemory = kMostMemory) : mostMemory_(mostMemory) {}

  /// All texts of the part, in its order.
  void load(Part& part);
  void add(std::string_view text);
  std::uint32_t count() const { return count_; }
  /// Appends text `number` (< count()) to `out`.
  void appendTo(std::string& out, std::uint32_t number) const {
    const std::uint32_t entry = index_[number >> kIndexBits][number & (kIndexSize - 1)];
    if ((entry & kDigits) != 0) return appendDigits(out, entry & ~kDigits);
    const std::string_view text = at(entry);
    out.append(text);
  }

 private:
  static constexpr std::uint32_t kDigits = 1U << 31;
  static constexpr std::uint32_t kIndexBits = 16, kIndexSize = 1U << kIndexBits;
  static constexpr std::uint32_t kTextBits = 20, kTextSize = 1U << kTextBits;
  static constexpr std::size_t kRecent = 1 << 16;

  static void appendDigits(std::string& out, std::uint32_t code);
  std::string_view at(std::uint32_t offset) const;
  std::uint32_t keep(std::string_view text);
  void checkRoom(std::size_t more) const;

  std::size_t mostMemory_;
  std::vector<std::unique_ptr<std::uint32_t[]>> index_;  // kDigits | code of digits, or an offset into texts_
  std::vector<std::unique_ptr<char[]>> texts_;           // each: length (1 byte, or 255 and 4 bytes), bytes
  std::uint32_t used_ = kTextSize;                       // of the last of texts_
  std::vector<std::uint32_t> recent_;  // by hash: offset + 1 of a text kept, 0 = none; made with the first
  std::uint32_t count_ = 0;
};

}  // namespace sluis::xlsx
