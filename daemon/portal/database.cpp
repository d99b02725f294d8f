#include "portal/database.h"

#include "base/error.h"

namespace sluis::portal {

namespace {

constexpr auto kPatience = std::chrono::seconds(5);
// A connection that lay idle may have been lost meanwhile, with the server that it led to.
constexpr auto kTrusted = std::chrono::seconds(1);

bool answers(postgres::Connection& connection) {
  try {
    connection.exec("SELECT 1");
    return true;
  } catch (const Error&) {
    return false;
  }
}

}  // namespace

Database::Database(std::string conninfo, int most) : conninfo_(std::move(conninfo)), most_(most) {}

Database::Loan::Loan(Database& database) : database(database) {
  const auto isFree = [&](const Pool& pool) { return pool.lent < database.most_; };
  Idle idle;
  const bool lent = database.pool_.whenWithin(kPatience, isFree, [&](Pool& pool) {
    ++pool.lent;
    if (pool.idle.empty()) return;
    idle = std::move(pool.idle.back());
    pool.idle.pop_back();
  });
  if (!lent) throw Error(ErrorKind::database, "no connection with the database came free");
  connection = std::move(idle.connection);
  try {
    if (connection && std::chrono::steady_clock::now() - idle.since > kTrusted && !answers(*connection))
      connection.reset();
    if (!connection) connection = std::make_unique<postgres::Connection>(database.conninfo_, "sluis-portal");
  } catch (...) {
    database.pool_.with([](Pool& pool) { --pool.lent; });
    throw;
  }
}

Database::Loan::~Loan() {
  // What failed in the middle was rolled back with its transaction, session and all.
  const bool good = connection->isConnected();
  database.pool_.with([&](Pool& pool) {
    --pool.lent;
    if (good) pool.idle.push_back({std::move(connection), std::chrono::steady_clock::now()});
  });
}

bool Database::isReachable() noexcept {
  try {
    with([](postgres::Connection& connection) { connection.exec("SELECT 1"); });
    return true;
  } catch (...) {
    return false;
  }
}

}  // namespace sluis::portal
