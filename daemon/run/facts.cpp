#include "run/facts.h"

#include <algorithm>
#include <map>
#include <set>

#include <nlohmann/json.hpp>

#include "audit/audit.h"
#include "delivery/findings.h"
#include "run/reminders.h"
#include "validate/rules.h"

namespace sluis::run {

namespace {

constexpr std::size_t kEntriesOfADelivery = 100;
constexpr std::size_t kDeliveriesOnTheStatusPage = 200;

// The findings' views point into the rows read, which the facts keep alive.
void addFindings(postgres::Connection& connection, const std::string& delivery, mail::DeliveryFacts& facts) {
  auto stored = std::make_shared<std::vector<delivery::StoredFinding>>(delivery::findings(connection, delivery));
  for (const delivery::StoredFinding& each : *stored)
    facts.findings.kept.push_back({each.row, each.field ? std::string_view(*each.field) : std::string_view(), each.rule,
                                   each.severity == toString(Severity::fout) ? Severity::fout : Severity::signaal});
  for (const delivery::RuleCount& each : delivery::findingCounts(connection, delivery)) {
    facts.findings.counts[each.rule] = each.count;
    (each.severity == toString(Severity::fout) ? facts.findings.errors : facts.findings.warnings) += each.count;
  }
  facts.storage = std::move(stored);
}

// What the entry that recorded the end state says of its time: the receipt is made from it, not from today.
void addRecorded(postgres::Connection& connection, const delivery::Delivery& delivery, mail::Receipt& receipt) {
  const std::string event = "delivery." + std::string(toString(delivery.state));
  for (const auto& stored : audit::show(connection, 0, kEntriesOfADelivery, delivery.id)) {
    const auto entry = nlohmann::json::parse(stored.json);
    if (entry.value("event", "") != event) continue;
    const auto details = entry.value("details", nlohmann::json::object());
    receipt.audit = mail::Receipt::Audit{static_cast<std::uint64_t>(stored.entry.index), toHex(stored.entry.leafHash)};
    receipt.softwareVersion = details.value("software", "");
    receipt.rules = details.value("rules", "");
    receipt.datasetVersion = receipt.rules.substr(receipt.rules.rfind(' ') + 1);
    if (receipt.signer) receipt.signer->label = details.value("signer_label", "");
  }
}

}  // namespace

std::string dutchTextOf(std::string_view rule) {
  const validate::Rule* found = validate::findRule(rule);
  return found == nullptr ? std::string() : std::string(found->dutch);
}

std::optional<mail::DeliveryFacts> factsOf(postgres::Connection& connection, const std::string& id) {
  const auto found = delivery::find(connection, id);
  if (!found) return std::nullopt;
  const delivery::Delivery& row = *found;
  mail::DeliveryFacts facts;
  mail::Receipt& receipt = facts.receipt;
  receipt.delivery = row.id;
  receipt.provider = row.provider;
  receipt.dataset = row.dataset.value_or("");
  receipt.period = row.period.value_or("");
  receipt.file = row.file;
  receipt.size = row.size.value_or(0);
  if (row.sha256) receipt.sha256 = toHex(*row.sha256);
  if (row.signerFingerprint && !row.signerFingerprint->empty())
    receipt.signer =
        mail::Receipt::Signer{row.signatureKind.value_or("") == "ssh" ? "sshsig" : "cms", *row.signerFingerprint, ""};
  if (receipt.signer) {
    receipt.signer->account = row.uploadedBy;
    receipt.signer->secondFactor = row.secondFactorAt;
  }
  receipt.received = row.received.value_or(row.firstSeen);
  receipt.processed = row.processed;
  receipt.verdict = toString(row.state);
  receipt.code = row.code.value_or("");
  receipt.counts = {row.records.value_or(0), row.loaded.value_or(0), row.replaced.value_or(0),
                    row.deleted.value_or(0), row.errors.value_or(0), row.warnings.value_or(0)};
  if (row.run) receipt.run = std::to_string(*row.run);
  receipt.detected = row.detected.value_or("");
  addRecorded(connection, row, receipt);
  facts.providerName = registry::provider(connection, row.provider).name;
  facts.detail = row.detail.value_or("");
  facts.ruleText = dutchTextOf;
  addFindings(connection, id, facts);
  return facts;
}

mail::ProviderStatus statusOf(const Installation& installation, postgres::Connection& connection,
                              const registry::Provider& provider, Instant now) {
  mail::ProviderStatus status;
  status.provider = provider.code;
  status.providerName = provider.name;
  status.suspended = provider.suspended;
  status.asOf = now;
  status.nextRun = installation.schedule.nextDue(now);

  const Day today = installation.schedule.today(now);
  std::set<std::string> datasets;
  for (const auto& agreement : registry::agreements(connection, provider.code))
    if (agreement.isInForceOn(today)) datasets.insert(agreement.dataset);
  for (const std::string& dataset : datasets) {
    mail::ProviderStatus::Open open{dataset, {}};
    for (const auto kind : {Period::Kind::month, Period::Kind::quarter, Period::Kind::half, Period::Kind::year}) {
      Period period = Period::containing(kind, today);
      for (int i = 0; i < provider.openPeriods; ++i) {
        period = period.previous();
        open.periods.push_back(period.text());
      }
    }
    status.open.push_back(std::move(open));
  }

  for (auto& one : expectedOf(connection, provider, today))
    status.expected.push_back({one.dataset, one.period.text(), one.lastDay});

  delivery::Filter filter;
  filter.provider = provider.code;
  filter.limit = kDeliveriesOnTheStatusPage;
  std::map<std::pair<std::string, std::string>, mail::ProviderStatus::Accepted> accepted;
  std::map<std::pair<std::string, std::string>, mail::ProviderStatus::Wrong> wrong;
  for (const delivery::Delivery& each : delivery::list(connection, filter)) {  // oldest first: later ones win
    const std::pair key(each.dataset.value_or(""), each.period.value_or(each.file));
    const Instant at = each.processed.value_or(each.firstSeen);
    switch (each.state) {
      case DeliveryState::accepted:
        accepted[key] = {key.first, key.second, each.id, each.file, at, each.loaded.value_or(0)};
        wrong.erase(key);
        break;
      case DeliveryState::rejected:
      case DeliveryState::quarantined:
      case DeliveryState::held:
        wrong[key] = {each.file, each.id, each.code.value_or(""), at};
        break;
      case DeliveryState::receiving:
      case DeliveryState::waiting:
      case DeliveryState::queued:
        status.waiting.push_back({each.file, std::string(toString(each.state)),
                                  each.state == DeliveryState::waiting ? "wacht op de andere helft of op rust" : ""});
        break;
      case DeliveryState::superseded:
        break;
    }
  }
  for (auto& [key, value] : accepted) status.accepted.push_back(std::move(value));
  for (auto& [key, value] : wrong) status.wrong.push_back(std::move(value));
  return status;
}

}  // namespace sluis::run
