// From queued to an end state, in the run; and looking.

#include <fmt/format.h>

#include "delivery/delivery.h"
#include "delivery/row.h"

namespace sluis::delivery {

namespace {

Delivery end(postgres::Transaction& transaction, std::string_view id, std::int64_t run, DeliveryState state,
             const std::optional<Refusal>& refusal, const Outcome& outcome, Instant at) {
  const auto code = refusal ? std::optional<std::string>(kindOf(refusal->code).text) : std::nullopt;
  const auto detail = refusal && !refusal->detail.empty() ? std::optional<std::string>(refusal->detail) : std::nullopt;
  const auto detected = outcome.detected.empty() ? std::nullopt : std::optional<std::string>(outcome.detected);
  const std::string sql = fmt::format(
      "UPDATE intake.delivery SET state = $2, code = $3, detail = $4, processed = $5, run_id = $6, records = $7,"
      " wrong_records = $8, loaded = $9, replaced = $10, deleted = $11, errors = $12, warnings = $13, detected = $14,"
      " replaces = $15, holds = holds + (CASE WHEN $2 = 'held' THEN 1 ELSE 0 END)"
      " WHERE id = $1 AND state = 'queued' RETURNING {}",
      kColumns);
  auto changed = firstOf(transaction.exec(
      postgres::Prepared{sql}, id, toString(state), code, detail, at, run, outcome.records, outcome.wrongRecords,
      outcome.loaded, outcome.replaced, outcome.deleted, outcome.errors, outcome.warnings, detected, outcome.replaces));
  if (!changed) throw Error(ErrorKind::database, fmt::format("delivery {} is not queued any more", id));
  return std::move(*changed);
}

}  // namespace

std::optional<Delivery> lockNextQueued(postgres::Transaction& transaction, std::string_view node, Instant queuedBy,
                                       const std::vector<std::string>& except) {
  // A group (provider, dataset, period) stands where its oldest arrived; within it the newest comes first.
  const std::string sql = fmt::format(
      "SELECT {} FROM intake.delivery WHERE state = 'queued' AND node = $1 AND queued_at <= $2"
      " AND id <> ALL ($3::text[]) AND (provider, dataset, period) ="
      "  (SELECT g.provider, g.dataset, g.period FROM intake.delivery AS g WHERE g.state = 'queued'"
      "   AND g.node = $1 AND g.queued_at <= $2 AND g.id <> ALL ($3::text[]) ORDER BY g.number LIMIT 1)"
      " ORDER BY number DESC LIMIT 1 FOR UPDATE SKIP LOCKED",
      kColumns);
  auto next = firstOf(transaction.exec(postgres::Prepared{sql}, node, queuedBy, except));
  if (next) return next;
  // None left, or somebody is at work on that group: is there another? Dear, for it looks at every queued delivery.
  return firstOf(transaction.exec(
      fmt::format("SELECT {} FROM intake.delivery AS d WHERE state = 'queued' AND node = $1 AND queued_at <= $2"
                  " AND id <> ALL ($3::text[])"
                  " ORDER BY (SELECT min(g.number) FROM intake.delivery AS g WHERE g.state = 'queued' AND g.node = $1"
                  "  AND g.provider = d.provider AND g.dataset = d.dataset AND g.period = d.period"
                  "  AND g.queued_at <= $2), number DESC"
                  " LIMIT 1 FOR UPDATE SKIP LOCKED",
                  kColumns),
      node, queuedBy, except));
}

std::optional<Delivery> lockQueued(postgres::Transaction& transaction, std::string_view id) {
  return firstOf(transaction.exec(
      fmt::format("SELECT {} FROM intake.delivery WHERE id = $1 AND state = 'queued' FOR UPDATE", kColumns), id));
}

Delivery accept(postgres::Transaction& transaction, std::string_view id, std::int64_t run, const Outcome& outcome,
                Instant at) {
  return end(transaction, id, run, DeliveryState::accepted, std::nullopt, outcome, at);
}

Delivery reject(postgres::Transaction& transaction, std::string_view id, std::int64_t run, DeliveryState state,
                const Refusal& refusal, const Outcome& outcome, Instant at) {
  return end(transaction, id, run, state, refusal, outcome, at);
}

std::vector<Delivery> supersedeOlder(postgres::Transaction& transaction, const Delivery& by, std::int64_t run,
                                     Instant at) {
  const std::string sql = fmt::format(
      "WITH older AS (UPDATE intake.delivery SET state = 'superseded', superseded_by = $1, run_id = $2,"
      " code = NULL, detail = NULL,"
      " processed = $3 WHERE state IN ('queued', 'held') AND provider = $4 AND dataset = $5 AND period = $6"
      " AND number < $7 RETURNING {0}) SELECT {0} FROM older ORDER BY number",
      kColumns);
  return fromRows(
      transaction.exec(postgres::Prepared{sql}, by.id, run, at, by.provider, by.dataset, by.period, by.number));
}

std::vector<Delivery> list(postgres::Connection& connection, const Filter& filter) {
  const auto state = filter.state ? std::optional<std::string>(toString(*filter.state)) : std::nullopt;
  return fromRows(
      connection.exec(fmt::format("SELECT * FROM (SELECT {} FROM intake.delivery"
                                  " WHERE ($1::text IS NULL OR provider = $1) AND ($2::text IS NULL OR dataset = $2)"
                                  " AND ($3::text IS NULL OR period = $3) AND ($4::text IS NULL OR state = $4)"
                                  " AND ($5::bigint IS NULL OR run_id = $5) AND ($6::text IS NULL OR node = $6)"
                                  " AND ($7::timestamptz IS NULL OR first_seen >= $7) AND ($8 OR NOT trial)"
                                  " ORDER BY number DESC LIMIT $9) AS newest ORDER BY number",
                                  kColumns),
                      filter.provider, filter.dataset, filter.period, state, filter.run, filter.node, filter.since,
                      filter.trials, filter.limit));
}

std::optional<Delivery> find(postgres::Connection& connection, std::string_view id) {
  const std::string sql = fmt::format("SELECT {} FROM intake.delivery WHERE id = upper($1)", kColumns);
  return firstOf(connection.exec(postgres::Prepared{sql}, id));
}

}  // namespace sluis::delivery
