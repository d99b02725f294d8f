#include "audit/audit.h"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "crypto/digest.h"
#include "postgres/advisory_lock.h"

namespace sluis::audit {

namespace {

Hash hashFrom(const Bytes& bytes) {
  Hash hash{};
  if (bytes.size() != hash.size()) throw Error(ErrorKind::database, "the audit log holds a hash of the wrong length");
  std::ranges::copy(bytes, hash.begin());
  return hash;
}

constexpr const char* kColumns = "index, entry, leaf_hash, chain_hash";

Entry entryFrom(const postgres::Row& row) {
  return {row.integer(0), hashFrom(row.get<Bytes>(2)), hashFrom(row.get<Bytes>(3))};
}

std::vector<StoredEntry> storedFrom(const postgres::Rows& rows) {
  std::vector<StoredEntry> entries;
  for (const auto row : rows) entries.push_back({entryFrom(row), row.get<std::string>(1)});
  return entries;
}

std::optional<Entry> lastEntry(postgres::Connection& connection) {
  const std::string sql = fmt::format("SELECT {} FROM audit.entry ORDER BY index DESC LIMIT 1", kColumns);
  const auto rows = connection.exec(postgres::Prepared{sql});
  return rows.empty() ? std::nullopt : std::optional<Entry>(entryFrom(rows[0]));
}

}  // namespace

std::string canonical(const Event& event) {
  // nlohmann's objects are std::map: keys come out sorted by their bytes.
  nlohmann::json json = {{"actor", event.actor},  {"at", toRfc3339(event.at)},        {"details", event.details},
                         {"event", event.what},   {"responsible", event.responsible}, {"subject", event.subject},
                         {"system", event.system}};
  return json.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
}

Hash leafHash(std::string_view entry) {
  std::string leaf(1, '\0');  // RFC 6962 §2.1: a leaf, not a node
  leaf += entry;
  return crypto::sha256(asBytes(leaf));
}

Hash chainHash(const Hash& previous, const Hash& leaf) {
  std::array<std::byte, 64> both;
  std::ranges::copy(leaf, std::ranges::copy(previous, both.begin()).out);
  return crypto::sha256(both);
}

Entry append(postgres::Transaction& transaction, const Event& event) {
  postgres::lockUntilCommit(transaction, postgres::Lock::audit);
  const auto last = lastEntry(transaction.connection());
  const auto json = canonical(event);
  Entry entry;
  entry.index = last ? last->index + 1 : 0;
  entry.leafHash = leafHash(json);
  entry.chainHash = chainHash(last ? last->chainHash : Hash{}, entry.leafHash);
  transaction.later(
      postgres::Prepared{"INSERT INTO audit.entry (index, entry, leaf_hash, chain_hash) VALUES ($1, $2, $3, $4)"},
      entry.index, json, entry.leafHash, entry.chainHash);
  return entry;
}

std::optional<Entry> head(postgres::Connection& connection) {
  return lastEntry(connection);
}

std::vector<StoredEntry> show(postgres::Connection& connection, std::int64_t from, std::size_t limit,
                              const std::optional<std::string>& subject) {
  const std::string sql = fmt::format("SELECT {} FROM audit.entry WHERE index >= $1 AND {} ORDER BY index LIMIT $3",
                                      kColumns, subject ? "subject = $2" : "$2::text IS NULL");
  return storedFrom(connection.exec(postgres::Prepared{sql}, from, subject, limit));
}

std::vector<StoredEntry> latest(postgres::Connection& connection, std::size_t limit,
                                const std::optional<std::string>& subject) {
  const std::string sql = fmt::format("SELECT {} FROM audit.entry WHERE {} ORDER BY index DESC LIMIT $2", kColumns,
                                      subject ? "subject = $1" : "$1::text IS NULL");
  auto entries = storedFrom(connection.exec(postgres::Prepared{sql}, subject, limit));
  std::ranges::reverse(entries);
  return entries;
}

}  // namespace sluis::audit
