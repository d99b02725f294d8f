#include "delivery/runs.h"

#include <fmt/format.h>

namespace sluis::delivery {

namespace {

constexpr std::string_view kColumns =
    "id, node, kind, due, started, finished, outcome, deliveries, accepted, refused, error";

Run fromRow(const postgres::Row& row) {
  Run run{.id = row.integer("id"),
          .node = row.text("node"),
          .kind = RunKind::scheduled,
          .due = row.maybe<Instant>("due"),
          .started = row.get<Instant>("started"),
          .finished = row.maybe<Instant>("finished"),
          .outcome = std::nullopt,
          .deliveries = row.integer<std::uint32_t>("deliveries"),
          .accepted = row.integer<std::uint32_t>("accepted"),
          .refused = row.integer<std::uint32_t>("refused"),
          .error = row.maybe<std::string>("error")};
  for (const auto kind : {RunKind::scheduled, RunKind::asked, RunKind::catchUp}) {
    if (toString(kind) == row.text("kind")) run.kind = kind;
  }
  for (const auto outcome : {RunOutcome::done, RunOutcome::failed, RunOutcome::brokenOff}) {
    if (toString(outcome) == row.text("outcome")) run.outcome = outcome;
  }
  return run;
}

// What its deliveries say, whoever's process counted along.
constexpr std::string_view kClose =
    "UPDATE intake.run AS r SET finished = $1, outcome = $2, error = $3,"
    " deliveries = c.deliveries, accepted = c.accepted, refused = c.deliveries - c.accepted - c.superseded"
    " FROM (SELECT open.id, count(d.id) AS deliveries, count(*) FILTER (WHERE d.state = 'accepted') AS accepted,"
    "  count(*) FILTER (WHERE d.state = 'superseded') AS superseded"
    "  FROM intake.run AS open LEFT JOIN intake.delivery AS d ON d.run_id = open.id WHERE open.finished IS NULL"
    "  GROUP BY open.id) AS c WHERE r.id = c.id";

}  // namespace

std::string_view toString(RunKind kind) {
  switch (kind) {
    case RunKind::scheduled:
      return "scheduled";
    case RunKind::asked:
      return "asked";
    case RunKind::catchUp:
      return "catch-up";
  }
  return "asked";
}

std::string_view toString(RunOutcome outcome) {
  switch (outcome) {
    case RunOutcome::done:
      return "done";
    case RunOutcome::failed:
      return "failed";
    case RunOutcome::brokenOff:
      return "broken off";
  }
  return "failed";
}

std::int64_t startRun(postgres::Transaction& transaction, std::string_view node, RunKind kind,
                      std::optional<Instant> due, Instant at) {
  transaction.exec(kClose, at, toString(RunOutcome::brokenOff), "its process ended before it did");
  return transaction
      .exec("INSERT INTO intake.run (node, kind, due, started) VALUES ($1, $2, $3, $4) RETURNING id", node,
            toString(kind), due, at)
      .only()
      .integer(0);
}

Run finishRun(postgres::Transaction& transaction, std::int64_t id, RunOutcome outcome,
              const std::optional<std::string>& error, Instant at) {
  const auto rows = transaction.exec(
      fmt::format("WITH closed AS ({} AND r.id = $4 RETURNING r.*) SELECT {} FROM closed", kClose, kColumns), at,
      toString(outcome), error, id);
  if (rows.empty()) throw Error(ErrorKind::database, fmt::format("run {} is not open any more", id));
  return fromRow(rows[0]);
}

std::vector<Run> runs(postgres::Connection& connection, std::size_t limit) {
  std::vector<Run> all;
  for (const auto row : connection.exec(
           fmt::format("SELECT * FROM (SELECT {} FROM intake.run ORDER BY id DESC LIMIT $1) AS newest ORDER BY id",
                       kColumns),
           limit)) {
    all.push_back(fromRow(row));
  }
  return all;
}

std::optional<Run> findRun(postgres::Connection& connection, std::int64_t id) {
  const auto rows = connection.exec(fmt::format("SELECT {} FROM intake.run WHERE id = $1", kColumns), id);
  return rows.empty() ? std::nullopt : std::optional<Run>(fromRow(rows[0]));
}

std::optional<Instant> lastRunDue(postgres::Connection& connection) {
  return connection.exec("SELECT max(due) FROM intake.run WHERE outcome = 'done'").only().maybe<Instant>(0);
}

}  // namespace sluis::delivery
