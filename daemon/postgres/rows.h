// What a statement gave back. Values are read by column name, or by number where it must be fast.
//
// A wrong column or type is a bug in the query: Error(database), never a silent default.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/encoding.h"
#include "base/time.h"

struct pg_result;

namespace sluis::postgres {

class Rows;

/// One row; keeps what it needs of its Rows alive. A string_view out of it lives as long as one of them.
class Row {
 public:
  /// A column, by name (as written in the query) or by 0-based number.
  class Column {
   public:
    Column(const char* name) : name_(name) {}
    Column(int number) : number_(number) {}

   private:
    friend class Row;
    const char* name_ = nullptr;
    int number_ = -1;
  };

  bool isNull(Column column) const;
  /// T: std::string, std::string_view, bool, any integer, double, Bytes, Instant, Day, std::vector<std::string>
  /// (text[]). NULL is an Error: use maybe().
  template <typename T>
  T get(Column column) const;
  /// nullopt when NULL.
  template <typename T>
  std::optional<T> maybe(Column column) const {
    return isNull(column) ? std::nullopt : std::optional<T>(get<T>(column));
  }
  /// The text form; "" when NULL.
  std::string text(Column column) const { return maybe<std::string>(column).value_or(std::string()); }
  template <std::integral T = std::int64_t>
  T integer(Column column) const {
    return get<T>(column);
  }

 private:
  friend class Rows;
  Row(std::shared_ptr<pg_result> result, int row) : result_(std::move(result)), row_(row) {}
  int number(Column column) const;
  std::string_view raw(Column column) const;
  [[noreturn]] void misread(Column column, std::string_view wanted) const;
  std::int64_t signedInteger(Column column, std::int64_t least, std::int64_t most) const;

  std::shared_ptr<pg_result> result_;
  int row_;
};

template <>
std::string_view Row::get<std::string_view>(Column column) const;
template <>
std::string Row::get<std::string>(Column column) const;
template <>
bool Row::get<bool>(Column column) const;
template <>
double Row::get<double>(Column column) const;
template <>
Bytes Row::get<Bytes>(Column column) const;
template <>
Instant Row::get<Instant>(Column column) const;
template <>
Day Row::get<Day>(Column column) const;
template <>
std::vector<std::string> Row::get<std::vector<std::string>>(Column column) const;

template <typename T>
T Row::get(Column column) const {
  static_assert(std::is_integral_v<T>, "Row::get() has no form for this type");
  constexpr auto kMost = static_cast<std::uint64_t>(std::numeric_limits<T>::max());
  constexpr auto kInt64Most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  return static_cast<T>(signedInteger(column, std::is_signed_v<T> ? std::numeric_limits<T>::min() : 0,
                                      static_cast<std::int64_t>(std::min(kMost, kInt64Most))));
}

class Rows {
 public:
  class Iterator {
   public:
    using value_type = Row;
    using difference_type = int;
    Row operator*() const { return (*rows_)[row_]; }
    Iterator& operator++() {
      ++row_;
      return *this;
    }
    bool operator==(const Iterator& other) const { return row_ == other.row_; }

   private:
    friend class Rows;
    Iterator(const Rows* rows, int row) : rows_(rows), row_(row) {}
    const Rows* rows_;
    int row_;
  };

  /// Takes `result` over.
  explicit Rows(pg_result* result);

  int size() const;
  bool empty() const { return size() == 0; }
  Row operator[](int row) const { return Row(result_, row); }
  Iterator begin() const { return {this, 0}; }
  Iterator end() const { return {this, size()}; }
  /// The one row; Error when there are none or more.
  Row only() const;
  /// The first row; nullopt when there are none.
  std::optional<Row> first() const { return empty() ? std::nullopt : std::optional<Row>((*this)[0]); }
  /// How many rows INSERT, UPDATE, DELETE or COPY touched.
  std::uint64_t affected() const;
  /// The command tag: "COMMIT", "INSERT 0 1".
  std::string_view command() const;

 private:
  friend class Connection;
  std::shared_ptr<pg_result> result_;
};

}  // namespace sluis::postgres
