#include "delivery/findings.h"

#include <map>

#include "postgres/copy_writer.h"

namespace sluis::delivery {

void writeFindings(postgres::Transaction& transaction, std::string_view delivery, const Findings& findings) {
  if (findings.kept.empty() && findings.counts.empty()) return;
  std::map<std::string_view, Severity> severities;
  postgres::CopyWriter copy(transaction, "intake.finding (delivery, ord, row, field, rule, severity)");
  std::int32_t order = 0;
  for (const auto& finding : findings.kept) {
    const auto severity = toString(finding.severity);
    const std::size_t texts = delivery.size() + finding.field.size() + finding.rule.size() + severity.size();
    postgres::CopyRow row(copy.room(64 + texts), 6);
    row.text(delivery);
    row.int32(order++);
    row.int32(static_cast<std::int32_t>(finding.row));
    if (finding.field.empty()) {
      row.null();
    } else {
      row.text(finding.field);
    }
    row.text(finding.rule);
    row.text(severity);
    copy.take(row);
    severities.emplace(finding.rule, finding.severity);
  }
  copy.finish();
  for (const auto& [rule, count] : findings.counts) {
    const auto known = severities.find(rule);
    const auto severity = known != severities.end() ? known->second : Severity::fout;
    transaction.later(
        postgres::Prepared{
            "INSERT INTO intake.finding_count (delivery, rule, severity, count) VALUES ($1, $2, $3, $4)"},
        delivery, rule, toString(severity), count);
  }
}

std::vector<StoredFinding> findings(postgres::Connection& connection, std::string_view delivery, std::size_t from,
                                    std::size_t limit) {
  std::vector<StoredFinding> all;
  for (const auto row : connection.exec(postgres::Prepared{"SELECT row, field, rule, severity FROM intake.finding"
                                                           " WHERE delivery = $1 AND ord >= $2 ORDER BY ord LIMIT $3"},
                                        delivery, from, limit)) {
    all.push_back({.row = row.integer<std::uint32_t>(0),
                   .field = row.maybe<std::string>(1),
                   .rule = row.text(2),
                   .severity = row.text(3)});
  }
  return all;
}

std::vector<RuleCount> findingCounts(postgres::Connection& connection, std::string_view delivery) {
  std::vector<RuleCount> all;
  for (const auto row : connection.exec(
           postgres::Prepared{
               "SELECT rule, severity, count FROM intake.finding_count WHERE delivery = $1 ORDER BY rule"},
           delivery)) {
    all.push_back({.rule = row.text(0), .severity = row.text(1), .count = row.integer<std::uint64_t>(2)});
  }
  return all;
}

}  // namespace sluis::delivery
