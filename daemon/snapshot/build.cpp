#include "snapshot/build.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <map>
#include <optional>
#include <stdexcept>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "postgres/copy_reader.h"
#include "snapshot/arrange.h"
#include "snapshot/current.h"

namespace sluis::snapshot {

namespace {

// PostgreSQL counts days from 2000-01-01.
constexpr std::int32_t kPostgresEpoch = 10957;
// 0001-01-01 and 9999-12-31: what lies beyond is "infinity", or nothing that load/ wrote.
constexpr std::int32_t kFirstDay = -719162;
constexpr std::int32_t kLastDay = 2932896;

// The bytes of care.trajectory.codes, as care.trajectory_named reads them.
constexpr std::size_t kCodesWithoutKeys = 23;
constexpr std::size_t kCodes = 35;
constexpr unsigned kMostCode = 99;
constexpr unsigned kBestMark = 10;
constexpr unsigned kBestScore = 4;

enum Field : std::size_t { kDelivery, kPseudonym, kStart, kEnd, kForm, kDomainVersion, kTheCodes, kFields };

struct Batches {
  std::vector<std::pair<std::int64_t, std::uint32_t>> byDelivery;  ///< ascending; place in the next two
  std::vector<std::uint32_t> lines;                                ///< provider and dataset, as a number
  std::vector<std::uint16_t> providers;                            ///< place in Providers::list
};

struct Providers {
  std::vector<Provider> list;
  std::vector<bool> agreed;
  std::map<std::string, std::uint16_t, std::less<>> places;

  std::uint16_t placeOf(const std::string& code, const std::string& name) {
    const auto [at, isNew] = places.try_emplace(code, static_cast<std::uint16_t>(list.size()));
    if (isNew) {
      if (list.size() >= 65535) throw Error(ErrorKind::system, "more providers than a snapshot can hold");
      list.push_back({code, name});
      agreed.push_back(false);
    }
    return at->second;
  }
};

std::int16_t municipalityOf(const std::string& domain) {
  std::int16_t number = 0;
  const auto* end = domain.data() + domain.size();
  if (domain.size() != 6 || !domain.starts_with("GM") || std::from_chars(domain.data() + 2, end, number).ptr != end)
    throw std::logic_error("a domain is a municipality: GM0034");
  return number;
}

void refuseDuringRotation(postgres::Transaction& transaction, const Wanted& wanted) {
  const auto underWay =
      transaction.exec("SELECT FROM care.rotation WHERE municipality = $1::smallint AND finished IS NULL",
                       municipalityOf(wanted.domain));
  if (!underWay.empty()) {
    throw Error(ErrorKind::usage, fmt::format("the key of {} is being rotated", wanted.domain),
                "wait until it is done: sluis key list");
  }
}

Providers providersOf(postgres::Transaction& transaction, const Wanted& wanted) {
  Providers providers;
  for (const auto row : transaction.exec(
           "SELECT code, name FROM register.provider AS p WHERE EXISTS (SELECT FROM register.agreement AS a"
           " WHERE a.provider = p.code AND municipality = $1 AND coalesce(valid_until >= valid_from, true))",
           wanted.domain))
    providers.agreed[providers.placeOf(row.text("code"), row.text("name"))] = true;
  return providers;
}

// In the order of what counts, so that comparing two places is comparing two batches.
Batches batchesOf(postgres::Transaction& transaction, Providers& providers) {
  Batches batches;
  std::map<std::pair<std::string, std::string>, std::uint32_t> lines;
  for (const auto row :
       transaction.exec("SELECT delivery, provider, dataset, coalesce(name, provider) AS name FROM care.batch"
                        " LEFT JOIN register.provider ON code = provider ORDER BY period_last, received, delivery")) {
    const auto provider = row.text("provider");
    const auto line = lines.try_emplace({provider, row.text("dataset")}, static_cast<std::uint32_t>(lines.size()));
    batches.byDelivery.emplace_back(row.integer("delivery"), static_cast<std::uint32_t>(batches.lines.size()));
    batches.lines.push_back(line.first->second);
    batches.providers.push_back(providers.placeOf(provider, row.text("name")));
  }
  std::ranges::sort(batches.byDelivery);
  return batches;
}

std::uint32_t bigEndian(BytesView bytes) {
  std::uint32_t value = 0;
  for (const auto byte : bytes) value = value << 8 | std::to_integer<std::uint32_t>(byte);
  return value;
}

// Takes the rows one by one; what it complains of says nothing of a record but that it is there.
class Reading {
 public:
  Reading(const Wanted& wanted, const Batches& batches, CurrentRecords& records)
      : wanted_(wanted), batches_(batches), records_(records) {}

  void take(const postgres::CopyReader& row) {
    const auto version = row.int16(kDomainVersion);
    if (version_ && *version_ != version) {
      throw Error(ErrorKind::usage, fmt::format("records of {} are under two versions of its key", wanted_.domain),
                  "a rotation was not finished: sluis key list");
    }
    version_ = version;
    const auto batch = batchOf(row.int64(kDelivery));
    if (!batch) return;

    Identity identity{};
    const auto pseudonym = row.bytes(kPseudonym);
    if (pseudonym.size() != sizeof(identity.pseudonym)) spoiled("has no pseudonym");
    std::memcpy(identity.pseudonym.data(), pseudonym.data(), pseudonym.size());
    identity.start = day(row.int32(kStart));
    identity.end = row.isNull(kEnd) ? kRunning : day(row.int32(kEnd));
    if (identity.end < identity.start) spoiled("ends before it starts");
    identity.batch = *batch;
    records_.add(identity, payloadOf(row.int16(kForm), row.bytes(kTheCodes), batches_.providers[*batch]));
  }

