#include "postgres/migrate.h"

#include <algorithm>
#include <regex>

#include <fmt/format.h>

#include "base/file.h"
#include "base/log.h"
#include "postgres/advisory_lock.h"

namespace sluis::postgres {

namespace {

struct File {
  Migration migration;
  std::filesystem::path path;
};

std::vector<File> filesIn(const std::filesystem::path& folder) {
  static const std::regex kName(R"((\d{4})_([a-z0-9_]+)\.sql)");
  std::error_code problem;
  std::vector<File> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder, problem)) {
    if (entry.path().extension() != ".sql") continue;
    std::smatch parts;
    const auto name = entry.path().filename().string();
    if (!std::regex_match(name, parts, kName)) {
      throw Error(ErrorKind::config, fmt::format("{}: not the name of a migration", entry.path().string()),
                  "NNNN_what_it_does.sql");
    }
    files.push_back({{std::stoi(parts[1]), parts[2], {}}, entry.path()});
  }
  if (problem) throw Error(ErrorKind::config, fmt::format("{}: {}", folder.string(), problem.message()));
  std::ranges::sort(files, {}, [](const File& file) { return file.migration.version; });
  for (std::size_t i = 0; i < files.size(); ++i) {
    if (files[i].migration.version != static_cast<int>(i) + 1) {
      throw Error(ErrorKind::config,
                  fmt::format("{}: migration {:04} is missing or there twice", folder.string(), i + 1));
    }
  }
  if (files.empty()) throw Error(ErrorKind::config, fmt::format("{}: no migrations there", folder.string()));
  return files;
}

std::string sha256Of(Connection& connection, const std::string& text) {
  return connection.exec("SELECT encode(sha256($1::bytea), 'hex')", asBytes(text)).only().text(0);
}

bool hasLedger(Connection& connection) {
  return connection.exec("SELECT to_regclass('sluis.migration') IS NOT NULL").only().get<bool>(0);
}

// Objects belong to sluis_owner, whoever migrates. Without that role the migration itself will say what is missing.
void becomeOwner(Transaction& transaction) {
  const auto may = transaction.exec(
      "SELECT coalesce((SELECT pg_has_role(oid, 'MEMBER') FROM pg_roles WHERE rolname = 'sluis_owner'), false)");
  if (may.only().get<bool>(0)) transaction.exec("SET LOCAL ROLE sluis_owner");
}

void makeLedger(Connection& connection) {
  Transaction transaction(connection);
  becomeOwner(transaction);
  connection.script(
      "CREATE SCHEMA sluis;"
      "CREATE TABLE sluis.migration (version integer PRIMARY KEY, name text NOT NULL, sha256 text NOT NULL,"
      " applied timestamptz NOT NULL DEFAULT now());"
      "GRANT USAGE ON SCHEMA sluis TO PUBLIC;"
      "GRANT SELECT ON sluis.migration TO PUBLIC");
  transaction.commit();
}

void apply(Connection& connection, const File& file, const std::string& sql, const std::string& sha256) {
  try {
    Transaction transaction(connection);
    becomeOwner(transaction);
    connection.script(sql);
    transaction.exec("INSERT INTO sluis.migration (version, name, sha256) VALUES ($1, $2, $3)", file.migration.version,
                     file.migration.name, sha256);
    transaction.commit();
  } catch (const DatabaseError& error) {
    // 42704: a role that the grants name is not there.
    throw Error(ErrorKind::database, fmt::format("{}: {}", file.path.filename().string(), error.message()),
                error.sqlState() == "42704" ? "run sql/roles.sql in this database first" : error.hint());
  }
}

std::vector<AppliedMigration> appliedIn(Connection& connection) {
  std::vector<AppliedMigration> applied;
  if (!hasLedger(connection)) return applied;
  for (const auto row :
       connection.exec("SELECT version, name, sha256, applied FROM sluis.migration ORDER BY version")) {
    applied.push_back(
        {{row.integer<int>("version"), row.text("name"), row.text("sha256")}, row.get<Instant>("applied")});
  }
  return applied;
}

}  // namespace

SchemaStatus schemaStatus(Connection& connection, const std::filesystem::path& folder) {
  const auto files = filesIn(folder);
  SchemaStatus status{.applied = appliedIn(connection), .pending = {}, .problems = {}};
  for (const auto& done : status.applied) {
    const auto version = static_cast<std::size_t>(done.migration.version);
    if (version > files.size()) {
      status.problems.push_back(fmt::format("migration {:04} was applied, but is not in {}", version, folder.string()));
    } else if (sha256Of(connection, readFile(files[version - 1].path)) != done.migration.sha256) {
      status.problems.push_back(fmt::format("migration {:04} was changed after it was applied", version));
    }
  }
  for (const auto& file : files) {
    if (file.migration.version <= status.version()) continue;
    status.pending.push_back(file.migration);
    status.pending.back().sha256 = sha256Of(connection, readFile(file.path));
  }
  return status;
}

std::vector<Migration> migrate(Connection& connection, const std::filesystem::path& folder) {
  const auto files = filesIn(folder);
  const auto alone = SessionLock::take(connection, Lock::migration);
  const auto status = schemaStatus(connection, folder);
  if (!status.problems.empty()) {
    throw Error(ErrorKind::database, status.problems.front(), "migrations go forward only and are never edited");
  }
  if (!hasLedger(connection)) makeLedger(connection);
  for (const auto& pending : status.pending) {
    const auto& file = files[static_cast<std::size_t>(pending.version) - 1];
    apply(connection, file, readFile(file.path), pending.sha256);
    log::notice("database: migration {:04} {} applied", pending.version, pending.name);
  }
  return status.pending;
}

int schemaVersion(Connection& connection) {
  if (!hasLedger(connection)) return 0;
  return connection.exec("SELECT coalesce(max(version), 0) FROM sluis.migration").only().integer<int>(0);
}

void requireSchema(Connection& connection) {
  const int found = schemaVersion(connection);
  if (found == kSchemaVersion) return;
  throw Error(ErrorKind::database,
              fmt::format("the database has schema version {}, this program speaks {}", found, kSchemaVersion),
              found < kSchemaVersion ? "run sluis db migrate" : "install the newer Sluis that migrated it");
}

}  // namespace sluis::postgres
