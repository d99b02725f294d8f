// The rules that need the whole delivery: who occurs twice, overlaps or contradicts itself (JH201, JH202, JH203,
// JH207).
//
// Exact and compact: 16 bytes a record, put into small heaps by child as the records pass and sorted heap by heap at
// the end. Wipes what it held: it is made of BSNs.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <vector>

#include "model/trajectory.h"
#include "validate/finding_list.h"

namespace sluis::validate {

/// Most records that can be numbered: 28 bits of row.
inline constexpr std::uint32_t kMostRecords = (1U << 28) - 1;

/// What of a record could be read beside the key, which must have been.
struct Readable {
  bool end;
  bool birth;
  bool sex;
};

class FileRules {
 public:
  FileRules();
  ~FileRules();
  FileRules(const FileRules&) = delete;
  FileRules& operator=(const FileRules&) = delete;

  /// A record whose identity, start and form of help are readable.
  void add(const Trajectory& record, const Readable& readable);
  /// A record without a BSN whose sex, birth and postcode are readable too.
  void addNameless(const Trajectory& record);

  struct Broken {
    std::vector<std::uint32_t> sameKey;        ///< JH201
    std::vector<std::uint32_t> overlap;        ///< JH202
    std::vector<std::uint32_t> contradiction;  ///< JH203
    std::vector<std::uint32_t> sameNameless;   ///< JH207
  };
  /// Rows in no order.
  Broken judge();

 private:
  static constexpr std::size_t kHeaps = 256;
  static constexpr std::size_t kChunk = 256;

  /// The child (or, nameless, all that is known) in `key`, compared from the highest bit; the row in `rest`'s lowest.
  struct Entry {
    std::uint64_t key;
    std::uint64_t rest;
  };
  struct Heap {
    std::vector<std::unique_ptr<std::array<Entry, kChunk>>> chunks;
    std::size_t used = kChunk;  // of the last chunk
  };
  using Heaps = std::array<Heap, kHeaps>;

  static void put(Heap& heap, const Entry& entry);
  static void gather(const Heap& heap, std::vector<Entry>& entries);
  static void sortByChild(std::vector<Entry>& entries, std::vector<Entry>& scratch);
  static void judgeChild(std::span<Entry> child, Broken& broken);
  static void judgeOverlap(std::span<const Entry> sameForm, Broken& broken);
  static void judgeNameless(std::vector<Entry>& entries, Broken& broken);
  std::uint32_t childOf(const Trajectory& record);

  Heaps children_;
  Heaps nameless_;
  std::map<std::array<std::byte, 16>, std::uint32_t> psns_;  // each pre-pseudonym gets a number in the place of a BSN
};

}  // namespace sluis::validate
