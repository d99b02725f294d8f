// From the drop folder to queued or refused.

#include <fmt/format.h>

#include "delivery/delivery.h"
#include "delivery/row.h"

namespace sluis::delivery {

std::string newId(postgres::Connection& connection) {
  return idOf(connection.exec("SELECT nextval('intake.delivery_number')").only().integer(0));
}

void putArriving(postgres::Transaction& transaction, const Arriving& arriving) {
  const auto rows = transaction.exec(
      "INSERT INTO intake.delivery AS d (id, provider, file, name_digest, node, trial, state, dataset, period, size,"
      " first_seen) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
      " ON CONFLICT (id) DO UPDATE SET state = excluded.state, dataset = excluded.dataset, period = excluded.period,"
      " size = excluded.size WHERE d.state IN ('receiving', 'waiting')",
      arriving.id, arriving.provider, arriving.file, arriving.nameDigest, arriving.node, arriving.trial,
      toString(arriving.state), arriving.dataset, arriving.period, arriving.size, arriving.firstSeen);
  if (rows.affected() != 1) {
    throw Error(ErrorKind::database, fmt::format("delivery {} is not in the drop folder any more", arriving.id));
  }
}

bool removeArriving(postgres::Transaction& transaction, std::string_view id) {
  return transaction.exec("DELETE FROM intake.delivery WHERE id = $1 AND state IN ('receiving', 'waiting')", id)
             .affected() > 0;
}

std::vector<Delivery> arriving(postgres::Connection& connection, std::string_view node) {
  return fromRows(connection.exec(
      fmt::format(
          "SELECT {} FROM intake.delivery WHERE node = $1 AND state IN ('receiving', 'waiting') ORDER BY number",
          kColumns),
      node));
}

bool queue(postgres::Transaction& transaction, std::string_view id, const Verified& verified, Instant at) {
  return transaction
             .exec(
                 "UPDATE intake.delivery SET state = 'queued', dataset = $2, period = $3, size = $4, sha256 = $5,"
                 " signature_kind = $6, signer_id = $7, signer_fingerprint = $8, received = $9, queued_at = $10,"
                 " uploaded_by = $11, second_factor_at = $12"
                 " WHERE id = $1 AND state IN ('receiving', 'waiting')",
                 id, verified.dataset, verified.period, verified.size, verified.sha256, verified.signatureKind,
                 verified.signerId, verified.signerFingerprint, verified.received, at, verified.uploadedBy,
                 verified.secondFactorAt)
             .affected() > 0;
}

bool refuse(postgres::Transaction& transaction, std::string_view id, DeliveryState state, const Refusal& refusal,
            const RefusalFacts& facts, Instant at) {
  const auto detail = refusal.detail.empty() ? std::nullopt : std::optional<std::string>(refusal.detail);
  return transaction
             .exec(
                 "UPDATE intake.delivery SET state = $2, code = $3, detail = $4, processed = $5,"
                 " size = coalesce($6, size), sha256 = coalesce($7, sha256),"
                 " signature_kind = coalesce($8, signature_kind), signer_id = coalesce($9, signer_id),"
                 " signer_fingerprint = coalesce($10, signer_fingerprint), received = coalesce($11, received),"
                 " superseded_by = coalesce($12, superseded_by),"
                 " uploaded_by = coalesce($13, uploaded_by), second_factor_at = coalesce($14, second_factor_at)"
                 " WHERE id = $1 AND state IN ('receiving', 'waiting')",
                 id, toString(state), kindOf(refusal.code).text, detail, at, facts.size, facts.sha256,
                 facts.signatureKind, facts.signerId, facts.signerFingerprint, facts.received, facts.supersededBy,
                 facts.uploadedBy, facts.secondFactorAt)
             .affected() > 0;
}

std::vector<Delivery> sameBytes(postgres::Connection& connection, BytesView sha256) {
  // queued_at tells them from those refused on arrival.
  return fromRows(connection.exec(
      fmt::format("SELECT {} FROM intake.delivery WHERE sha256 = $1 AND queued_at IS NOT NULL ORDER BY number",
                  kColumns),
      sha256));
}

std::optional<Delivery> acceptedOf(postgres::Connection& connection, std::string_view provider,
                                   std::string_view dataset, std::string_view period) {
  return firstOf(
      connection.exec(fmt::format("SELECT {} FROM intake.delivery WHERE provider = $1 AND dataset = $2 AND period = $3"
                                  " AND state = 'accepted' ORDER BY processed DESC, number DESC LIMIT 1",
                                  kColumns),
                      provider, dataset, period));
}

std::optional<Delivery> lastAccepted(postgres::Connection& connection, std::string_view provider,
                                     std::string_view dataset) {
  return firstOf(connection.exec(fmt::format("SELECT {} FROM intake.delivery WHERE provider = $1 AND dataset = $2"
                                             " AND state = 'accepted' ORDER BY processed DESC, number DESC LIMIT 1",
                                             kColumns),
                                 provider, dataset));
}

}  // namespace sluis::delivery
