// The rules that need the whole delivery: who occurs twice, overlaps or contradicts itself (JH201, JH202, JH203,
// JH207).
//
// Exact and compact: 16 bytes a record with a BSN, 28 with a pre-pseudonym, put into small heaps by child as the
// records pass and sorted heap by heap at the end, each heap leaving its place as it goes. What it held is gone with
// it: it is made of BSNs.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <span>
#include <vector>

#include "model/trajectory.h"
#include "validate/pages.h"
#include "validate/row_set.h"

namespace sluis::validate {

/// Most records that can be numbered: 28 bits of row.
inline constexpr std::uint32_t kMostRecords = (1U << 28) - 1;

/// What of a record could be read beside whose it is.
struct Readable {
  bool key;  ///< start and form of help: without them it can contradict others of its child, and be nothing else
  bool end;
  bool birth;
  bool sex;
};

class FileRules {
 public:
  /// A record whose identity (a BSN or a pre-pseudonym) is readable.
  void add(const Trajectory& record, const Readable& readable);
  /// A record without a BSN of which start, form of help, sex, birth and postcode are readable.
  void addNameless(const Trajectory& record);

  struct Broken {
    RowSet sameKey;        ///< JH201
    RowSet overlap;        ///< JH202
    RowSet contradiction;  ///< JH203
    RowSet sameNameless;   ///< JH207
  };
  /// Once, at the end; `records` is the highest row. What was added is gone after it. With `others`, which were added
  /// by another thread: theirs and these together, judged on two threads.
  Broken judge(std::uint64_t records, FileRules* others = nullptr);

  /// Memory taken for what was added.
  std::size_t bytes() const { return pages_.bytes(); }

 private:
  static constexpr std::size_t kHeaps = 64;

  /// The child (or, nameless, all that is known) in `key`, compared from the highest bit; the row in `rest`'s lowest.
  struct Entry {
    std::uint64_t key;
    std::uint64_t rest;
  };
  /// A child that is too large for a key of its own: `rest` in two halves, form and start.
  struct PsnEntry {
    std::array<std::uint32_t, 4> psn;
    std::uint32_t restLow;
    std::uint32_t restHigh;
    std::uint32_t formAndStart;
  };

  template <typename Of>
  class Heap {
   public:
    static constexpr std::size_t kOfPage = Pages::kPage / sizeof(Of);

    /// Of{parts...}
    template <typename... Parts>
    void put(Pages& pages, Parts... parts);
    /// Entries, of which the last page need not be full.
    std::size_t size() const { return pages_.empty() ? 0 : (pages_.size() - 1) * kOfPage + used_; }
    /// Moves all behind `entries`, which has the capacity; with `drop` the memory goes back to the system as it passes.
    void moveTo(std::vector<Of>& entries, bool drop);

   private:
    void turnPage(Pages& pages);

    std::vector<std::byte*> pages_;
    std::size_t used_ = kOfPage;  // of the last page
  };
  template <typename Of>
  using Heaps = std::array<Heap<Of>, kHeaps>;

  /// The heaps of one kind, those of the same children together. Each thread takes the next that nobody has.
  template <typename Of>
  struct Queue {
    Queue(Heaps<Of>& heaps, Heaps<Of>* others);

    Heaps<Of>& heaps;
    Heaps<Of>* others;
    std::size_t largest = 0;
    std::size_t all = 0;
    std::atomic<std::size_t> next = 0;
  };
  struct Queues {
    Queue<Entry> children;
    Queue<PsnEntry> psns;
    Queue<Entry> nameless;
  };
  /// Judges heap after heap, until there is none left.
  static Broken judgeHeaps(Queues& queues, std::uint64_t records);
  /// Every heap that this thread gets, its entries in one piece, wiped after the last.
  template <typename Of, typename Judge>
  static void eachHeap(Queue<Of>& queue, Judge&& judge);
  static void sortByChild(std::vector<Entry>& entries, std::vector<Entry>& scratch);
  static void judgeChildren(std::vector<Entry>& entries, std::vector<Entry>& scratch, Broken& broken);
  static std::span<Entry> asEntries(std::span<PsnEntry> child);
  static void judgePsns(std::vector<PsnEntry>& entries, Broken& broken);
  static void judgeChild(std::span<Entry> child, Broken& broken);
  static void judgeOverlap(std::span<const Entry> sameForm, Broken& broken);
  static void judgeNameless(std::vector<Entry>& entries, Broken& broken);

  Pages pages_;
  Heaps<Entry> children_;
  Heaps<PsnEntry> psns_;
  Heaps<Entry> nameless_;
};

}  // namespace sluis::validate
