// Which record of a trajectory is current (JEUGDHULP §2), found out as records come by in any order; the others are
// forgotten at once, so that memory follows the current ones and not all that was ever delivered.
//
// Of all records with one key (provider, dataset, pseudonym, start, form) that of the batch whose period ends last
// counts, on a tie the one received last, then the later delivery. Records of one delivery with the same key (twins
// without a BSN) all count. The view care.current_trajectory says the same in SQL.
#pragma once

#include <sys/mman.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <type_traits>
#include <vector>

namespace sluis::snapshot {

/// A growing array that never moves, and gives back at once what it lets go: twice the memory while growing, or holes
/// that nothing fits into, are what this room cannot spend.
template <typename T>
class Chunked {
 public:
  static_assert(std::is_trivial_v<T>);

  T& operator[](std::size_t i) { return chunks_[i >> kShift][i & kMask]; }
  const T& operator[](std::size_t i) const { return chunks_[i >> kShift][i & kMask]; }
  std::size_t size() const { return size_; }
  void push(const T& value) {
    if (size_ >> kShift == chunks_.size()) chunks_.emplace_back(map());
    (*this)[size_++] = value;
  }
  /// To the first `size` values.
  void shrink(std::size_t size) {
    chunks_.resize((size + kMask) >> kShift);
    size_ = size;
  }

 private:
  static constexpr std::size_t kShift = 17;
  static constexpr std::size_t kMask = (std::size_t{1} << kShift) - 1;
  static constexpr std::size_t kBytes = sizeof(T) << kShift;
  struct Unmap {
    void operator()(T* chunk) const noexcept { ::munmap(chunk, kBytes); }
  };
  using Chunk = std::unique_ptr<T[], Unmap>;
  static Chunk map() {
    void* chunk = ::mmap(nullptr, kBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (chunk == MAP_FAILED) throw std::bad_alloc();
    return Chunk(static_cast<T*>(chunk));
  }

  std::vector<Chunk> chunks_;
  std::size_t size_ = 0;
};

/// What tells records apart, and which of two counts. 32 bytes.
struct Identity {
  std::array<std::uint32_t, 4> pseudonym;
  std::int32_t start;  ///< days since 1970-01-01
  std::int32_t end;    ///< kRunning = not ended
  std::uint32_t batch;
  std::uint32_t next;  ///< of the same key and batch, or of those that are free
};
inline constexpr std::int32_t kRunning = INT32_MAX;

/// What is counted. 28 bytes.
struct Payload {
  std::uint32_t key, keyYouth, keyParent;
  std::uint16_t provider;  ///< place in a list of the caller's
  std::uint8_t form, referrer, reason, profile, productCategory, perspective, severity, complexity;
  std::uint8_t satisfaction, goOn, goals;
  bool unlinked;
};

class CurrentRecords {
 public:
  /// lines[b]: provider and dataset of batch b, as a number. Batches are numbered in the order of what counts: the last
  /// counts most.
  explicit CurrentRecords(std::vector<std::uint32_t> lines);

  /// Identity::next is not looked at. Error (system) above some four billion records.
  void add(const Identity& identity, const Payload& payload);

  /// No more will come: only what is current is left, from 0 to size()-1 in no order.
  void finish();
  std::size_t size() const { return identities_.size() - free_; }
  Chunked<Identity>& identities() { return identities_; }
  Chunked<Payload>& payloads() { return payloads_; }

 private:
  std::size_t slotOf(const Identity& identity, std::uint8_t form) const;
  bool isSameKey(std::uint32_t record, const Identity& identity, std::uint8_t form) const;
  std::uint32_t store(const Identity& identity, const Payload& payload);
  void forget(std::uint32_t first);
  void grow();

  std::vector<std::uint32_t> lines_;
  Chunked<Identity> identities_;
  Chunked<Payload> payloads_;
  std::vector<std::uint32_t> slots_;  // by hash of the key: the first record of it
  std::size_t keys_ = 0;
  std::uint32_t firstFree_;
  std::size_t free_ = 0;
};

}  // namespace sluis::snapshot
