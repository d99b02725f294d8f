// One session with PostgreSQL, and the transactions in it. The only room that knows libpq.
//
// A Connection belongs to one thread. Every session has search_path pinned to pg_catalog (statements name their
// schema), time zone UTC, an application_name, and prefers a server that takes writes (conninfo may say otherwise).
// Notices go to the log. Everything that fails is a DatabaseError; afterwards either the transaction must be rolled
// back or, when isConnectionLost(), the connection replaced. A Connection never reconnects by itself: half a
// transaction must not go on elsewhere.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "postgres/error.h"
#include "postgres/param.h"
#include "postgres/rows.h"

struct pg_conn;

namespace sluis::postgres {

class Connection {
 public:
  /// `conninfo` as libpq takes it: keywords or a URI, several hosts allowed. `application` names this program in
  /// pg_stat_activity. DatabaseError when no server lets us in.
  explicit Connection(const std::string& conninfo, const std::string& application = "sluis");
  Connection(Connection&&) noexcept = default;
  Connection& operator=(Connection&&) noexcept = default;

  /// As far as known; only a statement finds out.
  bool isConnected() const noexcept;

  /// One statement, its parameters $1, $2, … in order.
  template <typename... Args>
  Rows exec(std::string_view sql, const Args&... args) {
    const Param params[] = {Param(args)..., Param(std::nullopt)};
    return run(sql, {params, sizeof...(Args)});
  }
  /// Several statements separated by semicolons, without parameters; stops at the first that fails.
  void script(const std::string& sql);

  /// The server's number: 150014 for 15.14.
  int serverVersion() const;
  /// The role in force, the database and the host, for a status line; never a password.
  std::string describe() const;

  /// For CopyWriter and Transaction only.
  pg_conn* raw() const noexcept { return connection_.get(); }
  [[noreturn]] void fail(std::string_view doing, const pg_result* result = nullptr) const;
  std::uint64_t copied(const Rows& rows) const;

 private:
  Rows run(std::string_view sql, std::span<const Param> params);

  struct Close {
    void operator()(pg_conn* connection) const noexcept;
  };
  std::unique_ptr<pg_conn, Close> connection_;
};

/// BEGIN … COMMIT. Rolls back when it goes out of scope uncommitted; one at a time per connection.
class Transaction {
 public:
  explicit Transaction(Connection& connection);
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  ~Transaction();

  template <typename... Args>
  Rows exec(std::string_view sql, const Args&... args) {
    return connection_.exec(sql, args...);
  }
  Connection& connection() { return connection_; }

  /// DatabaseError when the server rolled back instead. When that error isConnectionLost(), the outcome is unknown:
  /// reconnect and look whether the rows are there.
  void commit();
  /// Now instead of at the end of the scope. Never throws: a server that is gone has rolled back.
  void rollback() noexcept;

 private:
  Connection& connection_;
  bool open_ = true;
};

/// SAVEPOINT … RELEASE. Rolls back to itself when it goes out of scope unreleased. Nested ones must end in order.
class Savepoint {
 public:
  explicit Savepoint(Transaction& transaction);
  Savepoint(const Savepoint&) = delete;
  Savepoint& operator=(const Savepoint&) = delete;
  ~Savepoint();

  void release();
  void rollback();

 private:
  Transaction& transaction_;
  bool open_ = true;
};

}  // namespace sluis::postgres
