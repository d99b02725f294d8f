#include "load/load.h"
#include "load/parts.h"

namespace sluis::load {

namespace {

// The planner knows nothing of rows that were copied a moment ago and would loop over them. A rollback to the caller's
// savepoint takes the settings with it.
void preferHashing(postgres::Transaction& transaction) {
  transaction.later(
      "SELECT set_config('enable_nestloop', 'off', true), set_config('enable_mergejoin', 'off', true),"
      " set_config('parallel_setup_cost', '20000', true), set_config('work_mem', '128MB', true)");
}

}  // namespace

std::optional<std::int64_t> loadedDelivery(postgres::Transaction& transaction, std::string_view provider,
                                           std::string_view dataset, const Period& period) {
  const auto rows =
      transaction.exec(postgres::Prepared{"SELECT delivery FROM care.batch WHERE provider = $1 AND dataset = $2"
                                          " AND period = $3"},
                       provider, dataset, period.text());
  return rows.empty() ? std::nullopt : std::optional<std::int64_t>(rows[0].integer(0));
}

std::uint64_t leaveOut(postgres::Transaction& transaction, std::int64_t delivery, std::span<const std::uint32_t> rows) {
  std::vector<std::string> numbers;
  for (const std::uint32_t row : rows) numbers.push_back(std::to_string(row));
  return transaction
      .exec(fmt::format("DELETE FROM {} WHERE delivery = $1 AND row = ANY ($2::bigint[])", partOf(delivery)), delivery,
            numbers)
      .affected();
}

std::uint64_t recordsOf(postgres::Transaction& transaction, std::int64_t delivery) {
  const auto rows =
      transaction.exec(postgres::Prepared{"SELECT records FROM care.batch WHERE delivery = $1"}, delivery);
  return rows.empty() ? 0 : rows[0].integer<std::uint64_t>(0);
}

Vanished vanished(postgres::Transaction& transaction, std::int64_t earlier, std::int64_t later, std::size_t most) {
  postgres::Savepoint before(transaction);
  preferHashing(transaction);
  const auto rows = transaction.exec(
      fmt::format("SELECT row, count(*) OVER () AS count FROM {} AS earlier WHERE delivery = $1 AND end_date IS NULL"
                  " AND NOT EXISTS (SELECT FROM {} AS later WHERE later.delivery = $2"
                  "  AND later.pseudonym = earlier.pseudonym AND later.start_date = earlier.start_date"
                  "  AND later.form = earlier.form)"
                  " ORDER BY row LIMIT $3",
                  partOf(earlier), partOf(later)),
      earlier, later, most);
  Vanished vanished;
  for (const auto row : rows) {
    vanished.count = row.integer<std::uint64_t>("count");
    vanished.rows.push_back(row.integer<std::uint32_t>("row"));
  }
  before.rollback();
  return vanished;
}

Replacement compareWith(postgres::Transaction& transaction, std::int64_t earlier, std::int64_t later) {
  postgres::Savepoint before(transaction);
  preferHashing(transaction);
  const auto rows = transaction.exec(
      fmt::format("SELECT count(*) AS earlier, count(*) FILTER (WHERE later.pseudonym IS NULL) AS deleted"
                  " FROM {} AS earlier LEFT JOIN (SELECT DISTINCT pseudonym, start_date, form FROM {}"
                  "  WHERE delivery = $2) AS later USING (pseudonym, start_date, form)"
                  " WHERE earlier.delivery = $1",
                  partOf(earlier), partOf(later)),
      earlier, later);
  Replacement replacement;
  replacement.earlier = rows.only().integer<std::uint64_t>("earlier");
  replacement.deleted = rows.only().integer<std::uint64_t>("deleted");
  replacement.replaced = replacement.earlier - replacement.deleted;
  before.rollback();
  return replacement;
}

std::uint64_t removeEarlier(postgres::Transaction& transaction, std::int64_t earlier) {
  transaction.later(postgres::Prepared{"DELETE FROM care.batch WHERE delivery = $1"}, earlier);
  return transaction.exec(fmt::format("DELETE FROM {} WHERE delivery = $1", partOf(earlier)), earlier).affected();
}

void enterBatch(postgres::Transaction& transaction, const Batch& batch, std::uint64_t records) {
  transaction.exec(
      postgres::Prepared{
          "INSERT INTO care.batch (delivery, provider, dataset, period, period_first, period_last, received, records)"
          " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"},
      batch.delivery, batch.provider, batch.dataset, batch.period.text(), batch.period.first(), batch.period.last(),
      batch.received, records);
}

}  // namespace sluis::load
