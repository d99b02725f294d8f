#include <fmt/format.h>

#include "base/file.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "postgres/migrate.h"

namespace sluis::cli {

namespace {

int migrate(Session& session) {
  postgres::Connection connection(session.config().database.owner, "sluis");
  const auto& share = session.layout().share;
  connection.script(readFile(share / "roles.sql"));
  const auto applied = postgres::migrate(connection, share / "migrations");
  if (session.json) {
    Json list = Json::array();
    for (const auto& migration : applied) list.push_back({{"version", migration.version}, {"name", migration.name}});
    printJson(list);
    return kGood;
  }
  for (const auto& migration : applied) printLine(fmt::format("applied {:04} {}", migration.version, migration.name));
  if (applied.empty()) printLine(fmt::format("nothing to do: the schema is at {}", postgres::kSchemaVersion));
  return kGood;
}

int status(Session& session) {
  postgres::Connection connection(session.config().database.owner, "sluis");
  const auto status = postgres::schemaStatus(connection, session.layout().share / "migrations");
  const bool good = status.problems.empty() && status.pending.empty();
  if (session.json) {
    Json json = {{"version", status.version()}, {"needed", postgres::kSchemaVersion}, {"good", good}};
    json["applied"] = Json::array();
    for (const auto& each : status.applied)
      json["applied"].push_back(
          {{"version", each.migration.version}, {"name", each.migration.name}, {"applied", toRfc3339(each.applied)}});
    json["pending"] = Json::array();
    for (const auto& each : status.pending) json["pending"].push_back({{"version", each.version}, {"name", each.name}});
    json["problems"] = status.problems;
    printJson(json);
    return good ? kGood : kNegative;
  }
  Table table({"version", "name", "applied"});
  for (const auto& each : status.applied)
    table.add({fmt::format("{:04}", each.migration.version), each.migration.name, localTime(each.applied)});
  for (const auto& each : status.pending) table.add({fmt::format("{:04}", each.version), each.name, "not yet"});
  print(table.text("no migrations"));
  for (const auto& problem : status.problems) printLine("problem: " + problem);
  if (!status.pending.empty()) printLine("type: sluis db migrate");
  return good ? kGood : kNegative;
}

}  // namespace

void addDatabaseCommands(Command program, Session& session) {
  Command group = program.group("db", "Make the database, and keep its schema up to date");
  group.command(session, "migrate", "Make the roles and bring the schema to the version of this program",
                "sudo -u postgres sluis db migrate", [&session] { return migrate(session); });
  group.command(session, "status", "Which version the schema has; 1 when it is not the right one",
                "sudo -u postgres sluis db status", [&session] { return status(session); });
}

}  // namespace sluis::cli
