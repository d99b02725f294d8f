#include "postgres/advisory_lock.h"

#include <utility>

#include "base/log.h"

namespace sluis::postgres {

namespace {

std::int64_t keyOf(Lock lock) {
  return static_cast<std::int64_t>(lock);
}

}  // namespace

void lockUntilCommit(Transaction& transaction, Lock lock) {
  transaction.later(Prepared{"SELECT pg_advisory_xact_lock($1::bigint)"}, keyOf(lock));
}

std::optional<SessionLock> SessionLock::tryTake(Connection& connection, Lock lock) {
  if (!connection.exec("SELECT pg_try_advisory_lock($1::bigint)", keyOf(lock)).only().get<bool>(0)) return std::nullopt;
  return SessionLock(connection, lock);
}

SessionLock SessionLock::take(Connection& connection, Lock lock) {
  connection.exec("SELECT pg_advisory_lock($1::bigint)", keyOf(lock));
  return SessionLock(connection, lock);
}

SessionLock::SessionLock(SessionLock&& other) noexcept
    : connection_(std::exchange(other.connection_, nullptr)), lock_(other.lock_) {}

SessionLock::~SessionLock() {
  if (connection_ == nullptr || !connection_->isConnected()) return;
  try {
    connection_->exec("SELECT pg_advisory_unlock($1::bigint)", keyOf(lock_));
  } catch (const Error& error) {
    log::warning("a lock is kept until the session ends: {}", error.what());
  }
}

}  // namespace sluis::postgres
