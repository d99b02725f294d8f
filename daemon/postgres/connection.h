// One session with PostgreSQL, and the transactions in it. The only room that knows libpq.
//
// A Connection belongs to one thread. Every session has search_path pinned to pg_catalog (statements name their
// schema), time zone UTC, an application_name, and prefers a server that takes writes (conninfo may say otherwise).
// Notices go to the log. Everything that fails is a DatabaseError; afterwards either the transaction must be rolled
// back or, when isConnectionLost(), the connection replaced. A Connection never reconnects by itself: half a
// transaction must not go on elsewhere.
//
// A statement costs a walk to the server and back, which is dear beside a small delivery's rows. What need not be
// answered at once (later(), BEGIN, the savepoints) is kept until something must be, and goes with it, in order, in one
// walk. When one of them fails the server skips the rest, COMMIT too, and the error comes where they were sent.
#pragma once

#include <cstdint>
#include <map>
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

/// A statement that comes again and again with the same text: the server takes it in once for each connection, and
/// keeps its plan as long as that serves all parameters.
struct Prepared {
  std::string_view sql;
};

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
    return run(sql, false, {params, sizeof...(Args)});
  }
  template <typename... Args>
  Rows exec(Prepared statement, const Args&... args) {
    const Param params[] = {Param(args)..., Param(std::nullopt)};
    return run(statement.sql, true, {params, sizeof...(Args)});
  }
  /// In a transaction: goes before the next statement, which throws what fails here too. For what gives no rows, or few
  /// that nobody reads.
  template <typename... Args>
  void later(std::string_view sql, const Args&... args) {
    keep({std::string(sql), false, {Param(args)...}});
  }
  template <typename... Args>
  void later(Prepared statement, const Args&... args) {
    keep({std::string(statement.sql), true, {Param(args)...}});
  }
  /// Several statements separated by semicolons, without parameters; stops at the first that fails.
  void script(const std::string& sql);

  /// The server's number: 150014 for 15.14.
  int serverVersion() const;
  /// The role in force, the database and the host, for a status line; never a password.
  std::string describe() const;

  /// For CopyWriter, Transaction and Savepoint only.
  pg_conn* raw() const noexcept { return connection_.get(); }
  void startCopy(const std::string& sql);
  void forgetLater() noexcept { later_.clear(); }
  int& savepoints() noexcept { return savepoints_; }
  [[noreturn]] void fail(std::string_view doing, const pg_result* result = nullptr) const;
  std::uint64_t copied(const Rows& rows) const;

 private:
  struct Step {
    std::string sql;
    bool prepared;
    std::vector<Param> params;
  };
  void keep(Step step);
  Rows run(std::string_view sql, bool prepared, std::span<const Param> params);
  Rows pipeline(const std::vector<Step>& steps);
  /// The parameterless ones that wait and `sql`, as one text; others that wait are sent off first.
  std::string joined(const std::string& sql);
  void failAt(const pg_result* result);

  struct Close {
    void operator()(pg_conn* connection) const noexcept;
  };
  std::unique_ptr<pg_conn, Close> connection_;
  std::vector<Step> later_;
  std::map<std::string, std::string, std::less<>> names_;  // of prepared statements, by text
  int named_ = 0;
  bool broken_ = false;  // what came back did not end where it should
  int savepoints_ = 0;
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
  template <typename... Args>
  Rows exec(Prepared statement, const Args&... args) {
    return connection_.exec(statement, args...);
  }
  /// As Connection::later().
  template <typename Statement, typename... Args>
  void later(Statement statement, const Args&... args) {
    connection_.later(statement, args...);
  }
  Connection& connection() { return connection_; }

  /// DatabaseError when the server rolled back instead, or when what was to go before failed. When that error
  /// isConnectionLost(), the outcome is unknown: reconnect and look whether the rows are there.
  void commit();
  /// Now instead of at the end of the scope. Never throws: a server that is gone has rolled back.
  void rollback() noexcept;

 private:
  Connection& connection_;
  bool open_ = true;
};

/// SAVEPOINT … RELEASE. Rolls back to itself when it goes out of scope unreleased. Nested ones must end in order. All
/// of it goes with the next statement.
class Savepoint {
 public:
  explicit Savepoint(Transaction& transaction);
  Savepoint(const Savepoint&) = delete;
  Savepoint& operator=(const Savepoint&) = delete;
  ~Savepoint();

  void release();
  void rollback();

 private:
  Connection& connection_;
  std::string name_;  // by depth: what was skipped after a failure must not be taken for the one around it
  bool open_ = true;
};

}  // namespace sluis::postgres
