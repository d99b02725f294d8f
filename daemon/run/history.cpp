#include "run/history.h"

#include <algorithm>

#include "load/load.h"
#include "validate/rules.h"

namespace sluis::run {

namespace {

void add(Findings& findings, const validate::Rule& rule, const std::vector<std::uint32_t>& rows, std::uint64_t count) {
  if (count == 0) return;
  for (const std::uint32_t row : rows) findings.kept.push_back({row, rule.field, rule.code, rule.severity});
  findings.counts[std::string(rule.code)] += count;
  (rule.severity == Severity::fout ? findings.errors : findings.warnings) += count;
}

bool differsMuch(std::uint64_t now, std::uint64_t before, int percent) {
  const std::uint64_t apart = now > before ? now - before : before - now;
  return apart * 100 > before * static_cast<std::uint64_t>(percent);
}

}  // namespace

void judgeHistory(postgres::Transaction& transaction, const dataset::Definition& definition,
                  const delivery::Delivery& delivery, const Period& period, std::uint64_t loaded, Findings& findings) {
  const auto earlier = load::loadedDelivery(transaction, delivery.provider, definition.dataset(), period.previous());
  if (!earlier) return;
  constexpr std::uint32_t kWholeDelivery = 0;
  if (const auto* rule = validate::findRule("JH301"); rule != nullptr && definition.hasRule(rule->code)) {
    const std::uint64_t before = load::recordsOf(transaction, *earlier);
    if (differsMuch(loaded, before, definition.threshold(rule->code, "percent")))
      add(findings, *rule, {kWholeDelivery}, 1);
  }
  if (const auto* rule = validate::findRule("JH303"); rule != nullptr && definition.hasRule(rule->code)) {
    const auto vanished = load::vanished(transaction, *earlier, delivery.number, kFindingsKeptPerRule);
    add(findings, *rule, vanished.rows, vanished.count);
  }
  std::stable_sort(findings.kept.begin(), findings.kept.end(),
                   [](const Finding& a, const Finding& b) { return a.row != b.row ? a.row < b.row : a.rule < b.rule; });
}

}  // namespace sluis::run