 private:
  // Rows of one delivery come together, or in turns with a few others.
  std::optional<std::uint32_t> batchOf(std::int64_t delivery) {
    if (delivery != delivery_) {
      const auto found =
          std::ranges::lower_bound(batches_.byDelivery, delivery, {}, [](const auto& b) { return b.first; });
      const bool known = found != batches_.byDelivery.end() && found->first == delivery;
      batch_ = known ? std::optional(found->second) : std::nullopt;
      delivery_ = delivery;
    }
    return batch_;
  }

  std::int32_t day(std::int32_t value) const {
    const auto day = static_cast<std::int64_t>(value) + kPostgresEpoch;
    if (day < kFirstDay || day > kLastDay) spoiled("has a day that is none");
    return static_cast<std::int32_t>(day);
  }

  Payload payloadOf(std::int16_t form, BytesView codes, std::uint16_t provider) const {
    if (codes.size() == kCodesWithoutKeys) lacksKeys();
    if (codes.size() != kCodes || form < 0) spoiled("has codes of another form");
    const auto at = [&](std::size_t i) { return std::to_integer<std::uint8_t>(codes[i]); };
    Payload payload{};
    payload.provider = provider;
    payload.key = bigEndian(codes.subspan(23, 4));
    payload.form = static_cast<std::uint8_t>(std::min<std::int16_t>(form, kMostCode + 1));
    payload.referrer = at(2);
    payload.reason = at(3);
    payload.perspective = at(4);
    payload.productCategory = at(5);
    payload.profile = at(6);
    payload.severity = at(7);
    payload.complexity = at(8);
    for (const auto code : {payload.form, payload.referrer, payload.reason, payload.perspective,
                            payload.productCategory, payload.profile, payload.severity, payload.complexity})
      if (code > kMostCode) spoiled("has a code of three digits");
    payload.unlinked = (at(21) & 1) != 0;
    for (const std::size_t first : {std::size_t{9}, std::size_t{13}}) measure(payload, codes.subspan(first, 4));
    if (isMeasured(payload, 0)) payload.keyYouth = bigEndian(codes.subspan(27, 4));
    if (isMeasured(payload, 4)) payload.keyParent = bigEndian(codes.subspan(31, 4));
    // A key is never 0, so that noise is never drawn by half of one.
    if (payload.key == 0 || (isMeasured(payload, 0) && payload.keyYouth == 0) ||
        (isMeasured(payload, 4) && payload.keyParent == 0))
      lacksKeys();
    return payload;
  }

  // Mark, two scores, informant. Of two measurements by the same informant the first counts: validate/ lets none pass.
  void measure(Payload& payload, BytesView measurement) const {
    const auto at = [&](std::size_t i) { return std::to_integer<std::uint8_t>(measurement[i]); };
    if (at(0) > kBestMark || at(1) > kBestScore || at(2) > kBestScore) spoiled("has a score that is none");
    if (at(3) != 'J' && at(3) != 'O') return;
    const int shift = at(3) == 'J' ? 0 : 4;
    if (isMeasured(payload, shift)) return;
    payload.satisfaction |= static_cast<std::uint8_t>(at(0) << shift);
    payload.goOn |= static_cast<std::uint8_t>(at(1) << shift);
    payload.goals |= static_cast<std::uint8_t>(at(2) << shift);
  }

  static bool isMeasured(const Payload& payload, int shift) {
    return ((payload.satisfaction | payload.goOn | payload.goals) >> shift & 15) != 0;
  }

  [[noreturn]] void lacksKeys() const {
    throw Error(ErrorKind::usage, fmt::format("records of {} still lack the keys of their units", wanted_.domain),
                "sluisd makes them by itself after the upgrade: wait, and see its log");
  }
  [[noreturn]] void spoiled(std::string_view what) const {
    throw Error(ErrorKind::database, fmt::format("a record of {} {}", wanted_.domain, what),
                "it was not written by sluisd: see who else can write to care.trajectory");
  }

  const Wanted& wanted_;
  const Batches& batches_;
  CurrentRecords& records_;
  std::optional<std::int16_t> version_;
  std::int64_t delivery_ = -1;
  std::optional<std::uint32_t> batch_;
};

}  // namespace

Table build(postgres::Connection& connection, const Wanted& wanted) {
  Facts facts;
  facts.id = wanted.id;
  facts.domain = wanted.domain;
  facts.windowDays = wanted.windowDays;
  facts.ruleSet = wanted.ruleSet;
  facts.table = wanted.table;
  facts.minimumChildren = wanted.minimumChildren;

  postgres::Transaction transaction(connection);
  transaction.exec("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY");
  transaction.exec("SET LOCAL jit = off");  // one plain scan, of 128 parts: nothing that compiling makes faster
  facts.made = transaction.exec("SELECT clock_timestamp()").only().get<Instant>(0);
  refuseDuringRotation(transaction, wanted);
  auto providers = providersOf(transaction, wanted);
  const auto batches = batchesOf(transaction, providers);
  CurrentRecords records(batches.lines);
  {
    Reading reading(wanted, batches, records);
    postgres::CopyReader rows(
        transaction,
        fmt::format("SELECT delivery, pseudonym, start_date, end_date, form, domain_version, codes"
                    " FROM care.trajectory WHERE municipality = {}::smallint",
                    municipalityOf(wanted.domain)),
        kFields);
    while (rows.next()) reading.take(rows);
  }
  transaction.commit();
  records.finish();
  return arrange(records, std::move(facts), wanted.today, providers.list, providers.agreed);
}

}  // namespace sluis::snapshot
