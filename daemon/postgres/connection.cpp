#include "postgres/connection.h"

#include <algorithm>
#include <new>

#include <fmt/format.h>
#include <libpq-fe.h>

#include "base/log.h"

namespace sluis::postgres {

namespace {

std::string oneLine(std::string_view text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.remove_suffix(1);
  std::string line(text);
  std::ranges::replace(line, '\n', ' ');
  std::ranges::replace(line, '\t', ' ');
  return line;
}

void logNotice(void*, const PGresult* notice) {
  const char* severity = PQresultErrorField(notice, PG_DIAG_SEVERITY_NONLOCALIZED);
  const char* message = PQresultErrorField(notice, PG_DIAG_MESSAGE_PRIMARY);
  if (severity == nullptr || message == nullptr) return;
  if (std::string_view(severity) == "WARNING") {
    log::warning("database: {}", oneLine(message));
  } else {
    log::debug("database: {}", oneLine(message));
  }
}

// Whatever postgresql.conf, the role or the environment say: what our statements and readers rely on.
constexpr std::string_view kPinned =
    "SELECT pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', false),"
    " pg_catalog.set_config('TimeZone', 'UTC', false),"
    " pg_catalog.set_config('DateStyle', 'ISO, YMD', false),"
    " pg_catalog.set_config('bytea_output', 'hex', false),"
    " pg_catalog.set_config('extra_float_digits', '1', false),"
    " pg_catalog.set_config('standard_conforming_strings', 'on', false),"
    " pg_catalog.set_config('default_transaction_isolation', 'read committed', false),"
    " pg_catalog.set_config('default_transaction_read_only', 'off', false)";

}  // namespace

void Connection::Close::operator()(pg_conn* connection) const noexcept {
  PQfinish(connection);
}

Connection::Connection(const std::string& conninfo, const std::string& application) {
  // What stands before dbname is a default that conninfo may change; what stands after it is fixed.
  const char* const keywords[] = {"target_session_attrs",
                                  "connect_timeout",
                                  "tcp_user_timeout",
                                  "keepalives_idle",
                                  "dbname",
                                  "application_name",
                                  "client_encoding",
                                  nullptr};
  const char* const values[] = {"read-write",        "10",   "30000", "30", conninfo.c_str(),
                                application.c_str(), "UTF8", nullptr};
  connection_.reset(PQconnectdbParams(keywords, values, 1));
  if (!connection_) throw std::bad_alloc();
  if (PQstatus(connection_.get()) != CONNECTION_OK) fail("cannot connect to the database");
  PQsetNoticeReceiver(connection_.get(), logNotice, nullptr);
  run(kPinned, {});
}

bool Connection::isConnected() const noexcept {
  return connection_ != nullptr && PQstatus(connection_.get()) == CONNECTION_OK;
}

void Connection::fail(std::string_view doing, const pg_result* result) const {
  const auto field = [&](int code) {
    const char* text = result != nullptr ? PQresultErrorField(result, code) : nullptr;
    return std::string(text != nullptr ? text : "");
  };
  const bool lost = PQstatus(connection_.get()) != CONNECTION_OK;
  auto message = field(PG_DIAG_MESSAGE_PRIMARY);
  // Without the server's own words there is libpq's, about the connection.
  if (message.empty()) message = PQerrorMessage(connection_.get());
  throw DatabaseError(fmt::format("{}: {}", doing, oneLine(message)), field(PG_DIAG_SQLSTATE), lost,
                      field(PG_DIAG_CONSTRAINT_NAME));
}

Rows Connection::run(std::string_view sql, std::span<const Param> params) {
  constexpr std::size_t kMost = 64;
  const char* values[kMost];
  int lengths[kMost];
  int formats[kMost];
  if (params.size() > kMost) throw DatabaseError("too many parameters", "54023", false);
  for (std::size_t i = 0; i < params.size(); ++i) {
    const auto& param = params[i];
    values[i] = param.isNull() ? nullptr : param.value().c_str();
    lengths[i] = param.isNull() ? 0 : static_cast<int>(param.value().size());
    formats[i] = param.isBinary() ? 1 : 0;
    // As text it would be cut short there, silently.
    if (!param.isNull() && !param.isBinary() && param.value().find('\0') != std::string::npos) {
      throw DatabaseError("a text with a NUL character cannot be stored", "22021", false);
    }
  }
  Rows rows(PQexecParams(connection_.get(), std::string(sql).c_str(), static_cast<int>(params.size()), nullptr, values,
                         lengths, formats, 0));
  const auto status = PQresultStatus(rows.result_.get());
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK && status != PGRES_COPY_IN) {
    fail("database", rows.result_.get());
  }
  return rows;
}

void Connection::script(const std::string& sql) {
  const Rows rows(PQexec(connection_.get(), sql.c_str()));
  const auto status = PQresultStatus(rows.result_.get());
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK && status != PGRES_EMPTY_QUERY) {
    fail("database", rows.result_.get());
  }
}

std::uint64_t Connection::copied(const Rows& rows) const {
  if (PQresultStatus(rows.result_.get()) != PGRES_COMMAND_OK) fail("copying records", rows.result_.get());
  return rows.affected();
}

int Connection::serverVersion() const {
  return PQserverVersion(connection_.get());
}

std::string Connection::describe() const {
  return fmt::format("{}@{}/{}", PQuser(connection_.get()), PQhost(connection_.get()), PQdb(connection_.get()));
}

Transaction::Transaction(Connection& connection) : connection_(connection) {
  connection_.exec("BEGIN");
}

Transaction::~Transaction() {
  rollback();
}

void Transaction::commit() {
  open_ = false;
  // After a failed statement the server answers COMMIT with ROLLBACK and calls it a success.
  if (connection_.exec("COMMIT").command() != "COMMIT") {
    throw DatabaseError("the transaction had failed and was rolled back", "25P02", false);
  }
}

void Transaction::rollback() noexcept {
  if (!open_) return;
  open_ = false;
  if (connection_.isConnected()) PQclear(PQexec(connection_.raw(), "ROLLBACK"));
}

Savepoint::Savepoint(Transaction& transaction) : transaction_(transaction) {
  transaction_.exec("SAVEPOINT sluis");
}

Savepoint::~Savepoint() {
  auto& connection = transaction_.connection();
  if (open_ && connection.isConnected()) {
    PQclear(PQexec(connection.raw(), "ROLLBACK TO SAVEPOINT sluis"));
    PQclear(PQexec(connection.raw(), "RELEASE SAVEPOINT sluis"));
  }
}

void Savepoint::release() {
  transaction_.exec("RELEASE SAVEPOINT sluis");
  open_ = false;
}

void Savepoint::rollback() {
  open_ = false;
  transaction_.connection().script("ROLLBACK TO SAVEPOINT sluis; RELEASE SAVEPOINT sluis");
}

}  // namespace sluis::postgres
