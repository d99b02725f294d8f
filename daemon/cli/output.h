// What a command prints on standard output: a table for people, or one JSON value for scripts.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/time.h"

namespace sluis::cli {

using Json = nlohmann::ordered_json;

/// Columns as wide as their widest cell; nothing but a note when there are no rows.
class Table {
 public:
  explicit Table(std::vector<std::string> heads) : heads_(std::move(heads)) {}
  void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
  std::string text(std::string_view whenEmpty) const;

 private:
  std::vector<std::string> heads_;
  std::vector<std::vector<std::string>> rows_;
};

/// Name and value below each other, for `show`.
class Sheet {
 public:
  void add(std::string name, std::string value);
  /// Left out when there is none.
  void add(std::string name, const std::optional<std::string>& value);
  std::string text() const;

 private:
  std::vector<std::pair<std::string, std::string>> lines_;
};

/// Error (system) when the other side cannot take it, a full disk for instance.
void print(std::string_view text);
void printLine(std::string_view text);
/// Indented when a person may be reading.
void printJson(const Json& json);

template <typename T>
Json orNull(const std::optional<T>& value) {
  return value ? Json(*value) : Json(nullptr);
}
inline Json orNull(const std::optional<Instant>& value) {
  return value ? Json(toRfc3339(*value)) : Json(nullptr);
}

/// "2026-11-22 01:02:03" in this machine's time zone, for tables; "" for none.
std::string localTime(const std::optional<Instant>& at);

}  // namespace sluis::cli
