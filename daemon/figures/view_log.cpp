#include "figures/view_log.h"

#include "base/log.h"
#include "postgres/migrate.h"

namespace sluis::figures {

postgres::Connection ViewLog::connect(const std::string& conninfo) {
  // In front, so that what the configuration says goes before it.
  postgres::Connection connection("connect_timeout=5 " + conninfo, "sluis-figures");
  postgres::requireSchema(connection);
  // Who waits for a figure is told after this long; the log's lock is never held for longer than a commit.
  connection.script("SET lock_timeout = '20s'; SET statement_timeout = '30s'");
  return connection;
}

void ViewLog::append(const audit::Event& event) {
  connection_.with([&](auto& connection) {
    const bool wasOpen = connection.has_value();
    try {
      if (!connection) connection = connect(conninfo_);
      audit::appendView(*connection, event);
    } catch (const postgres::DatabaseError& error) {
      connection.reset();
      try {
        // A connection that lay idle is found dead by its next statement only.
        if (!wasOpen || !error.isConnectionLost()) throw;
        connection = connect(conninfo_);
        audit::appendView(*connection, event);
      } catch (const Error& final) {
        connection.reset();
        log::error("no entry, no figure: {}", final.what());
        throw Error(ErrorKind::database, "the log does not take down who looks, so no figure is shown",
                    "is the database running? the log of sluis-figures says why");
      }
    }
  });
}

bool ViewLog::isReachable() {
  return connection_.with([&](auto& connection) {
    try {
      if (!connection) connection = connect(conninfo_);
      connection->exec("SELECT 1");
      return true;
    } catch (const Error&) {
      connection.reset();
      return false;
    }
  });
}

}  // namespace sluis::figures
