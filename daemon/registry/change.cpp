// What changes the register. Each statement runs in a savepoint, so that a refused one leaves the transaction good.

#include <fmt/format.h>

#include "model/denied.h"
#include "registry/registry.h"

namespace sluis::registry {

namespace {

[[noreturn]] void refuse(const std::string& message, const std::string& hint) {
  throw Error(ErrorKind::usage, message, hint);
}

void requireProvider(postgres::Transaction& transaction, std::string_view code) {
  provider(transaction.connection(), code);
}

// The statement, or Error(usage) for what a constraint says about the caller's values: `taken` for a value that must be
// unique, the constraint's own sentence for the rest.
template <typename... Args>
postgres::Rows insert(postgres::Transaction& transaction, const std::string& taken, std::string_view sql,
                      const Args&... args) {
  try {
    postgres::Savepoint savepoint(transaction);
    auto rows = transaction.exec(sql, args...);
    savepoint.release();
    return rows;
  } catch (const postgres::DatabaseError& error) {
    if (error.isUniqueViolation()) refuse(taken, "list what is registered, or give another");
    if (error.sqlState() == "23514")
      refuse(fmt::format("not registered: {}", error.constraint()), "mend the value and try again");
    throw;
  }
}

}  // namespace

void addProvider(postgres::Transaction& transaction, const Provider& provider) {
  if (findProvider(transaction.connection(), provider.code))
    throw Denied(why::kProviderTaken, provider.code, fmt::format("provider {} is registered already", provider.code),
                 "list what is registered, or give another");
  insert(transaction, fmt::format("provider {} is registered already", provider.code),
         "INSERT INTO register.provider (code, name, mails, suspended, max_file_bytes, quota_bytes, open_periods,"
         " max_deleted_share, max_rejected_records) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
         provider.code, provider.name, provider.mails, provider.suspended, provider.maxFileBytes, provider.quotaBytes,
         provider.openPeriods, provider.maxDeletedShare, provider.maxRejectedRecords);
}

void changeProvider(postgres::Transaction& transaction, const Provider& provider) {
  requireProvider(transaction, provider.code);
  transaction.exec(
      "UPDATE register.provider SET name = $2, mails = $3, max_file_bytes = $4, quota_bytes = $5, open_periods = $6,"
      " max_deleted_share = $7::float8, max_rejected_records = $8 WHERE code = $1",
      provider.code, provider.name, provider.mails, provider.maxFileBytes, provider.quotaBytes, provider.openPeriods,
      provider.maxDeletedShare, provider.maxRejectedRecords);
}

bool setSuspended(postgres::Transaction& transaction, std::string_view provider, bool suspended) {
  requireProvider(transaction, provider);
  return transaction
             .exec("UPDATE register.provider SET suspended = $2 WHERE code = upper($1) AND suspended <> $2", provider,
                   suspended)
             .affected() > 0;
}

std::int64_t addLoginKey(postgres::Transaction& transaction, const LoginKey& key) {
  requireProvider(transaction, key.provider);
  return insert(transaction, fmt::format("login key {} is in use already", key.fingerprint),
                "INSERT INTO register.login_key (provider, public_key, fingerprint, comment) VALUES ($1, $2, $3, $4)"
                " RETURNING id",
                key.provider, key.publicKey, key.fingerprint, key.comment)
      .only()
      .integer(0);
}

bool removeLoginKey(postgres::Transaction& transaction, std::string_view provider, std::string_view fingerprint,
                    Instant at) {
  return transaction
             .exec(
                 "UPDATE register.login_key SET removed = $3 WHERE provider = upper($1) AND fingerprint = $2"
                 " AND removed IS NULL",
                 provider, fingerprint, at)
             .affected() > 0;
}

std::int64_t addSigner(postgres::Transaction& transaction, const Signer& signer) {
  requireProvider(transaction, signer.provider);
  return insert(transaction, fmt::format("signer {} is registered with this provider already", signer.fingerprint),
                "INSERT INTO register.signer (provider, kind, public_key, fingerprint, label, valid_from, valid_until)"
                " VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id",
                signer.provider, toString(signer.kind), signer.publicKey, signer.fingerprint, signer.label,
                signer.validFrom, signer.validUntil)
      .only()
      .integer(0);
}

bool revokeSigner(postgres::Transaction& transaction, std::string_view provider, std::string_view fingerprint,
                  Instant at) {
  return transaction
             .exec(
                 "UPDATE register.signer SET revoked_at = $3 WHERE provider = upper($1) AND fingerprint = $2"
                 " AND revoked_at IS NULL",
                 provider, fingerprint, at)
             .affected() > 0;
}

std::int64_t addAgreement(postgres::Transaction& transaction, const Agreement& agreement) {
  // The provider's row is the lock under which overlaps are looked for.
  transaction.exec("SELECT FROM register.provider WHERE code = $1 FOR NO KEY UPDATE", agreement.provider);
  requireProvider(transaction, agreement.provider);
  const auto overlapping = transaction.exec(
      "SELECT id FROM register.agreement WHERE provider = $1 AND municipality = $2 AND dataset = $3"
      " AND valid_from <= coalesce($5::date, 'infinity') AND coalesce(valid_until, 'infinity') >= $4::date"
      " AND coalesce(valid_until, 'infinity') >= valid_from LIMIT 1",
      agreement.provider, agreement.municipality, agreement.dataset, agreement.validFrom, agreement.validUntil);
  if (!overlapping.empty()) {
    const std::int64_t other = overlapping[0].integer(0);
    throw Denied(why::kAgreementOverlaps, std::to_string(other),
                 fmt::format("agreement {} already covers those days", other), "end it first: sluis agreement end");
  }
  return insert(transaction, "that agreement is registered already",
                "INSERT INTO register.agreement (provider, municipality, dataset, valid_from, valid_until,"
                " upload) VALUES ($1, $2, $3, $4, $5, $6) RETURNING id",
                agreement.provider, agreement.municipality, agreement.dataset, agreement.validFrom,
                agreement.validUntil, toString(agreement.upload))
      .only()
      .integer(0);
}

Agreement endAgreement(postgres::Transaction& transaction, std::int64_t id, Day lastDay, Instant at) {
  // An agreement that never was ends the day before it began; its row stays.
  const auto rows = transaction.exec(
      "UPDATE register.agreement SET valid_until = greatest($2::date, valid_from - 1), ended = $3"
      " WHERE id = $1 AND (valid_until IS NULL OR valid_until > $2::date)"
      " RETURNING provider, municipality, dataset, valid_from, valid_until, ended, upload",
      id, lastDay, at);
  if (rows.empty()) {
    throw Denied(why::kAgreementOver, std::to_string(id),
                 fmt::format("there is no agreement {} that lasts beyond {}", id, toIsoDate(lastDay)),
                 "sluis agreement list names them");
  }
  const auto row = rows.only();
  return {.id = id,
          .provider = row.text("provider"),
          .municipality = row.text("municipality"),
          .dataset = row.text("dataset"),
          .validFrom = row.get<Day>("valid_from"),
          .validUntil = row.maybe<Day>("valid_until"),
          .ended = row.maybe<Instant>("ended"),
          .upload = uploadByFrom(row.text("upload")).value()};
}

}  // namespace sluis::registry
