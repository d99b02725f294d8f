#include "postgres/connection.h"

#include <algorithm>
#include <new>

#include <utility>

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
  run(kPinned, false, {});
}

bool Connection::isConnected() const noexcept {
  return !broken_ && connection_ != nullptr && PQstatus(connection_.get()) == CONNECTION_OK;
}

void Connection::fail(std::string_view doing, const pg_result* result) const {
  const auto field = [&](int code) {
    const char* text = result != nullptr ? PQresultErrorField(result, code) : nullptr;
    return std::string(text != nullptr ? text : "");
  };
  const bool lost = !isConnected();
  auto message = field(PG_DIAG_MESSAGE_PRIMARY);
  // Without the server's own words there is libpq's, about the connection.
  if (message.empty()) message = PQerrorMessage(connection_.get());
  throw DatabaseError(fmt::format("{}: {}", doing, oneLine(message)), field(PG_DIAG_SQLSTATE), lost,
                      field(PG_DIAG_CONSTRAINT_NAME));
}

namespace {

// As libpq wants them; valid as long as the parameters.
class Values {
 public:
  explicit Values(std::span<const Param> params) : count_(static_cast<int>(params.size())) {
    if (params.size() > kMost) throw DatabaseError("too many parameters", "54023", false);
    for (std::size_t i = 0; i < params.size(); ++i) {
      const auto& param = params[i];
      values_[i] = param.isNull() ? nullptr : param.value().c_str();
      lengths_[i] = param.isNull() ? 0 : static_cast<int>(param.value().size());
      formats_[i] = param.isBinary() ? 1 : 0;
      // As text it would be cut short there, silently.
      if (!param.isNull() && !param.isBinary() && param.value().find('\0') != std::string::npos)
        throw DatabaseError("a text with a NUL character cannot be stored", "22021", false);
    }
  }
  int count() const { return count_; }
  const char* const* values() const { return values_; }
  const int* lengths() const { return lengths_; }
  const int* formats() const { return formats_; }

 private:
  static constexpr std::size_t kMost = 64;
  int count_;
  const char* values_[kMost];
  int lengths_[kMost];
  int formats_[kMost];
};

bool isGood(const pg_result* result) {
  const auto status = PQresultStatus(result);
  return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
}

}  // namespace

void Connection::keep(Step step) {
  const Values checked(step.params);  // what cannot be sent must fail here: BEGIN may wait before it
  later_.push_back(std::move(step));
}

// A statement that the server no longer knows, or whose tables have changed under it, is taken in anew.
void Connection::failAt(const pg_result* result) {
  const char* state = result != nullptr ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : nullptr;
  if (state != nullptr && (std::string_view(state) == "26000" || std::string_view(state) == "0A000")) names_.clear();
  fail("database", result);
}

Rows Connection::run(std::string_view sql, bool prepared, std::span<const Param> params) {
  const Values values(params);
  const auto name = prepared ? names_.find(sql) : names_.end();
  if (!later_.empty() || (prepared && name == names_.end())) {
    std::vector<Step> steps = std::move(later_);
    later_.clear();
    steps.push_back({std::string(sql), prepared, {params.begin(), params.end()}});
    return pipeline(steps);
  }
  Rows rows(prepared ? PQexecPrepared(connection_.get(), name->second.c_str(), values.count(), values.values(),
                                      values.lengths(), values.formats(), 0)
                     : PQexecParams(connection_.get(), std::string(sql).c_str(), values.count(), nullptr,
                                    values.values(), values.lengths(), values.formats(), 0));
  if (!isGood(rows.result_.get())) failAt(rows.result_.get());
  return rows;
}

