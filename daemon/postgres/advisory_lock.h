// Locks on names instead of rows: what only one session of all programs may do at a time.
#pragma once

#include <cstdint>
#include <optional>

#include "postgres/connection.h"

namespace sluis::postgres {

/// Every advisory lock of the house, so that no two share a number.
enum class Lock : std::int64_t {
  migration = 0x736c756973000001,  // "sluis", then the number
  run = 0x736c756973000002,        ///< the daily run: two never overlap
  audit = 0x736c756973000003,      ///< the head of the log: held from append() to the end of the transaction
  roster = 0x736c756973000004,
  rekey = 0x736c756973000005,     ///< working on key rotations: one daemon at a time
  snapshot = 0x736c756973000006,  ///< making snapshots for the figures: one at a time
  logCheck = 0x736c756973000007,  ///< checking the whole log: one daemon at a time
};

/// The next statement waits for the lock; the transaction keeps it until it ends.
void lockUntilCommit(Transaction& transaction, Lock lock);

/// A lock that a session keeps over its transactions. Given back at the end of the scope, or by the server when the
/// session ends, however it ends.
class SessionLock {
 public:
  /// nullopt when another session has it. Does not wait. A session can take one lock several times: keep it to one.
  static std::optional<SessionLock> tryTake(Connection& connection, Lock lock);
  /// Waits.
  static SessionLock take(Connection& connection, Lock lock);

  SessionLock(SessionLock&& other) noexcept;
  SessionLock& operator=(SessionLock&&) = delete;
  SessionLock(const SessionLock&) = delete;
  ~SessionLock();

 private:
  SessionLock(Connection& connection, Lock lock) : connection_(&connection), lock_(lock) {}
  Connection* connection_;
  Lock lock_;
};

}  // namespace sluis::postgres
