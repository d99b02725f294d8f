#include "load/load.h"
#include "postgres/error.h"

namespace sluis::load {

namespace {

// The index's pages_per_range.
constexpr std::uint64_t kRange = 64;

}  // namespace

std::uint64_t endOfRecords(postgres::Connection& connection) {
  return connection.exec("SELECT pg_relation_size('care.trajectory') / current_setting('block_size')::bigint")
      .only()
      .integer<std::uint64_t>(0);
}

void summarize(postgres::Connection& connection, std::uint64_t from) {
  // Whole ranges only: the one that is still being filled would be read again and again.
  const std::uint64_t first = from / kRange * kRange;
  const std::uint64_t end = endOfRecords(connection) / kRange * kRange;
  if (first >= end) return;
  try {
    postgres::Transaction transaction(connection);
    // Nobody waits for this: not a vacuum that is at work on the table, and not the disk.
    transaction.exec("SELECT set_config('lock_timeout', '10ms', true), set_config('synchronous_commit', 'off', true)");
    transaction.exec("SELECT care.summarize_trajectory($1::bigint, $2::bigint)", first, end);
    transaction.commit();
  } catch (const postgres::DatabaseError& error) {
    if (error.isConnectionLost()) throw;
  }
}

}  // namespace sluis::load
