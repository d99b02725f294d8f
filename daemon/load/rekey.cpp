#include "load/rekey.h"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "base/encoding.h"
#include "base/error.h"
#include "load/parts.h"

namespace sluis::load {

namespace {

constexpr std::size_t kBlock = 16;
// About 18,000 records: long enough that a commit costs nothing beside them, short enough that a run hardly waits.
constexpr std::uint64_t kPagesAtOnce = 256;

constexpr std::string_view kRotation =
    "SELECT id, municipality, from_version, to_version, asked_by, started, finished, records, next_part, next_block"
    " FROM care.rotation";

Rotation rotationOf(const postgres::Row& row) {
  Rotation rotation;
  rotation.id = row.integer("id");
  rotation.municipality = row.integer<std::uint16_t>("municipality");
  rotation.from = row.integer<std::uint16_t>("from_version");
  rotation.to = row.integer<std::uint16_t>("to_version");
  rotation.askedBy = row.get<std::string>("asked_by");
  rotation.started = row.get<Instant>("started");
  rotation.finished = row.maybe<Instant>("finished");
  rotation.records = row.integer<std::uint64_t>("records");
  rotation.nextPart = row.integer("next_part");
  rotation.nextBlock = row.integer<std::uint64_t>("next_block");
  return rotation;
}

template <typename T>
std::string arrayOf(const std::vector<T>& numbers) {
  return fmt::format("{{{}}}", fmt::join(numbers, ","));
}

// Until the transaction ends or anyPlan(): records by their place only. Left to itself the planner believes that few
// are of the old version, and joins every one of them with every place.
void byPlaceOnly(postgres::Transaction& transaction) {
  transaction.exec("SELECT set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', 'off', true)");
}
void anyPlan(postgres::Transaction& transaction) {
  transaction.exec("SET LOCAL enable_seqscan TO DEFAULT");
  transaction.exec("SET LOCAL enable_bitmapscan TO DEFAULT");
}

// Records of one delivery, domain and version, as the database groups them: their places, opaque here, and pseudonyms
// in the same order.
struct Group {
  std::int64_t delivery;
  std::uint16_t municipality;
  std::uint16_t version;
  std::string places;
  Bytes pseudonyms;
};

constexpr std::string_view kGroups =
    "SELECT delivery, municipality, domain_version, array_agg(ctid)::text AS places,"
    " string_agg(uuid_send(pseudonym), ''::bytea) AS pseudonyms FROM ";
constexpr std::string_view kGrouping = " GROUP BY delivery, municipality, domain_version";

std::vector<Group> groupsOf(const postgres::Rows& rows) {
  std::vector<Group> groups;
  for (const auto& row : rows)
    groups.push_back({row.integer("delivery"), row.integer<std::uint16_t>("municipality"),
                      row.integer<std::uint16_t>("domain_version"), row.get<std::string>("places"),
                      row.get<Bytes>("pseudonyms")});
  return groups;
}

std::uint64_t rekey(postgres::Transaction& transaction, Group& group, std::uint16_t to, const Recipher& recipher) {
  recipher(group.municipality, group.version, to, group.pseudonyms);
  std::string fresh = "{";
  fresh.reserve(group.pseudonyms.size() * 2 + group.pseudonyms.size() / kBlock + 2);
  for (std::size_t at = 0; at < group.pseudonyms.size(); at += kBlock) {
    if (at != 0) fresh += ',';
    fresh += toHex(BytesView(group.pseudonyms).subspan(at, kBlock));
  }
  fresh += '}';
  // A place may have been emptied since it was read, and filled again. The rest of the condition tells: records of the
  // old version are never added, and those of this delivery are locked.
  return transaction
      .exec(fmt::format("UPDATE {} AS stored SET pseudonym = new.pseudonym, domain_version = $5"
                        " FROM unnest($1::tid[], $2::uuid[]) AS new (place, pseudonym)"
                        " WHERE stored.ctid = new.place AND stored.delivery = $3 AND stored.domain_version = $4"
                        " AND stored.municipality = $6",
                        partOf(group.delivery)),
            group.places, fresh, group.delivery, group.version, to, group.municipality)
      .affected();
}

// False when a run has the delivery. One that is gone is free: its records went with it.
bool lockBatch(postgres::Transaction& transaction, std::int64_t delivery) {
  if (!transaction.exec("SELECT 1 FROM care.batch WHERE delivery = $1 FOR UPDATE SKIP LOCKED", delivery).empty())
    return true;
  return transaction.exec("SELECT 1 FROM care.batch WHERE delivery = $1", delivery).empty();
}

std::uint64_t pagesOf(postgres::Transaction& transaction, const std::string& part) {
  return transaction.exec("SELECT pg_relation_size($1::regclass) / current_setting('block_size')::bigint", part)
      .only()
      .integer<std::uint64_t>(0);
}

std::string placeAt(std::uint64_t page) {
  return fmt::format("({},0)", page);
}

}  // namespace

std::map<std::uint16_t, std::uint16_t> versionsInForce(postgres::Transaction& transaction,
                                                       std::span<const std::uint16_t> municipalities,
                                                       const std::function<std::uint16_t(std::uint16_t)>& latest) {
  std::vector<std::uint16_t> wanted(municipalities.begin(), municipalities.end());
  const std::string list = arrayOf(wanted);
  const auto read = [&] {
    std::map<std::uint16_t, std::uint16_t> versions;
    for (const auto& row : transaction.exec(postgres::Prepared{"SELECT municipality, version FROM care.domain"
                                                               " WHERE municipality = ANY ($1::smallint[]) ORDER BY 1"
                                                               " FOR SHARE"},
                                            list))
      versions[row.integer<std::uint16_t>(0)] = row.integer<std::uint16_t>(1);
    return versions;
  };
  auto versions = read();
  bool added = false;
  std::sort(wanted.begin(), wanted.end());
  for (const std::uint16_t municipality : wanted) {
    if (versions.contains(municipality)) continue;
    transaction.exec("INSERT INTO care.domain (municipality, version) VALUES ($1, $2) ON CONFLICT DO NOTHING",
                     municipality, latest(municipality));
    added = true;
  }
  return added ? read() : versions;
}

std::uint64_t bringToForce(postgres::Transaction& transaction, std::vector<std::int64_t> deliveries,
                           const Recipher& recipher) {
  const std::string list = arrayOf(deliveries);
  // The lock first, in one order for all: what is read afterwards stays.
  transaction.exec("SELECT 1 FROM care.batch WHERE delivery = ANY ($1::bigint[]) ORDER BY delivery FOR UPDATE", list);
  std::uint64_t brought = 0;
  for (const std::int64_t delivery : deliveries) {
    const std::string part = partOf(delivery);
    const auto old = transaction.exec(
        fmt::format(
            "SELECT municipality, domain_version, version, min(part.ctid)::text AS first, max(part.ctid)::text"
            " AS last"
            " FROM {} AS part JOIN care.domain USING (municipality) WHERE delivery = $1 AND domain_version <> version"
            " GROUP BY 1, 2, 3",
            part),
        delivery);
    if (!old.empty()) byPlaceOnly(transaction);
    for (const auto& row : old) {
      const auto pageOf = [&](const char* column) {
        const std::string place = row.get<std::string>(column);
        return std::stoull(place.substr(1, place.find(',') - 1));
      };
      const std::uint64_t end = pageOf("last") + 1;
      // In pieces for the memory's sake only; it is one transaction.
      for (std::uint64_t page = pageOf("first"); page < end; page += kPagesAtOnce)
        for (auto& group : groupsOf(transaction.exec(
                 fmt::format("{}{} WHERE ctid >= $1::tid AND ctid < $2::tid AND delivery = $3 AND municipality = $4"
                             " AND domain_version = $5{}",
                             kGroups, part, kGrouping),
                 placeAt(page), placeAt(std::min(end, page + kPagesAtOnce)), delivery,
                 row.integer<std::uint16_t>("municipality"), row.integer<std::uint16_t>("domain_version"))))
          brought += rekey(transaction, group, row.integer<std::uint16_t>("version"), recipher);
    }
    if (!old.empty()) anyPlan(transaction);
  }
  return brought;
}

std::vector<Rotation> rotationsUnderWay(postgres::Connection& connection) {
  std::vector<Rotation> all;
  for (const auto& row : connection.exec(fmt::format("{} WHERE finished IS NULL ORDER BY id", kRotation)))
    all.push_back(rotationOf(row));
  return all;
}

std::optional<Rotation> findRotation(postgres::Connection& connection, std::int64_t id) {
  const auto row = connection.exec(fmt::format("{} WHERE id = $1", kRotation), id).first();
  return row ? std::optional(rotationOf(*row)) : std::nullopt;
}

Rotation beginRotation(postgres::Transaction& transaction, const NewRotation& wanted) {
  const auto row =
      transaction.exec("SELECT version FROM care.domain WHERE municipality = $1 FOR UPDATE", wanted.municipality)
          .first();
  if (!row)
    throw Error(ErrorKind::usage, fmt::format("there are no records of GM{:04} to re-key", wanted.municipality),
                "the first load takes the latest version of its key");
  const auto from = row->integer<std::uint16_t>(0);
  if (wanted.to <= from)
    throw Error(ErrorKind::usage,
                fmt::format("sluisd has no newer version of the key of GM{:04} than {}, which is in force",
                            wanted.municipality, from),
                "where systemd hands it the keys: systemctl restart sluisd, then the same command again");
  if (!transaction.exec("SELECT 1 FROM care.rotation WHERE municipality = $1 AND finished IS NULL", wanted.municipality)
           .empty())
    throw Error(ErrorKind::usage, fmt::format("the key of GM{:04} is being rotated already", wanted.municipality),
                "sluis key list");
  transaction.exec("UPDATE care.domain SET version = $2 WHERE municipality = $1", wanted.municipality, wanted.to);
  const auto made = transaction.exec(
      "INSERT INTO care.rotation (municipality, from_version, to_version, asked_by, started)"
      " VALUES ($1, $2, $3, $4, $5) RETURNING id",
      wanted.municipality, from, wanted.to, wanted.askedBy, wanted.started);
  return findRotation(transaction.connection(), made.only().integer(0)).value();
}

Pass rekeySome(postgres::Transaction& transaction, Rotation& rotation, const Recipher& recipher) {
  byPlaceOnly(transaction);
  std::vector<Group> groups;
  std::int64_t part = rotation.nextPart;
  std::uint64_t page = rotation.nextBlock;
  // Small parts several at a time, so that there are not more commits than it takes.
  for (std::uint64_t read = 0; part < kParts && read < kPagesAtOnce;) {
    const std::string name = partName(part);
    const std::uint64_t next = std::min(pagesOf(transaction, name), page + kPagesAtOnce);
    if (page >= next) {
      ++part;
      page = 0;
      continue;
    }
    auto more = groupsOf(transaction.exec(
        fmt::format("{}{} WHERE ctid >= $1::tid AND ctid < $2::tid AND municipality = $3 AND domain_version <> $4{}",
                    kGroups, name, kGrouping),
        placeAt(page), placeAt(next), rotation.municipality, rotation.to));
    if (!more.empty()) read += next - page;
    std::move(more.begin(), more.end(), std::back_inserter(groups));
    page = next;
  }
  if (groups.empty()) return Pass::over;
  bool blocked = false;
  std::uint64_t rekeyed = 0;
  for (auto& group : groups) {
    if (lockBatch(transaction, group.delivery))
      rekeyed += rekey(transaction, group, rotation.to, recipher);
    else
      blocked = true;
  }
  rotation.records += rekeyed;
  // What was passed by lies here: the same pages again.
  if (!blocked) {
    rotation.nextPart = part;
    rotation.nextBlock = page;
  }
  transaction.exec("UPDATE care.rotation SET records = $2, next_part = $3, next_block = $4 WHERE id = $1", rotation.id,
                   rotation.records, rotation.nextPart, rotation.nextBlock);
  return blocked ? Pass::blocked : Pass::going;
}

std::uint64_t remaining(postgres::Connection& connection, const Rotation& rotation) {
  return connection
      .exec("SELECT count(*) FROM care.trajectory WHERE municipality = $1 AND domain_version <> $2",
            rotation.municipality, rotation.to)
      .only()
      .integer<std::uint64_t>(0);
}

void startPass(postgres::Transaction& transaction, Rotation& rotation) {
  rotation.nextPart = 0;
  rotation.nextBlock = 0;
  transaction.exec("UPDATE care.rotation SET next_part = 0, next_block = 0 WHERE id = $1", rotation.id);
}

void finishRotation(postgres::Transaction& transaction, Rotation& rotation, Instant at) {
  rotation.finished = at;
  transaction.exec("UPDATE care.rotation SET finished = $2 WHERE id = $1", rotation.id, at);
}

std::vector<KeyUse> keyUse(postgres::Connection& connection) {
  std::vector<KeyUse> all;
  for (const auto& row : connection.exec("SELECT municipality, version, records FROM care.key_use() ORDER BY 1, 2"))
    all.push_back({row.integer<std::uint16_t>(0), row.integer<std::uint16_t>(1), row.integer<std::uint64_t>(2)});
  return all;
}

std::map<std::uint16_t, std::uint16_t> domains(postgres::Connection& connection) {
  std::map<std::uint16_t, std::uint16_t> all;
  for (const auto& row : connection.exec("SELECT municipality, version FROM care.domain"))
    all[row.integer<std::uint16_t>(0)] = row.integer<std::uint16_t>(1);
  return all;
}

}  // namespace sluis::load
