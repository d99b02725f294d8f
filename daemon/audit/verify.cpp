// The log read from its first entry to its last, trusting nothing that the database computed.

#include <algorithm>

#include <fmt/format.h>

#include "audit/audit.h"

namespace sluis::audit {

namespace {

constexpr int kFetched = 1000;  // entries in memory at a time

// What one entry must be, given those before it; a sentence when it is not.
std::string problemWith(std::int64_t index, std::string_view json, const Bytes& leaf, const Bytes& chain,
                        const std::optional<Entry>& previous, Entry& now) {
  const std::int64_t wanted = previous ? previous->index + 1 : 0;
  if (index != wanted) return fmt::format("entry {} is missing", wanted);
  now.index = index;
  now.leafHash = leafHash(json);
  now.chainHash = chainHash(previous ? previous->chainHash : Hash{}, now.leafHash);
  if (!std::ranges::equal(leaf, now.leafHash)) return fmt::format("entry {} was changed", index);
  if (!std::ranges::equal(chain, now.chainHash)) {
    return fmt::format("entry {} does not continue the chain: an entry before it was changed or moved", index);
  }
  return {};
}

void fail(Report& report, std::int64_t index, std::string what) {
  report.firstBad = index;
  report.what = std::move(what);
}

// false when the entry, or what was expected at its place, is wrong.
bool check(Report& report, const postgres::Row& row, const std::optional<Head>& expected) {
  const auto index = row.integer(0);
  Entry now;
  auto problem =
      problemWith(index, row.get<std::string_view>(1), row.get<Bytes>(2), row.get<Bytes>(3), report.head, now);
  const std::int64_t place = report.head ? report.head->index + 1 : 0;
  if (problem.empty() && expected && expected->index == index && expected->chainHash != now.chainHash) {
    problem = fmt::format("entry {} is not the one that was known: the log was rewritten", index);
  }
  if (!problem.empty()) {
    fail(report, place, std::move(problem));
    return false;
  }
  report.head = now;
  ++report.count;
  return true;
}

}  // namespace

Report verify(postgres::Connection& connection, const std::optional<Head>& expected,
              const std::function<void(std::int64_t)>& progress) {
  postgres::Transaction transaction(connection);
  transaction.exec("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY");
  // The whole log is read: plan for the last row, not the first.
  transaction.exec("SET LOCAL cursor_tuple_fraction = 1.0");
  transaction.exec(
      "DECLARE log NO SCROLL CURSOR FOR SELECT index, entry, leaf_hash, chain_hash FROM audit.entry ORDER BY index");
  Report report;
  while (true) {
    const auto rows = transaction.exec(fmt::format("FETCH {} FROM log", kFetched));
    for (const auto row : rows) {
      if (!check(report, row, expected)) return report;
    }
    if (rows.empty()) break;
    if (progress) progress(report.count);
  }
  if (expected && report.count <= expected->index) {
    fail(report, report.count,
         fmt::format("the log ends after {} entries, but entry {} was known: it was cut short", report.count,
                     expected->index));
  }
  return report;
}

}  // namespace sluis::audit
