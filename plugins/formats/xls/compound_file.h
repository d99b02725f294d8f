// The container of old Office files ([MS-CFB]): finds a stream by its name and reads it anywhere.
//
// Believes no size and no chain that the file states of itself: every chain is as long as the file can hold and no
// longer, so that a loop ends. Keeps four bytes for each sector of the file. What is damaged is plugin::Unreadable.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "plugin/format.h"

namespace sluis::xls {

/// One stream in a CompoundFile, which it must not outlive.
class Stream {
 public:
  std::uint64_t size() const { return size_; }
  /// As many bytes from `offset` on as buffer.size(), fewer only at the end of the stream, or of a file cut off.
  std::size_t readAt(std::uint64_t offset, std::span<char> buffer) const;

 private:
  friend class CompoundFile;
  plugin::ByteSource* source_ = nullptr;
  std::uint32_t shift_ = 0;             // log2 of the sector size
  std::vector<std::uint32_t> sectors_;  // in order
  std::string small_;                   // a stream of less than a few sectors, whole
  std::uint64_t size_ = 0;
};

class CompoundFile {
 public:
  static constexpr std::uint64_t kLargest = 128 << 20;
  static constexpr std::size_t kMostEntries = 32768;

  static bool isOne(std::string_view start) { return start.starts_with("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"); }

  /// `source` must outlive this.
  explicit CompoundFile(plugin::ByteSource& source);

  /// `name` is ASCII; case does not matter ([MS-CFB] 2.6.4).
  bool has(std::string_view name) const { return find(name) != nullptr; }
  /// Unreadable when it is not there.
  Stream open(std::string_view name) const;

 private:
  struct Entry {
    std::string name;
    std::uint32_t start;
    std::uint64_t size;
  };

  const Entry* find(std::string_view name) const;
  void readFat(std::string_view header);
  void readDirectory(std::uint32_t start);
  std::string sector(std::uint32_t number) const;
  std::vector<std::uint32_t> chain(std::uint32_t start, std::uint64_t size) const;
  std::string readSmall(const Entry& entry) const;

  plugin::ByteSource& source_;
  std::uint32_t shift_ = 9;
  std::uint32_t sectors_ = 0;  // in the file, the header not counted
  std::vector<std::uint32_t> fat_;
  std::vector<Entry> entries_;
  Entry root_{};  // what small streams lie in
  std::uint32_t miniFat_ = 0;
  std::uint64_t cutoff_ = 4096;  // smaller streams are small
};

}  // namespace sluis::xls
