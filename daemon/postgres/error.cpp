#include "postgres/error.h"

#include <algorithm>
#include <array>

namespace sluis::postgres {

namespace {

bool isTransientState(std::string_view state) {
  // Classes: 08 connection, 53 resources, 58 system; then shutting down, starting up, deadlock, serialization, lock
  // not available.
  constexpr std::array<std::string_view, 3> kClasses = {"08", "53", "58"};
  constexpr std::array<std::string_view, 6> kStates = {"57P01", "57P02", "57P03", "40P01", "40001", "55P03"};
  return std::ranges::any_of(kClasses, [&](auto prefix) { return state.starts_with(prefix); }) ||
         std::ranges::find(kStates, state) != kStates.end();
}

std::string hintFor(std::string_view state, bool connectionLost) {
  if (state == "53100") return "make room on the database's disk; nothing is lost";
  if (state == "42501") return "check sql/roles.sql and the migrations' grants";
  if (state == "28P01" || state == "28000") return "check pg_hba.conf and the role of this program";
  if (state == "3D000") return "create the database first";
  if (connectionLost) return "is PostgreSQL running, and does database.conninfo name it?";
  return {};
}

}  // namespace

DatabaseError::DatabaseError(std::string message, std::string sqlState, bool connectionLost, std::string constraint)
    : Error(ErrorKind::database, std::move(message), hintFor(sqlState, connectionLost)),
      sqlState_(std::move(sqlState)),
      constraint_(std::move(constraint)),
      connectionLost_(connectionLost) {}

bool DatabaseError::isTransient() const noexcept {
  return connectionLost_ || isTransientState(sqlState_);
}

}  // namespace sluis::postgres
