#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "audit/verification.h"
#include "base/error.h"
#include "cli/commands.h"
#include "cli/loopback.h"
#include "cli/output.h"
#include "control/client.h"
#include "delivery/delivery.h"
#include "delivery/runs.h"
#include "outbox/outbox.h"
#include "registry/registry.h"

namespace sluis::cli {

namespace {

constexpr int kFailedShown = 10;
constexpr auto kLogUnchecked = std::chrono::hours(50);  // sluisd does it each day

/// What could be asked; a part that is away is named in `problems` and the rest is shown all the same.
struct Health {
  std::optional<Json> daemon;
  std::optional<Json> database;
  std::optional<Json> figures;
  bool gate = false;           ///< whether it takes connections
  std::optional<bool> portal;  ///< whether it takes connections; none = there is none
  std::vector<std::string> problems;
};

Json askDatabase(Session& session, std::vector<std::string>& problems) {
  auto& database = session.database();
  delivery::Filter queued;
  queued.state = DeliveryState::queued;
  delivery::Filter waiting;
  waiting.state = DeliveryState::waiting;
  const auto runs = delivery::runs(database, 1);
  const auto backlog = outbox::backlog(database, session.now());
  Json json = {{"providers", registry::providers(database).size()},
               {"queued", delivery::list(database, queued).size()},
               {"waiting", delivery::list(database, waiting).size()},
               {"last_run", nullptr},
               {"mail",
                {{"pending", backlog.pending},
                 {"delayed", backlog.delayed},
                 {"failed", backlog.failed},
                 {"oldest", orNull(backlog.oldest)},
                 {"last_error", backlog.lastError}}}};
  if (!runs.empty()) {
    const auto& last = runs.back();
    json["last_run"] = {{"id", last.id},
                        {"started", toRfc3339(last.started)},
                        {"finished", orNull(last.finished)},
                        {"outcome", last.outcome ? Json(delivery::toString(*last.outcome)) : Json(nullptr)},
                        {"accepted", last.accepted},
                        {"refused", last.refused}};
    if (last.outcome && *last.outcome != delivery::RunOutcome::done)
      problems.push_back(fmt::format("run {} {}", last.id, delivery::toString(*last.outcome)));
  }
  json["log"] = nullptr;
  if (const auto checked = audit::lastVerification(database)) {
    json["log"] = {{"checked", toRfc3339(checked->at)},
                   {"good", checked->good},
                   {"entries", checked->entries},
                   {"what", checked->what}};
    if (!checked->good)
      problems.push_back(
          fmt::format("the log was NOT whole when it was checked on {}: {}", toRfc3339(checked->at), checked->what));
    else if (session.now() - checked->at > kLogUnchecked)
      problems.push_back(fmt::format("the log was last checked on {}", toRfc3339(checked->at)));
  }
  json["mail"]["failures"] = Json::array();
  for (const auto& failed : outbox::failed(database, session.now(), kFailedShown))
    json["mail"]["failures"].push_back({{"kind", failed.kind},
                                        {"provider", orNull(failed.provider)},
                                        {"delivery", orNull(failed.delivery)},
                                        {"reason", failed.reason},
                                        {"created", toRfc3339(failed.created)}});
  if (backlog.failed > 0) problems.push_back(fmt::format("{} messages could not be delivered", backlog.failed));
  if (backlog.delayed > 0) problems.push_back(fmt::format("{} messages wait for another try", backlog.delayed));
  return json;
}

Health look(Session& session) {
  Health health;
  const control::Peer daemon = session.daemon();
  try {
    Json answer = Json(control::ask(daemon, "status"));
    health.daemon = std::move(answer);
  } catch (const Error& error) {
    health.problems.push_back(error.what());
  }
  try {
    health.database = askDatabase(session, health.problems);
  } catch (const Error& error) {
    health.problems.push_back(error.what());
  }
  try {
    health.figures = Json(control::ask(session.figures(), "status"));
    if (!health.figures->value("log", false))
      health.problems.emplace_back("sluis-figures cannot reach the log: no figure is shown until it can");
  } catch (const Error& error) {
    health.problems.push_back(error.what());
  }
  const auto& gate = session.config().gate;
  health.gate = listens(gate.listen, gate.port);
  if (!health.gate) health.problems.push_back(fmt::format("sluis-gate does not answer on port {}", gate.port));
  if (const auto& portal = session.config().portal; !portal.url.empty()) {
    health.portal = listens(portal.listen, portal.port);
    if (!*health.portal) health.problems.push_back(fmt::format("sluis-portal does not answer on port {}", portal.port));
  }
  return health;
}

std::string field(const Json& json, const char* key) {
  if (!json.contains(key) || json[key].is_null()) return "";
  return json[key].is_string() ? json[key].get<std::string>() : json[key].dump();
}

/// How many municipalities have figures, and how old the oldest and the newest are.
std::string figuresText(const Json& figures) {
  const Json& snapshots = figures.at("snapshots");
  if (snapshots.empty()) return "sluis-figures runs; nothing is published yet";
  std::string oldest = field(snapshots.front(), "made");
  std::string newest = oldest;
  for (const Json& each : snapshots) {
    oldest = std::min(oldest, field(each, "made"));
    newest = std::max(newest, field(each, "made"));
  }
  if (snapshots.size() == 1)
    return fmt::format("sluis-figures runs; snapshot {}, records of {}", field(snapshots.front(), "id"), newest);
  return fmt::format("sluis-figures runs; snapshots of {} municipalities, records of {} to {}", snapshots.size(),
                     oldest, newest);
}

void showText(const Health& health) {
  Sheet sheet;
  sheet.add("health", std::string(health.problems.empty() ? "good" : "look below"));
  if (health.daemon) {
    sheet.add("sluisd", fmt::format("running since {}, version {}, process {}", field(*health.daemon, "started"),
                                    field(*health.daemon, "version"), field(*health.daemon, "pid")));
    sheet.add("next run", field(*health.daemon, "next_run"));
    sheet.add("spool", field(*health.daemon, "spool_bytes") + " bytes");
  }
  if (health.database) {
    const Json& known = *health.database;
    sheet.add("providers", field(known, "providers"));
    sheet.add("deliveries", fmt::format("{} queued, {} waiting", field(known, "queued"), field(known, "waiting")));
    if (!known["last_run"].is_null())
      sheet.add("last run", fmt::format("{} {}: {} accepted, {} refused", field(known["last_run"], "started"),
                                        field(known["last_run"], "outcome"), field(known["last_run"], "accepted"),
                                        field(known["last_run"], "refused")));
    if (!known["log"].is_null())
      sheet.add("log",
                fmt::format("{}, {} entries, checked {}", known["log"].value("good", false) ? "whole" : "NOT whole",
                            field(known["log"], "entries"), field(known["log"], "checked")));
    sheet.add("mail", fmt::format("{} pending, {} delayed, {} failed", field(known["mail"], "pending"),
                                  field(known["mail"], "delayed"), field(known["mail"], "failed")));
    sheet.add("mail error", std::optional(field(known["mail"], "last_error")));
    for (const auto& each : known["mail"]["failures"])
      sheet.add("not delivered", fmt::format("{} {} {}: {}", field(each, "kind"), field(each, "provider"),
                                             field(each, "delivery"), field(each, "reason")));
  }
  sheet.add("gate", std::string(health.gate ? "sluis-gate answers" : "away"));
  if (health.figures) sheet.add("figures", figuresText(*health.figures));
  if (health.portal) sheet.add("portal", std::string(*health.portal ? "sluis-portal answers" : "away"));
  for (const auto& problem : health.problems) sheet.add("problem", problem);
  print(sheet.text());
}

}  // namespace

void addStatusCommand(Command program, Session& session) {
  program.command(session, "status",
                  "One screen: health, queue, runs, mail, gate, figures, portal; 1 when something needs a look",
                  "sluis status", [&session] {
                    const Health health = look(session);
                    if (session.json)
                      printJson(Json{{"good", health.problems.empty()},
                                     {"problems", health.problems},
                                     {"daemon", orNull(health.daemon)},
                                     {"database", orNull(health.database)},
                                     {"gate", health.gate},
                                     {"figures", orNull(health.figures)},
                                     {"portal", orNull(health.portal)}});
                    else
                      showText(health);
                    if (!health.daemon || !health.database) return kEnvironmentFailed;
                    return health.problems.empty() ? kGood : kNegative;
                  });
}

}  // namespace sluis::cli
