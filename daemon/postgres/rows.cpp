#include "postgres/rows.h"

#include <array>
#include <charconv>
#include <string>

#include <fmt/format.h>
#include <libpq-fe.h>

#include "postgres/error.h"

namespace sluis::postgres {

namespace {

template <typename T>
std::optional<T> number(std::string_view text) {
  T value{};
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (problem != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// "2026-11-22 01:02:03.000004+00", as the session's DateStyle and time zone make it.
std::optional<Instant> instant(std::string_view text) {
  if (text.size() < 22 || text[10] != ' ' || text[13] != ':' || text[16] != ':' || !text.ends_with("+00")) {
    return std::nullopt;
  }
  const auto day = fromIsoDate(text.substr(0, 10));
  const auto hour = number<int>(text.substr(11, 2));
  const auto minute = number<int>(text.substr(14, 2));
  const auto second = number<int>(text.substr(17, 2));
  if (!day || !hour || !minute || !second) return std::nullopt;
  std::string micros(text.substr(19, text.size() - 22));
  if (!micros.empty()) {
    if (micros.front() != '.' || micros.size() > 7) return std::nullopt;
    micros.erase(0, 1);
  }
  micros.append(6 - micros.size(), '0');
  const auto fraction = number<int>(micros);
  if (!fraction) return std::nullopt;
  return Instant(*day) + std::chrono::hours(*hour) + std::chrono::minutes(*minute) + std::chrono::seconds(*second) +
         std::chrono::microseconds(*fraction);
}

// {a,"b \"c\"",…}; nullopt on NULL elements and nested arrays.
std::optional<std::vector<std::string>> texts(std::string_view literal) {
  if (literal.size() < 2 || literal.front() != '{' || literal.back() != '}') return std::nullopt;
  literal = literal.substr(1, literal.size() - 2);
  std::vector<std::string> all;
  while (!literal.empty()) {
    std::string one;
    std::size_t at = 0;
    const bool quoted = literal[0] == '"';
    if (quoted) {
      for (at = 1; at < literal.size() && literal[at] != '"'; ++at) {
        if (literal[at] == '\\' && at + 1 < literal.size()) ++at;
        one += literal[at];
      }
      if (at == literal.size()) return std::nullopt;
      ++at;
    } else {
      at = std::min(literal.find(','), literal.size());
      one = literal.substr(0, at);
      if (one == "NULL" || one.starts_with('{')) return std::nullopt;
    }
    all.push_back(std::move(one));
    if (at == literal.size()) break;
    if (literal[at] != ',') return std::nullopt;
    literal.remove_prefix(at + 1);
  }
  return all;
}

}  // namespace

int Row::number(Column column) const {
  const int found = column.name_ != nullptr ? PQfnumber(result_.get(), column.name_) : column.number_;
  if (found < 0 || found >= PQnfields(result_.get())) {
    throw DatabaseError(
        fmt::format("the query has no column {}", column.name_ != nullptr ? column.name_ : "of that number"), "42703",
        false);
  }
  return found;
}

bool Row::isNull(Column column) const {
  return PQgetisnull(result_.get(), row_, number(column)) != 0;
}

std::string_view Row::raw(Column column) const {
  const int at = number(column);
  if (PQgetisnull(result_.get(), row_, at) != 0) misread(column, "a value");
  return {PQgetvalue(result_.get(), row_, at), static_cast<std::size_t>(PQgetlength(result_.get(), row_, at))};
}

// Names the column, not the value.
void Row::misread(Column column, std::string_view wanted) const {
  throw DatabaseError(fmt::format("column {} of a query is not {}", PQfname(result_.get(), number(column)), wanted),
                      "42804", false);
}

std::int64_t Row::signedInteger(Column column, std::int64_t least, std::int64_t most) const {
  const auto value = postgres::number<std::int64_t>(raw(column));
  if (!value || *value < least || *value > most) misread(column, "an integer of that size");
  return *value;
}

template <>
std::string_view Row::get<std::string_view>(Column column) const {
  return raw(column);
}

template <>
std::string Row::get<std::string>(Column column) const {
  return std::string(raw(column));
}

template <>
bool Row::get<bool>(Column column) const {
  const auto value = raw(column);
  if (value != "t" && value != "f") misread(column, "a boolean");
  return value == "t";
}

template <>
double Row::get<double>(Column column) const {
  const auto value = postgres::number<double>(raw(column));
  if (!value) misread(column, "a number");
  return *value;
}

template <>
Bytes Row::get<Bytes>(Column column) const {
  const auto text = raw(column);
  auto bytes = text.starts_with("\\x") ? fromHex(text.substr(2)) : std::nullopt;
  if (!bytes) misread(column, "bytes");
  return std::move(*bytes);
}

template <>
Instant Row::get<Instant>(Column column) const {
  const auto value = instant(raw(column));
  if (!value) misread(column, "a moment in UTC");
  return *value;
}

template <>
Day Row::get<Day>(Column column) const {
  const auto value = fromIsoDate(raw(column));
  if (!value) misread(column, "a day");
  return *value;
}

template <>
std::vector<std::string> Row::get<std::vector<std::string>>(Column column) const {
  auto value = texts(raw(column));
  if (!value) misread(column, "a list of texts");
  return std::move(*value);
}

Rows::Rows(pg_result* result) : result_(result, PQclear) {}

int Rows::size() const {
  return PQntuples(result_.get());
}

Row Rows::only() const {
  if (size() != 1) throw DatabaseError(fmt::format("a query gave {} rows instead of one", size()), "21000", false);
  return (*this)[0];
}

std::uint64_t Rows::affected() const {
  return postgres::number<std::uint64_t>(PQcmdTuples(result_.get())).value_or(0);
}

std::string_view Rows::command() const {
  return PQcmdStatus(result_.get());
}

}  // namespace sluis::postgres
