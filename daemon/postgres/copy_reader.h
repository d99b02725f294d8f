// Rows out of a query by binary COPY: one at a time as they come, no text and no copy of the whole.
//
// While a CopyReader is open its connection takes no other statement. What the server sends is checked: a row that is
// not of the form asked for is an Error (database). Values are big-endian as in CopyWriter's rows.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/encoding.h"
#include "postgres/connection.h"

namespace sluis::postgres {

class CopyReader {
 public:
  static constexpr std::size_t kMostFields = 32;

  /// `query`: "SELECT …" of `fields` columns, without parameters.
  CopyReader(Transaction& transaction, std::string_view query, std::size_t fields);
  CopyReader(const CopyReader&) = delete;
  CopyReader& operator=(const CopyReader&) = delete;
  /// Before the end of the rows: has the server stop, and the transaction has failed.
  ~CopyReader();

  /// false at the end of the rows: then all of them were given.
  bool next();

  bool isNull(std::size_t field) const { return fields_[field].data() == nullptr; }
  /// Of the present row, until next(). Empty when NULL.
  BytesView bytes(std::size_t field) const { return fields_[field]; }
  /// Error when NULL or of another width. A date is an int32: days since 2000-01-01.
  std::int16_t int16(std::size_t field) const { return static_cast<std::int16_t>(number<std::uint16_t>(field)); }
  std::int32_t int32(std::size_t field) const { return static_cast<std::int32_t>(number<std::uint32_t>(field)); }
  std::int64_t int64(std::size_t field) const { return static_cast<std::int64_t>(number<std::uint64_t>(field)); }

 private:
  template <typename T>
  T number(std::size_t field) const {
    const auto bytes = fields_[field];
    if (bytes.size() != sizeof(T)) misread();
    T value = 0;
    for (const auto byte : bytes) value = static_cast<T>(value << 8 | std::to_integer<T>(byte));
    return value;
  }
  [[noreturn]] static void misread();
  bool receive();
  void end();
  void release() noexcept;

  Connection& connection_;
  std::size_t count_;
  std::array<BytesView, kMostFields> fields_{};
  char* message_ = nullptr;  // libpq's, of the present row
  BytesView rest_;
  bool begun_ = false;
  bool open_ = true;
};

}  // namespace sluis::postgres
