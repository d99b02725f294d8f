#include "load/load.h"

#include <fmt/format.h>

namespace sluis::load {

namespace {

// In the order of encode(). A name more or less here is an error of the database at the first row.
constexpr std::string_view kTarget =
    "care.trajectory (delivery, pseudonym, row, start_date, end_date, step_one_version, domain_version, municipality,"
    " birth_year, birth_month, postcode4, residence, referrer, form, reason, perspective, product_category, profile,"
    " severity, complexity, satisfaction_1, go_on_1, goals_1, satisfaction_2, go_on_2, goals_2, informant_1,"
    " informant_2, sex, crisis, unlinked, pre_pseudonym)";
constexpr std::int16_t kFields = 32;
// Every field at its longest, one delivery number and one pseudonym among them.
constexpr std::size_t kMostRowBytes =
    postgres::CopyRow::kCountBytes + kFields * (postgres::CopyRow::kLengthBytes + 4) + 4 + 12;

// PostgreSQL counts days from 2000-01-01.
constexpr std::int32_t kPostgresEpoch = 10957;

void code(postgres::CopyRow& row, std::int32_t value) {
  if (value == 0) {
    row.null();
  } else {
    row.int16(static_cast<std::int16_t>(value));
  }
}

void letter(postgres::CopyRow& row, char value) {
  if (value == 0) {
    row.null();
  } else {
    row.letter(value);
  }
}

void day(postgres::CopyRow& row, DayNumber value) {
  if (value == kNoDay) {
    row.null();
  } else {
    row.int32(value - kPostgresEpoch);
  }
}

void encode(postgres::CopyRow& row, std::int64_t delivery, const PseudonymousTrajectory& record) {
  row.int64(delivery);
  row.bytes(record.pseudonym);
  row.int32(static_cast<std::int32_t>(record.row));
  day(row, record.start);
  day(row, record.end);
  row.int16(static_cast<std::int16_t>(record.stepOneVersion));
  row.int16(static_cast<std::int16_t>(record.domainVersion));
  row.int16(static_cast<std::int16_t>(record.municipality));
  code(row, record.birthYear);
  code(row, record.birthMonth);
  code(row, record.postcode4);
  code(row, record.residence);
  row.int16(record.referrer);
  row.int16(record.form);
  code(row, record.reason);
  code(row, record.perspective);
  code(row, record.productCategory);
  code(row, record.profile);
  code(row, record.severity);
  code(row, record.complexity);
  for (const auto& measurement : record.measurements) {
    code(row, measurement.satisfaction);
    code(row, measurement.goOn);
    code(row, measurement.goals);
  }
  for (const auto& measurement : record.measurements) letter(row, measurement.informant);
  row.letter(record.sex);
  letter(row, record.crisis);
  row.boolean(record.unlinked);
  row.boolean(record.prePseudonym);
}

}  // namespace

Load::Load(postgres::Transaction& transaction, std::int64_t delivery) : before_(transaction), delivery_(delivery) {
  copy_.emplace(transaction, kTarget);
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
