// What sluisd and sluis-reader say to each other. Private to this room, except for the tests.
//
// The worker is started with five descriptors and no more, and waits for its job: a JobHead, the plugin's name and the
// layout, and with the first byte of it the descriptor of the file to read, which it puts in place of kInputFd. It
// confines itself when it has the job and its plugin, which it may have loaded while it waited. Messages have one size;
// everything of any length (cells, column names, texts, facts) lies in the slot that the message names, as cells of a
// batch.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "plugin/format.h"

namespace sluis::reader {

inline constexpr int kInputFd = 0;    ///< the delivery's or signature's file, for reading only
inline constexpr int kMessageFd = 1;  ///< a pipe: Message, worker to parent
inline constexpr int kTokenFd = 3;    ///< a socket: the job, then the slots given back
inline constexpr int kRingFd = 4;     ///< kSlots slots of shared memory

inline constexpr std::uint32_t kSlots = 4;
inline constexpr std::size_t kSlotCells = 48 << 10;
inline constexpr std::size_t kSlotText = 320 << 10;
inline constexpr std::size_t kSlotBytes = kSlotCells * sizeof(std::uint32_t) + kSlotText;
inline constexpr std::size_t kRingBytes = kSlots * kSlotBytes;

inline constexpr std::size_t kLongestPluginName = 64;
inline constexpr std::size_t kLongestLayout = 16 << 10;
inline constexpr std::size_t kLongestSignature = 1 << 20;
inline constexpr std::size_t kLongestFact = 64 << 10;
inline constexpr std::uint32_t kFactCount = 9;

enum class JobKind : std::uint32_t { format = 1, signature };

struct JobHead {
  JobKind kind{};
  std::uint32_t pluginSize = 0;
  std::uint32_t layoutSize = 0;
};

enum class Kind : std::uint32_t {
  ready = 1,    ///< the plugin is loaded, the worker confined: now it begins to read
  cannotStart,  ///< one cell: why, said before any foreign byte was seen
  header,       ///< one row: the column names, and as the last cell what was detected
  rows,         ///< a batch
  done,         ///< the delivery was read whole
  unreadable,   ///< one cell: the plugin's sentence; number = line, 0 = unknown
  facts,        ///< one row of kFactCount cells: the fields of SignatureFacts in their order
  noFacts,      ///< no signature of this kind
};

struct Message {
  Kind kind{};
  std::uint32_t slot = 0;
  std::uint32_t rows = 0;
  std::uint32_t columns = 0;
  std::uint64_t number = 0;
};

/// Slot `index` (< kSlots) of the mapped ring.
inline plugin::BatchBuffer slotOf(std::span<std::byte> ring, std::uint32_t index) {
  std::byte* begin = ring.data() + index * kSlotBytes;
  return {{reinterpret_cast<std::uint32_t*>(begin), kSlotCells},
          {reinterpret_cast<char*>(begin + kSlotCells * sizeof(std::uint32_t)), kSlotText}};
}

}  // namespace sluis::reader