// Blocking: what is sent but the last answers in a few bytes, so that neither side waits for the other to read.
Rows Connection::pipeline(const std::vector<Step>& steps) {
  pg_conn* const connection = connection_.get();
  std::vector<const std::string*> prepares;  // for each answer: the text it makes known, or none
  std::map<std::string_view, std::string> fresh;
  bool sent = PQenterPipelineMode(connection) == 1;
  for (const Step& step : steps) {
    const Values values(step.params);
    std::string name;
    if (step.prepared) {
      if (const auto known = names_.find(step.sql); known != names_.end()) {
        name = known->second;
      } else if (const auto made = fresh.find(step.sql); made != fresh.end()) {
        name = made->second;
      } else {
        name = fmt::format("s{}", named_++);
        fresh.emplace(step.sql, name);
        sent = sent && PQsendPrepare(connection, name.c_str(), step.sql.c_str(), 0, nullptr) == 1;
        prepares.push_back(&step.sql);
      }
      sent = sent && PQsendQueryPrepared(connection, name.c_str(), values.count(), values.values(), values.lengths(),
                                         values.formats(), 0) == 1;
    } else {
      sent = sent && PQsendQueryParams(connection, step.sql.c_str(), values.count(), nullptr, values.values(),
                                       values.lengths(), values.formats(), 0) == 1;
    }
    prepares.push_back(nullptr);
  }
  sent = sent && PQpipelineSync(connection) == 1;
  if (!sent) fail("database");

  Rows last(nullptr);
  Rows failed(nullptr);
  bool synced = false;
  bool silent = false;
  for (std::size_t at = 0; !synced && PQstatus(connection) == CONNECTION_OK;) {
    Rows rows(PQgetResult(connection));
    if (!rows.result_) {  // after each answer, once
      // A socket that cannot be waited for leaves libpq idle for ever, with a connection that it calls good.
      if (std::exchange(silent, true)) break;
      ++at;
      continue;
    }
    silent = false;
    const auto status = PQresultStatus(rows.result_.get());
    synced = status == PGRES_PIPELINE_SYNC;
    if (synced) continue;
    if (!isGood(rows.result_.get())) {
      if (!failed.result_ && status != PGRES_PIPELINE_ABORTED) failed = std::move(rows);
    } else {
      if (at < prepares.size() && prepares[at] != nullptr)
        names_.emplace(*prepares[at], fresh.find(*prepares[at])->second);
      last = std::move(rows);
    }
  }
  if (synced) PQexitPipelineMode(connection);
  broken_ = !synced;
  if (failed.result_ || !synced) failAt(failed.result_.get());
  return last;
}

std::string Connection::joined(const std::string& sql) {
  std::vector<Step> steps = std::move(later_);
  later_.clear();
  std::string text;
  const bool plain = std::ranges::all_of(steps, [](const Step& step) { return step.params.empty(); });
  if (!plain) pipeline(steps);
  for (const Step& step : steps)
    if (plain) text += step.sql + "; ";
  return text + sql;
}

void Connection::script(const std::string& sql) {
  const Rows rows(PQexec(connection_.get(), joined(sql).c_str()));
  if (!isGood(rows.result_.get()) && PQresultStatus(rows.result_.get()) != PGRES_EMPTY_QUERY)
    fail("database", rows.result_.get());
}

void Connection::startCopy(const std::string& sql) {
  const Rows rows(PQexec(connection_.get(), joined(sql).c_str()));
  if (PQresultStatus(rows.result_.get()) != PGRES_COPY_IN) fail("database", rows.result_.get());
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
  connection_.later("BEGIN");
}

Transaction::~Transaction() {
  rollback();
}

void Transaction::commit() {
  // After a failed statement the server answers COMMIT with ROLLBACK and calls it a success.
  if (connection_.exec(Prepared{"COMMIT"}).command() != "COMMIT") {
    throw DatabaseError("the transaction had failed and was rolled back", "25P02", false);
  }
  open_ = false;
}

void Transaction::rollback() noexcept {
  if (!open_) return;
  open_ = false;
  connection_.forgetLater();
  if (PQtransactionStatus(connection_.raw()) == PQTRANS_IDLE) return;  // nothing was sent, or the server has done it
  if (connection_.isConnected()) PQclear(PQexec(connection_.raw(), "ROLLBACK"));
}

Savepoint::Savepoint(Transaction& transaction)
    : connection_(transaction.connection()), name_(fmt::format("sluis_{}", ++connection_.savepoints())) {
  connection_.later("SAVEPOINT " + name_);
}

Savepoint::~Savepoint() {
  if (open_) rollback();
}

void Savepoint::release() {
  open_ = false;
  --connection_.savepoints();
  connection_.later("RELEASE SAVEPOINT " + name_);
}

void Savepoint::rollback() {
  open_ = false;
  --connection_.savepoints();
  connection_.later("ROLLBACK TO SAVEPOINT " + name_);
  connection_.later("RELEASE SAVEPOINT " + name_);
}

}  // namespace sluis::postgres
