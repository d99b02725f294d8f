#include "registry/registry.h"

#include <fmt/format.h>

#include "model/denied.h"

namespace sluis::registry {

namespace {

constexpr std::string_view kProvider =
    "SELECT code, name, mails, suspended, max_file_bytes, quota_bytes, open_periods,"
    " max_deleted_share::float8 AS max_deleted_share, max_rejected_records, added FROM register.provider";
constexpr std::string_view kLoginKey =
    "SELECT id, provider, public_key, fingerprint, comment, added, removed FROM register.login_key";
constexpr std::string_view kSigner =
    "SELECT id, provider, kind, public_key, fingerprint, label, valid_from, valid_until, revoked_at, added"
    " FROM register.signer";
constexpr std::string_view kAgreement =
    "SELECT id, provider, municipality, dataset, valid_from, valid_until, ended, upload"
    " FROM register.agreement";

Provider providerFrom(const postgres::Row& row) {
  return {.code = row.text("code"),
          .name = row.text("name"),
          .mails = row.get<std::vector<std::string>>("mails"),
          .suspended = row.get<bool>("suspended"),
          .maxFileBytes = row.integer<std::uint64_t>("max_file_bytes"),
          .quotaBytes = row.integer<std::uint64_t>("quota_bytes"),
          .openPeriods = row.integer<int>("open_periods"),
          .maxDeletedShare = row.get<double>("max_deleted_share"),
          .maxRejectedRecords = row.integer<std::uint32_t>("max_rejected_records"),
          .added = row.get<Instant>("added")};
}

LoginKey loginKeyFrom(const postgres::Row& row) {
  return {.id = row.integer("id"),
          .provider = row.text("provider"),
          .publicKey = row.text("public_key"),
          .fingerprint = row.text("fingerprint"),
          .comment = row.text("comment"),
          .added = row.get<Instant>("added"),
          .removed = row.maybe<Instant>("removed")};
}

SignerKind signerKindFrom(std::string_view word) {
  if (word == "cms") return SignerKind::cms;
  return word == "portal" ? SignerKind::portal : SignerKind::ssh;
}

Signer signerFrom(const postgres::Row& row) {
  return {.id = row.integer("id"),
          .provider = row.text("provider"),
          .kind = signerKindFrom(row.text("kind")),
          .publicKey = row.get<Bytes>("public_key"),
          .fingerprint = row.text("fingerprint"),
          .label = row.text("label"),
          .validFrom = row.maybe<Instant>("valid_from"),
          .validUntil = row.maybe<Instant>("valid_until"),
          .revokedAt = row.maybe<Instant>("revoked_at"),
          .added = row.get<Instant>("added")};
}

Agreement agreementFrom(const postgres::Row& row) {
  return {.id = row.integer("id"),
          .provider = row.text("provider"),
          .municipality = row.text("municipality"),
          .dataset = row.text("dataset"),
          .validFrom = row.get<Day>("valid_from"),
          .validUntil = row.maybe<Day>("valid_until"),
          .ended = row.maybe<Instant>("ended"),
          .upload = uploadByFrom(row.text("upload")).value()};
}

template <typename T>
std::vector<T> all(const postgres::Rows& rows, T (*read)(const postgres::Row&)) {
  std::vector<T> values;
  for (const auto row : rows) values.push_back(read(row));
  return values;
}

}  // namespace

std::string_view toString(SignerKind kind) {
  switch (kind) {
    case SignerKind::cms:
      return "cms";
    case SignerKind::portal:
      return "portal";
    case SignerKind::ssh:
      break;
  }
  return "ssh";
}

std::string_view toString(UploadBy by) {
  return by == UploadBy::person ? "person" : "automation";
}

std::optional<UploadBy> uploadByFrom(std::string_view word) {
  for (const UploadBy by : {UploadBy::automation, UploadBy::person})
    if (toString(by) == word) return by;
  return std::nullopt;
}

bool Signer::isValidAt(Instant at) const {
  return (!validFrom || *validFrom <= at) && (!validUntil || at <= *validUntil) && (!revokedAt || at < *revokedAt);
}

std::vector<Provider> providers(postgres::Connection& connection) {
  return all(connection.exec(fmt::format("{} ORDER BY code", kProvider)), providerFrom);
}

std::optional<Provider> findProvider(postgres::Connection& connection, std::string_view code) {
  const std::string sql = fmt::format("{} WHERE code = upper($1)", kProvider);
  const auto rows = connection.exec(postgres::Prepared{sql}, code);
  return rows.empty() ? std::nullopt : std::optional<Provider>(providerFrom(rows[0]));
}

Provider provider(postgres::Connection& connection, std::string_view code) {
  auto found = findProvider(connection, code);
  if (!found) {
    throw Denied(why::kProviderUnknown, std::string(code), fmt::format("there is no provider {}", code),
                 "sluis provider list names them");
  }
  return std::move(*found);
}

std::vector<LoginKey> loginKeys(postgres::Connection& connection, const std::optional<std::string>& provider) {
  return all(connection.exec(fmt::format("{} WHERE removed IS NULL AND ($1::text IS NULL OR provider = $1)"
                                         " ORDER BY provider, id",
                                         kLoginKey),
                             provider),
             loginKeyFrom);
}

std::vector<Signer> signers(postgres::Connection& connection, const std::optional<std::string>& provider) {
  return all(connection.exec(fmt::format("{} WHERE $1::text IS NULL OR provider = $1 ORDER BY provider, id", kSigner),
                             provider),
             signerFrom);
}

std::string signerLabel(postgres::Connection& connection, std::int64_t id) {
  const auto rows = connection.exec(postgres::Prepared{"SELECT label FROM register.signer WHERE id = $1"}, id);
  return rows.empty() ? std::string() : rows[0].text(0);
}

std::vector<Agreement> agreements(postgres::Connection& connection, const std::optional<std::string>& provider) {
  return all(connection.exec(fmt::format("{} WHERE $1::text IS NULL OR provider = $1"
                                         " ORDER BY provider, municipality, dataset, valid_from, id",
                                         kAgreement),
                             provider),
             agreementFrom);
}

std::vector<Agreement> agreementsInForce(postgres::Connection& connection, std::string_view provider,
                                         std::string_view dataset, Day day) {
  const std::string sql = fmt::format(
      "{} WHERE provider = $1 AND dataset = $2 AND valid_from <= $3::date"
      " AND (valid_until IS NULL OR valid_until >= $3::date) ORDER BY municipality, valid_from, id",
      kAgreement);
  return all(connection.exec(postgres::Prepared{sql}, provider, dataset, day), agreementFrom);
}

std::int64_t changeCounter(postgres::Connection& connection) {
  return connection.exec("SELECT counter FROM register.change").only().integer(0);
}

}  // namespace sluis::registry
