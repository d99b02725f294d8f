// A value on its way into a statement: $1, $2, …. The server infers the type from the statement.
//
// Texts go as text and bytes as binary, so no value is ever part of a statement's text.
#pragma once

#include <array>
#include <concepts>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/encoding.h"
#include "base/time.h"

namespace sluis::postgres {

class Param {
 public:
  Param(std::nullopt_t) {}
  Param(std::string_view text) : value_(text) {}
  Param(const std::string& text) : value_(text) {}
  Param(const char* text) : value_(text) {}
  Param(bool value) : value_(value ? "t" : "f") {}
  template <std::integral T>
  requires(!std::same_as<T, bool> && !std::same_as<T, char>) Param(T value) : value_(std::to_string(value)) {}
  /// Shortest form that reads back to the same number.
  Param(double value);
  Param(BytesView bytes) : value_(asText(bytes)), binary_(true) {}
  Param(const Bytes& bytes) : Param(BytesView(bytes)) {}
  template <std::size_t N>
  Param(const std::array<std::byte, N>& bytes) : Param(BytesView(bytes)) {}
  Param(Instant at) : value_(toRfc3339(at)) {}
  Param(Day day) : value_(toIsoDate(day)) {}
  /// As text[].
  Param(const std::vector<std::string>& texts);
  template <typename T>
  Param(const std::optional<T>& value) {
    if (value) *this = Param(*value);
  }

  bool isNull() const { return !value_; }
  bool isBinary() const { return binary_; }
  const std::string& value() const { return *value_; }

 private:
  std::optional<std::string> value_;
  bool binary_ = false;
};

}  // namespace sluis::postgres
