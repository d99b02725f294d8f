// Records in care.trajectory as load/ writes them, without the way there.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "postgres/connection.h"
#include "postgres/copy_writer.h"

namespace sluis::test {

struct Measured {
  char informant = 0;
  std::uint8_t satisfaction = 0, goOn = 0, goals = 0;
};

struct Record {
  std::uint32_t child = 0;
  Day start{};
  std::optional<Day> end = std::nullopt;
  std::uint8_t form = 2;
  std::uint8_t referrer = 1, reason = 0, perspective = 0, productCategory = 0, profile = 0, severity = 0;
  std::uint8_t complexity = 0;
  std::array<Measured, 2> measurements{};
  bool unlinked = false;
  std::uint32_t key = 1, keyYouth = 0, keyParent = 0;
  std::int16_t municipality = 34;
  std::int16_t domainVersion = 1;
  std::size_t codeBytes = 35;
};

struct Batch {
  std::int64_t delivery = 0;
  std::string provider = "P0001";
  std::string first = "2026-01-01";  ///< of the period
  std::string last = "2026-01-31";
  std::string received = "2026-02-01";
};

inline void insert(postgres::Connection& superuser, const Batch& batch, const std::vector<Record>& records) {
  postgres::Transaction transaction(superuser);
  transaction.exec("INSERT INTO care.batch VALUES ($1, $2, 'jeugdhulp', $3, $4, $5, $6, $7)", batch.delivery,
                   batch.provider, batch.first + "/" + batch.last, batch.first, batch.last, batch.received,
                   records.size());
  postgres::CopyWriter copy(transaction,
                            fmt::format("care.trajectory_{:03} (delivery, pseudonym, row, start_date, end_date,"
                                        " municipality, domain_version, form, codes)",
                                        batch.delivery % 128));
  const auto days = [](Day day) {
    return static_cast<std::int32_t>((day - Day(std::chrono::year(2000) / 1 / 1)).count());
  };
  std::int32_t number = 0;
  for (const auto& record : records) {
    std::array<std::uint8_t, 16> pseudonym{};
    for (std::size_t i = 0; i < 4; ++i) pseudonym[i] = static_cast<std::uint8_t>(record.child >> (8 * i));
    pseudonym[15] = record.unlinked ? 1 : 0;
    std::array<std::uint8_t, 35> codes{'V',
                                       'N',
                                       record.referrer,
                                       record.reason,
                                       record.perspective,
                                       record.productCategory,
                                       record.profile,
                                       record.severity,
                                       record.complexity};
    for (std::size_t i = 0; i < 2; ++i) {
      const auto& measured = record.measurements[i];
      codes[9 + 4 * i] = measured.satisfaction;
      codes[10 + 4 * i] = measured.goOn;
      codes[11 + 4 * i] = measured.goals;
      codes[12 + 4 * i] = static_cast<std::uint8_t>(measured.informant);
    }
    codes[21] = record.unlinked ? 1 : 0;
    std::size_t at = 23;
    for (const auto key : {record.key, record.keyYouth, record.keyParent})
      for (const int shift : {24, 16, 8, 0}) codes[at++] = static_cast<std::uint8_t>(key >> shift);

    postgres::CopyRow row(copy.room(256), 9);
    row.int64(batch.delivery);
    row.bytes(std::as_bytes(std::span(pseudonym)));
    row.int32(++number);
    row.int32(days(record.start));
    if (record.end) {
      row.int32(days(*record.end));
    } else {
      row.null();
    }
    row.int16(record.municipality);
    row.int16(record.domainVersion);
    row.int16(record.form);
    row.bytes(std::as_bytes(std::span(codes)).first(record.codeBytes));
    copy.take(row);
  }
  copy.finish();
  transaction.commit();
}

}  // namespace sluis::test
