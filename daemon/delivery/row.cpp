#include "delivery/row.h"

#include <array>

#include <fmt/format.h>

namespace sluis::delivery {

const std::string_view kColumns =
    "id, number, provider, file, name_digest, dataset, period, state, code, detail, node, trial, size, sha256,"
    " signature_kind, signer_id, signer_fingerprint, first_seen, received, queued_at, processed, run_id, records,"
    " wrong_records, loaded, replaced, deleted, errors, warnings, detected, replaces, superseded_by, holds, "
    "confirmed_deleted, uploaded_by, second_factor_at";

Delivery fromRow(const postgres::Row& row) {
  const auto state = stateFrom(row.text("state"));
  if (!state) throw Error(ErrorKind::database, "a delivery has a state that this program does not know");
  return {.id = row.text("id"),
          .number = row.integer("number"),
          .provider = row.text("provider"),
          .file = row.text("file"),
          .nameDigest = row.get<Bytes>("name_digest"),
          .dataset = row.maybe<std::string>("dataset"),
          .period = row.maybe<std::string>("period"),
          .state = *state,
          .code = row.maybe<std::string>("code"),
          .detail = row.maybe<std::string>("detail"),
          .node = row.text("node"),
          .trial = row.get<bool>("trial"),
          .size = row.maybe<std::uint64_t>("size"),
          .sha256 = row.maybe<Bytes>("sha256"),
          .signatureKind = row.maybe<std::string>("signature_kind"),
          .signerId = row.maybe<std::int64_t>("signer_id"),
          .signerFingerprint = row.maybe<std::string>("signer_fingerprint"),
          .uploadedBy = row.maybe<std::int64_t>("uploaded_by"),
          .secondFactorAt = row.maybe<Instant>("second_factor_at"),
          .firstSeen = row.get<Instant>("first_seen"),
          .received = row.maybe<Instant>("received"),
          .queuedAt = row.maybe<Instant>("queued_at"),
          .processed = row.maybe<Instant>("processed"),
          .run = row.maybe<std::int64_t>("run_id"),
          .records = row.maybe<std::uint64_t>("records"),
          .wrongRecords = row.maybe<std::uint64_t>("wrong_records"),
          .loaded = row.maybe<std::uint64_t>("loaded"),
          .replaced = row.maybe<std::uint64_t>("replaced"),
          .deleted = row.maybe<std::uint64_t>("deleted"),
          .errors = row.maybe<std::uint64_t>("errors"),
          .warnings = row.maybe<std::uint64_t>("warnings"),
          .detected = row.maybe<std::string>("detected"),
          .replaces = row.maybe<std::string>("replaces"),
          .supersededBy = row.maybe<std::string>("superseded_by"),
          .holds = row.get<int>("holds"),
          .confirmedDeleted = row.maybe<std::uint64_t>("confirmed_deleted")};
}

std::vector<Delivery> fromRows(const postgres::Rows& rows) {
  std::vector<Delivery> all;
  for (const auto row : rows) all.push_back(fromRow(row));
  return all;
}

std::optional<Delivery> firstOf(const postgres::Rows& rows) {
  return rows.empty() ? std::nullopt : std::optional<Delivery>(fromRow(rows[0]));
}

std::optional<DeliveryState> stateFrom(std::string_view text) {
  using enum DeliveryState;
  for (const auto state : {receiving, waiting, queued, accepted, rejected, held, superseded, quarantined}) {
    if (sluis::toString(state) == text) return state;
  }
  return std::nullopt;
}

std::string idOf(std::int64_t number) {
  return fmt::format("D{:06}", number);
}

}  // namespace sluis::delivery
