// From held to queued or rejected, by somebody's word.

#include <fmt/format.h>

#include "delivery/delivery.h"
#include "delivery/row.h"

namespace sluis::delivery {

namespace {

void requireOne(const postgres::Rows& changed, std::string_view id) {
  if (changed.affected() != 1) throw Error(ErrorKind::database, fmt::format("delivery {} is not held any more", id));
}

}  // namespace

std::optional<Delivery> lockHeld(postgres::Transaction& transaction, std::string_view id) {
  return firstOf(transaction.exec(
      fmt::format("SELECT {} FROM intake.delivery WHERE id = upper($1) AND state = 'held' FOR UPDATE", kColumns), id));
}

void release(postgres::Transaction& transaction, std::string_view id, std::uint64_t confirmedDeleted, Instant at) {
  requireOne(transaction.exec("UPDATE intake.delivery SET state = 'queued', code = NULL, detail = NULL,"
                              " processed = NULL, run_id = NULL, queued_at = $3, confirmed_deleted = $2"
                              " WHERE id = $1 AND state = 'held'",
                              id, confirmedDeleted, at),
             id);
  transaction.exec("DELETE FROM intake.finding WHERE delivery = $1", id);
  transaction.exec("DELETE FROM intake.finding_count WHERE delivery = $1", id);
}

void rejectHeld(postgres::Transaction& transaction, std::string_view id, std::string_view detail, Instant at) {
  requireOne(transaction.exec("UPDATE intake.delivery SET state = 'rejected', detail = $2, processed = $3,"
                              " replaced = 0, deleted = 0 WHERE id = $1 AND state = 'held'",
                              id, detail, at),
             id);
}

}  // namespace sluis::delivery
