#include "load/load.h"

#include <array>
#include <cstddef>

#include "load/parts.h"

namespace sluis::load {

namespace {

// In the order of encode().
constexpr std::string_view kColumns =
    "(delivery, pseudonym, row, start_date, end_date, birth_year, municipality, postcode4, domain_version, form, "
    "codes)";
constexpr std::int16_t kFields = 11;

// The bytes of `codes`, as care.trajectory_named reads them.
using Codes = std::array<std::byte, 35>;
constexpr std::size_t kKeysAt = 23;

constexpr std::size_t kMostRowBytes = postgres::CopyRow::kCountBytes + kFields * postgres::CopyRow::kLengthBytes +
                                      sizeof(std::int64_t) + 16 + 3 * sizeof(std::int32_t) + 5 * sizeof(std::int16_t) +
                                      sizeof(Codes);

// PostgreSQL counts days from 2000-01-01.
constexpr std::int32_t kPostgresEpoch = 10957;

std::byte high(std::uint16_t value) {
  return static_cast<std::byte>(value >> 8);
}
std::byte low(std::uint16_t value) {
  return static_cast<std::byte>(value & 0xff);
}

Codes codesOf(const PseudonymousTrajectory& record) {
  const auto& [first, second] = record.measurements;
  const auto flags = (record.unlinked ? 1 : 0) | (record.prePseudonym ? 2 : 0);
  Codes codes{std::byte(record.sex),         std::byte(record.crisis),
              std::byte(record.referrer),    std::byte(record.reason),
              std::byte(record.perspective), std::byte(record.productCategory),
              std::byte(record.profile),     std::byte(record.severity),
              std::byte(record.complexity),  std::byte(first.satisfaction),
              std::byte(first.goOn),         std::byte(first.goals),
              std::byte(first.informant),    std::byte(second.satisfaction),
              std::byte(second.goOn),        std::byte(second.goals),
              std::byte(second.informant),   high(record.residence),
              low(record.residence),         high(record.stepOneVersion),
              low(record.stepOneVersion),    std::byte(flags),
              std::byte(record.birthMonth)};
  auto at = codes.begin() + kKeysAt;
  for (const std::uint32_t key : {record.keys.trajectory, record.keys.youth, record.keys.parent})
    for (const int shift : {24, 16, 8, 0}) *at++ = static_cast<std::byte>(key >> shift & 0xff);
  return codes;
}

void day(postgres::CopyRow& row, DayNumber value) {
  if (value == kNoDay) {
    row.null();
  } else {
    row.int32(value - kPostgresEpoch);
  }
}

void number(postgres::CopyRow& row, std::int16_t value) {
  if (value == 0) {
    row.null();
  } else {
    row.int16(value);
  }
}

void encode(postgres::CopyRow& row, std::int64_t delivery, const PseudonymousTrajectory& record) {
  row.int64(delivery);
  row.bytes(record.pseudonym);
  row.int32(static_cast<std::int32_t>(record.row));
  day(row, record.start);
  day(row, record.end);
  number(row, record.birthYear);
  row.int16(static_cast<std::int16_t>(record.municipality));
  number(row, record.postcode4);
  row.int16(static_cast<std::int16_t>(record.domainVersion));
  row.int16(record.form);
  row.bytes(codesOf(record));
}

}  // namespace

Load::Load(postgres::Transaction& transaction, std::int64_t delivery) : before_(transaction), delivery_(delivery) {
  copy_.emplace(transaction, fmt::format("{} {}", partOf(delivery), kColumns));
}

void Load::write(std::span<const PseudonymousTrajectory> records) {
  if (!copy_) return;
  for (const auto& record : records) {
    postgres::CopyRow row(copy_->room(kMostRowBytes), kFields);
    encode(row, delivery_, record);
    copy_->take(row);
  }
}

std::uint64_t Load::finish() {
  if (!copy_) throw Error(ErrorKind::database, "a load that was abandoned cannot be finished");
  const auto loaded = copy_->finish();
  copy_.reset();
  before_.release();
  return loaded;
}

void Load::abandon() {
  if (!copy_) return;
  copy_.reset();
  before_.rollback();
  abandoned_ = true;
}

}  // namespace sluis::load
