// The schema's version: forward only, one file and one transaction each, recorded in sluis.migration.
//
// Files are named NNNN_what_it_does.sql, from 0001, without a gap. Never changed once released: their digests are kept
// and compared. Migrations run as role sluis_owner where the connection may become it (sql/roles.sql).
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/time.h"
#include "postgres/connection.h"

namespace sluis::postgres {

/// The version that this build speaks; sluisd and the command line refuse any other.
inline constexpr int kSchemaVersion = 8;

struct Migration {
  int version = 0;
  std::string name{};    ///< "the_main_job"
  std::string sha256{};  ///< hex, of the file's bytes; empty where only the database was asked
};

struct AppliedMigration {
  Migration migration{};
  Instant applied{};
};

struct SchemaStatus {
  std::vector<AppliedMigration> applied{};
  std::vector<Migration> pending{};
  /// One sentence for each thing that is wrong: a file changed after it was applied, or missing.
  std::vector<std::string> problems{};

  int version() const { return applied.empty() ? 0 : applied.back().migration.version; }
};

/// What the folder offers and what the database has. Error(config) when the folder's files are misnamed or leave a gap.
SchemaStatus schemaStatus(Connection& connection, const std::filesystem::path& folder);

/// Applies what is pending, waiting for any other migration to end; returns what was applied. Stops at the first file
/// that fails (those before stay applied), and before anything when schemaStatus() names a problem.
std::vector<Migration> migrate(Connection& connection, const std::filesystem::path& folder);

/// 0 when there is none.
int schemaVersion(Connection& connection);

/// Error(database) with a hint what to do unless the version is kSchemaVersion.
void requireSchema(Connection& connection);

}  // namespace sluis::postgres
