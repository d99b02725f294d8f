#include "figures/attacks.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "base/error.h"
#include "protect/attack.h"

namespace sluis::figures {

namespace {

/// "uitval hulpvorm=02 verwijzer=01, part 03: 7" -> "uitval hulpvorm verwijzer".
std::string kindOf(const std::string& text) {
  std::string kind;
  bool isValue = false;
  for (const char c : text.substr(0, text.find_first_of(",:"))) {
    isValue = c != ' ' && (isValue || c == '=');
    if (!isValue) kind += c;
  }
  return kind;
}

// Which cells are withheld, and that two differ by one child, is true and published nowhere; so is the answer.
protect::Finding withoutValues(const protect::Finding& finding) {
  if (finding.confidence == 0) return {};
  protect::Finding kind;
  kind.confidence = finding.confidence;
  kind.linear = finding.linear;
  kind.cell = kindOf(finding.cell);
  kind.claim = "is one value; which, and of what, is not said";
  for (const std::string& witness : finding.witnesses)
    if (witness.find('=') != std::string::npos) kind.witnesses.push_back(kindOf(witness));
  return kind;
}

nlohmann::json jsonOf(const protect::Finding& finding) {
  return {{"confidence", finding.confidence},
          {"linear", finding.linear},
          {"cell", finding.cell},
          {"claim", finding.claim},
          {"witnesses", finding.witnesses}};
}

nlohmann::json jsonOf(const protect::Attacked& attacked, bool withValues) {
  const auto& strongest = attacked.strongest;
  return {{"tried", attacked.tried},
          {"above", attacked.above},
          {"strongest", jsonOf(withValues ? strongest : withoutValues(strongest))}};
}

/// The one published before it, as far as it is kept and whole.
InService before(const protect::Published& published, Snapshots& snapshots) {
  const snapshot::Facts& facts = published.snapshot->facts();
  const auto ids = snapshots.ids(facts.domain);
  const auto at = std::find(ids.begin(), ids.end(), facts.id);
  if (at == ids.begin() || at == ids.end()) return nullptr;
  try {
    return snapshots.find(*(at - 1));
  } catch (const Error&) {
    return nullptr;
  }
}

}  // namespace

nlohmann::json jsonOf(const protect::AttackReport& report) {
  nlohmann::json attacks = nlohmann::json::array();
  for (const protect::Attack attack : protect::kAttacks) {
    const auto at = static_cast<std::size_t>(attack);
    // Without a snapshot before there is no change to look at.
    if (attack == protect::Attack::change && report.previous.empty()) continue;
    // What is left after withholding anybody can work out, but for which cells are one child apart.
    const bool isOfPairs = attack == protect::Attack::differencing || attack == protect::Attack::subtraction;
    const bool isOverLimit = report.after[at].strongest.confidence > report.limit;
    attacks.push_back({{"attack", protect::toString(attack)},
                       {"before", jsonOf(report.before[at], false)},
                       {"after", jsonOf(report.after[at], !isOfPairs && !isOverLimit)}});
  }
  nlohmann::json shares = nlohmann::json::array();
  for (std::size_t dimensions = 1; dimensions < report.shares.size(); ++dimensions)
    shares.push_back({{"dimensions", dimensions},
                      {"shown", report.shares[dimensions].shown},
                      {"withheld", report.shares[dimensions].withheld}});
  return {{"snapshot", report.snapshot},
          {"previous", report.previous.empty() ? nlohmann::json(nullptr) : nlohmann::json(report.previous)},
          {"limit", report.limit},
          {"attacks", attacks},
          {"shares", shares},
          {"most_dimensions", report.withheld.mostDimensions},
          {"withheld", report.withheld.cells.size()},
          {"rounds", report.rounds},
          {"sampled", report.sampled},
          {"seconds", report.seconds}};
}

nlohmann::json attackSnapshots(const AttackRequest& request, Snapshots& snapshots, ViewLog& log) {
  std::vector<InService> chosen;
  if (!request.snapshot.empty()) {
    chosen.push_back(snapshots.find(request.snapshot));
  } else {
    for (const std::string& domain : snapshots.domains())
      if (InService newest = snapshots.newest(domain)) chosen.push_back(std::move(newest));
  }
  if (chosen.empty())
    throw Error(ErrorKind::usage, "there is no published snapshot to attack", "type: sluis report snapshot");
  nlohmann::json reports = nlohmann::json::array();
  for (const InService& each : chosen) {
    const protect::Published& published = each->front();
    const snapshot::Facts& facts = published.snapshot->facts();
    log.append({.what = "report.attacked",
                .at = SystemClock().now(),
                .subject = facts.domain,
                .system = "sluis-figures",
                .actor = request.actor,
                .responsible = "TTP",
                .details = {{"snapshot", facts.id}}});
    protect::AttackOptions options;
    options.limit = request.limit;
    options.threads = request.threads;
    const InService previous = before(published, snapshots);
    if (previous) {
      options.previous = previous->front().snapshot.get();
      options.previousWithheld = &previous->front().withheld;
      options.previousTable = &previous->front().table;
    }
    options.progress = [&](std::string_view line) { request.progress(fmt::format("{}: {}", facts.id, line)); };
    reports.push_back(jsonOf(protect::attack(*published.snapshot, published.table, options)));
  }
  return reports;
}

}  // namespace sluis::figures
