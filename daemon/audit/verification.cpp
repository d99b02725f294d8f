#include "audit/verification.h"

#include <algorithm>

#include "base/error.h"

namespace sluis::audit {

namespace {

Verification verificationFrom(const postgres::Row& row) {
  Verification found{.id = row.integer("id"),
                     .at = row.get<Instant>("at"),
                     .entries = row.integer("entries"),
                     .head = std::nullopt,
                     .good = row.get<bool>("good"),
                     .what = row.text("what")};
  if (const auto hash = row.maybe<Bytes>("head")) {
    Head head{.index = found.entries - 1, .chainHash = {}};
    if (hash->size() != head.chainHash.size())
      throw Error(ErrorKind::database, "a remembered head of the log has the wrong length");
    std::ranges::copy(*hash, head.chainHash.begin());
    found.head = head;
  }
  return found;
}

std::optional<Verification> newest(postgres::Connection& connection, std::string_view condition) {
  const std::string sql = "SELECT id, at, entries, head, good, what FROM audit.verification WHERE " +
                          std::string(condition) + " ORDER BY id DESC LIMIT 1";
  const auto rows = connection.exec(sql);
  return rows.empty() ? std::nullopt : std::optional(verificationFrom(rows[0]));
}

}  // namespace

Verification remember(postgres::Transaction& transaction, const Report& report, Instant at) {
  const auto head =
      report.head ? std::optional(Bytes(report.head->chainHash.begin(), report.head->chainHash.end())) : std::nullopt;
  const auto rows = transaction.exec(
      "INSERT INTO audit.verification (at, entries, head, good, what) VALUES ($1, $2, $3, $4, $5)"
      " RETURNING id, at, entries, head, good, what",
      at, report.count, head, report.good(), report.what);
  return verificationFrom(rows.only());
}

std::optional<Verification> lastVerification(postgres::Connection& connection) {
  return newest(connection, "true");
}

std::optional<Head> lastGoodHead(postgres::Connection& connection) {
  const auto good = newest(connection, "good AND head IS NOT NULL");
  return good ? good->head : std::nullopt;
}

}  // namespace sluis::audit
