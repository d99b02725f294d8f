// The first bytes of a snapshot's file: what it is, its facts, where its columns lie and their digests
// (docs/formats/snapshot.md). Knows the bytes, not the disk.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "base/encoding.h"
#include "crypto/digest.h"
#include "snapshot/snapshot.h"

namespace sluis::snapshot {

inline constexpr std::string_view kMagic = "SLUISNAP";
inline constexpr std::uint32_t kVersion = 1;
inline constexpr std::uint32_t kByteOrder = 0x01020304;
inline constexpr std::size_t kAlignment = 64;
/// Magic, version, byte order, sizes: these stay where they are in every version to come.
inline constexpr std::size_t kPreambleBytes = 64;
/// One for each column, after the preamble: number, width, offset, bytes, digest.
inline constexpr std::size_t kEntryBytes = 4 + 4 + 8 + 8 + 32;
inline constexpr std::size_t kMostHeaderBytes = 64 << 20;
/// A column's quarters are 1 to 255, and the last is never used.
inline constexpr std::int32_t kMostQuarters = 254;
inline constexpr std::uint64_t kMostRows = 0xffffffff;

constexpr std::uint64_t aligned(std::uint64_t bytes) {
  return (bytes + kAlignment - 1) / kAlignment * kAlignment;
}

/// Of the values and the zeros that follow them up to the next multiple of kAlignment.
using ColumnDigests = std::array<crypto::Sha256, kColumns>;

/// "start".
std::string_view toString(Column column);
/// What is wrong with the facts in themselves, as half a sentence; empty when nothing is.
std::string problemIn(const Facts& facts);

/// Facts::digest is not looked at. The last 32 bytes are the SHA-256 of those before.
std::string encodeHeader(const Facts& facts, const ColumnDigests& digests);

struct Header {
  Facts facts;  ///< with the digest
  ColumnDigests digests{};
  std::array<std::uint64_t, kColumns> offsets{};
  std::uint64_t fileBytes = 0;
};
/// How long the header is, from the first kPreambleBytes of a file. Error (disk): see Snapshot::open(). `name` is what
/// the Error calls it.
std::size_t headerBytes(BytesView preamble, const std::string& name);
/// From the whole header. Error (disk).
Header decodeHeader(BytesView bytes, const std::string& name);

}  // namespace sluis::snapshot
