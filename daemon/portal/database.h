// A few connections as role sluis_portal, lent to one page at a time. What a page sees through the views of schema
// portal is cut to its session by the database itself (row filters over portal.viewer()): a page that forgets to ask
// for its own provider only shows its own provider.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/guarded.h"
#include "postgres/connection.h"

namespace sluis::portal {

class Database {
 public:
  /// Connects when first needed, and anew after a loss. At most `most` connections; who finds none waits at most 5 s.
  Database(std::string conninfo, int most = 4);

  /// Runs `work` with a connection that is in no transaction. A connection that was lost in `work` is thrown away.
  /// DatabaseError as it comes; Error (database) when none came free.
  template <typename Work>
  auto with(Work&& work) {
    Loan loan(*this);
    return work(*loan.connection);
  }
  /// In one transaction, committed when `work` returns; `sessionToken` opens the views for that session's account, and
  /// for nobody else's (set_config('sluis.session', …, true)).
  template <typename Work>
  auto viewing(std::string_view sessionToken, Work&& work) {
    Loan loan(*this);
    postgres::Transaction transaction(*loan.connection);
    transaction.exec("SELECT set_config('sluis.session', $1, true)", std::string(sessionToken));
    auto result = work(transaction);
    transaction.commit();
    return result;
  }
  bool isReachable() noexcept;

 private:
  struct Loan {
    explicit Loan(Database& database);
    ~Loan();
    Loan(const Loan&) = delete;
    Loan& operator=(const Loan&) = delete;
    Database& database;
    std::unique_ptr<postgres::Connection> connection;
  };
  struct Idle {
    std::unique_ptr<postgres::Connection> connection;
    std::chrono::steady_clock::time_point since;
  };
  struct Pool {
    std::vector<Idle> idle;
    int lent = 0;
  };

  std::string conninfo_;
  int most_;
  Guarded<Pool> pool_;
};

}  // namespace sluis::portal
