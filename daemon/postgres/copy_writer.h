// Rows into a table by binary COPY: encoded straight into one buffer, no allocation and no call per field.
//
// While a CopyWriter is open its connection takes no other statement. A row is written as a 16-bit field count, then
// each field as a 32-bit length and its bytes, all big-endian (PostgreSQL manual, "COPY", binary format); CopyRow does
// that.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>

#include "base/encoding.h"
#include "postgres/connection.h"

namespace sluis::postgres {

/// Encodes one row at a place that has room for it. Unchecked: the caller asked CopyWriter::room() for enough.
class CopyRow {
 public:
  /// Longest encoding of a fixed-width row: 2 for the count, 4 + width for each field.
  static constexpr std::size_t kCountBytes = 2;
  static constexpr std::size_t kLengthBytes = 4;

  CopyRow(std::byte* at, std::int16_t fields) : at_(at) { put(static_cast<std::uint16_t>(fields)); }

  void int16(std::int16_t value) { field(2), put(static_cast<std::uint16_t>(value)); }
  void int32(std::int32_t value) { field(4), put(static_cast<std::uint32_t>(value)); }
  void int64(std::int64_t value) { field(8), put(static_cast<std::uint64_t>(value)); }
  void boolean(bool value) { field(1), *at_++ = static_cast<std::byte>(value); }
  /// The type "char", one byte.
  void letter(char value) { field(1), *at_++ = static_cast<std::byte>(value); }
  /// uuid, bytea or (UTF-8) text.
  void bytes(BytesView value) {
    field(static_cast<std::uint32_t>(value.size()));
    std::memcpy(at_, value.data(), value.size());
    at_ += value.size();
  }
  void text(std::string_view value) { bytes(asBytes(value)); }
  void null() { field(0xffffffff); }

  std::byte* end() const { return at_; }

 private:
  void field(std::uint32_t length) { put(length); }
  template <typename T>
  void put(T value) {
    if constexpr (std::endian::native == std::endian::little) {
      if constexpr (sizeof(T) == 2) value = __builtin_bswap16(value);
      if constexpr (sizeof(T) == 4) value = __builtin_bswap32(value);
      if constexpr (sizeof(T) == 8) value = __builtin_bswap64(value);
    }
    std::memcpy(at_, &value, sizeof(T));
    at_ += sizeof(T);
  }
  std::byte* at_;
};

class CopyWriter {
 public:
  /// `target`: "care.trajectory (delivery, pseudonym, …)". Starts the COPY.
  CopyWriter(Transaction& transaction, std::string_view target);
  CopyWriter(const CopyWriter&) = delete;
  CopyWriter& operator=(const CopyWriter&) = delete;
  /// Abandons what was not finished.
  ~CopyWriter();

  /// A place with room for `bytes` (at most kMostRoom); sends what is buffered when it must. Valid until the next call.
  std::byte* room(std::size_t bytes) {
    if (kBufferBytes - used_ < bytes) send();
    return buffer_.get() + used_;
  }
  /// Takes the row that was encoded at room().
  void take(const CopyRow& row) { used_ = static_cast<std::size_t>(row.end() - buffer_.get()); }

  /// Sends the rest and ends the COPY; how many rows the server took. The rows are as durable as the transaction.
  std::uint64_t finish();
  /// Ends the COPY with an error, so that the server forgets every row of it. The transaction has failed then: roll it
  /// back, or the savepoint around. Never throws.
  void abandon() noexcept;

  static constexpr std::size_t kBufferBytes = 256 << 10;
  static constexpr std::size_t kMostRoom = 64 << 10;

 private:
  void send();

  Connection& connection_;
  std::unique_ptr<std::byte[]> buffer_;
  std::size_t used_ = 0;
  bool open_ = true;
};

}  // namespace sluis::postgres
