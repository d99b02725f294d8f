#include "load/unkeyed.h"

#include <algorithm>
#include <array>
#include <cstring>

#include <fmt/format.h>

#include "base/encoding.h"
#include "base/error.h"
#include "load/parts.h"

namespace sluis::load {

namespace {

constexpr std::uint64_t kPagesAtOnce = 256;
constexpr int kShortCodes = 23;

// One record of a group: pseudonym 16, start 4, form 2, informants 1 and 1.
constexpr std::size_t kFacts = 24;

constexpr std::string_view kGroups =
    "SELECT delivery, municipality, domain_version, array_agg(ctid)::text AS places,"
    " string_agg(uuid_send(pseudonym) || int4send(start_date - date '1970-01-01') || int2send(form)"
    "  || substr(codes, 13, 1) || substr(codes, 17, 1), ''::bytea) AS facts"
    " FROM {} WHERE ctid >= $1::tid AND ctid < $2::tid AND octet_length(codes) = $3"
    " GROUP BY delivery, municipality, domain_version";

std::uint32_t bigEndian(const std::byte* at, int bytes) {
  std::uint32_t value = 0;
  for (int i = 0; i < bytes; ++i) value = value << 8 | std::to_integer<std::uint32_t>(at[i]);
  return value;
}

std::vector<PseudonymousTrajectory> recordsOf(BytesView facts) {
  std::vector<PseudonymousTrajectory> records(facts.size() / kFacts);
  const std::byte* at = facts.data();
  for (auto& record : records) {
    std::memcpy(record.pseudonym.data(), at, record.pseudonym.size());
    record.start = static_cast<DayNumber>(bigEndian(at + 16, 4));
    record.form = static_cast<std::uint8_t>(bigEndian(at + 20, 2));
    record.measurements[0].informant = std::to_integer<char>(at[22]);
    record.measurements[1].informant = std::to_integer<char>(at[23]);
    at += kFacts;
  }
  return records;
}

// As an array of what is put behind each record's codes.
std::string keysOf(const std::vector<PseudonymousTrajectory>& records) {
  std::string text = "{";
  text.reserve(records.size() * 30 + 2);
  for (const auto& record : records) {
    if (text.size() > 1) text += ',';
    fmt::format_to(std::back_inserter(text), "\"\\\\x{:08x}{:08x}{:08x}\"", record.keys.trajectory, record.keys.youth,
                   record.keys.parent);
  }
  return text + '}';
}

// False when a run has the delivery. One that is gone is free: its records went with it.
bool lockBatch(postgres::Transaction& transaction, std::int64_t delivery) {
  return !transaction.exec("SELECT 1 FROM care.batch WHERE delivery = $1 FOR UPDATE SKIP LOCKED", delivery).empty() ||
         transaction.exec("SELECT 1 FROM care.batch WHERE delivery = $1", delivery).empty();
}

}  // namespace

bool anyUnkeyed(postgres::Connection& connection) {
  return !connection.exec("SELECT 1 FROM care.unkeyed LIMIT 1").empty();
}

Pass keySome(postgres::Transaction& transaction, const Keyer& keyer, std::uint64_t& keyed) {
  const auto left = transaction.exec("SELECT part, next_block FROM care.unkeyed ORDER BY part LIMIT 1").first();
  if (!left) return Pass::over;
  const auto part = left->integer(0);
  const auto page = left->integer<std::uint64_t>(1);
  const std::string name = partName(part);
  const auto pages =
      transaction.exec("SELECT pg_relation_size($1::regclass) / current_setting('block_size')::bigint", name)
          .only()
          .integer<std::uint64_t>(0);
  if (page >= pages) {
    // A record that was re-keyed meanwhile may lie before where it lay.
    const bool more =
        !transaction.exec(fmt::format("SELECT 1 FROM {} WHERE octet_length(codes) = $1 LIMIT 1", name), kShortCodes)
             .empty();
    transaction.exec(
        more ? "UPDATE care.unkeyed SET next_block = 0 WHERE part = $1" : "DELETE FROM care.unkeyed WHERE part = $1",
        part);
    return Pass::going;
  }
  // By place only, as in a rotation: the planner's guesses are of no use here.
  transaction.exec("SELECT set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', 'off', true)");
  const std::uint64_t next = std::min(pages, page + kPagesAtOnce);
  bool blocked = false;
  for (const auto& row : transaction.exec(fmt::format(fmt::runtime(kGroups), name), fmt::format("({},0)", page),
                                          fmt::format("({},0)", next), kShortCodes)) {
    const auto delivery = row.integer("delivery");
    if (!lockBatch(transaction, delivery)) {
      blocked = true;
      continue;
    }
    const auto municipality = row.integer<std::uint16_t>("municipality");
    const auto version = row.integer<std::uint16_t>("domain_version");
    auto records = recordsOf(row.get<Bytes>("facts"));
    keyer(municipality, version, records);
    // A place may have been emptied since it was read, and filled again: by other records, or by ones with keys.
    keyed += transaction
                 .exec(fmt::format("UPDATE {} AS stored SET codes = stored.codes || new.keys"
                                   " FROM unnest($1::tid[], $2::bytea[]) AS new (place, keys)"
                                   " WHERE stored.ctid = new.place AND stored.delivery = $3"
                                   " AND stored.municipality = $4 AND stored.domain_version = $5"
                                   " AND octet_length(stored.codes) = $6",
                                   name),
                       row.get<std::string>("places"), keysOf(records), delivery, municipality, version, kShortCodes)
                 .affected();
  }
  if (blocked) return Pass::blocked;
  transaction.exec("UPDATE care.unkeyed SET next_block = $2 WHERE part = $1", part, next);
  return Pass::going;
}

}  // namespace sluis::load
