// What a TTP sees of the day: runs, the queue, what is held, mail that does not go out, whether the log is whole. An
// operator can release or reject what is held, and start the run; an auditor only looks.
#include <array>

#include <fmt/format.h>

#include "base/error.h"
#include "portal/operations.h"
#include "portal/visit.h"

namespace sluis::portal {

namespace {

constexpr int kRunsShown = 10;
constexpr int kHeldShown = 100;
constexpr int kStuckShown = 20;

/// A decision that was not carried out: shown again where it was typed.
struct Failed {
  std::string delivery{};
  std::string reason{};
  std::string mistake{};  ///< key of words; empty when it is not the reason
  std::optional<Refusal> refusal{};
};

void showRuns(const Visit& visit, postgres::Transaction& transaction, web::Values& values) {
  const auto rows = transaction.exec(
      fmt::format("SELECT id, kind, started, finished, outcome, deliveries, accepted, refused, error FROM portal.run"
                  " ORDER BY id DESC LIMIT {}",
                  kRunsShown));
  values.show("NO_RUNS", rows.empty());
  for (const auto row : rows) {
    web::Values& run = values.add("RUN");
    const std::string outcome = row.text("outcome");
    run.set("RUN_ID", row.integer("id")).set("RUN_KIND", visit.text("ops.run-" + row.text("kind")));
    run.set("RUN_STARTED", visit.time(row.get<Instant>("started")));
    run.set("RUN_FINISHED", visit.time(row.maybe<Instant>("finished")));
    run.set("RUN_OUTCOME", visit.text(outcome.empty()       ? "ops.run-busy"
                                      : outcome == "done"   ? "ops.run-done"
                                      : outcome == "failed" ? "ops.run-failed"
                                                            : "ops.run-broken"));
    run.show("RUN_GOOD", outcome == "done").show("RUN_BUSY", outcome.empty());
    run.show("RUN_BAD", !outcome.empty() && outcome != "done");
    run.set("RUN_DELIVERIES", row.integer("deliveries"));
    run.set("RUN_ACCEPTED", row.integer("accepted")).set("RUN_REFUSED", row.integer("refused"));
    const std::string error = row.text("error");
    if (!error.empty()) run.add("RUN_ERROR").set("RUN_ERROR_TEXT", error);
  }
}

void showQueue(const Visit& visit, postgres::Transaction& transaction, web::Values& values) {
  const auto row = transaction
                       .exec(
                           "SELECT count(*) FILTER (WHERE state = 'queued') AS queued,"
                           " count(*) FILTER (WHERE state IN ('receiving', 'waiting')) AS coming,"
                           " min(queued_at) FILTER (WHERE state = 'queued') AS oldest"
                           " FROM portal.delivery WHERE state IN ('queued', 'receiving', 'waiting')")
                       .only();
  values.set("QUEUED", row.integer("queued")).set("COMING", row.integer("coming"));
  if (const auto oldest = row.maybe<Instant>("oldest")) values.add("OLDEST").set("OLDEST_SINCE", visit.time(*oldest));
}

void showHeld(const Visit& visit, postgres::Transaction& transaction, web::Values& values, const Failed& failed) {
  const auto rows = transaction.exec(fmt::format(
      "SELECT id, provider, file, dataset, period, detail, received, processed, records, deleted FROM portal.delivery"
      " WHERE state = 'held' ORDER BY number LIMIT {}",
      kHeldShown));
  values.show("NONE_HELD", rows.empty());
  for (const auto row : rows) {
    web::Values& held = values.add("HELD");
    const std::string id = row.text("id");
    held.set("HELD_ID", id).set("HELD_PROVIDER", row.text("provider")).set("HELD_FILE", row.text("file"));
    held.set("HELD_WHAT", fmt::format("{} {}", row.text("dataset"), row.text("period")));
    held.set("HELD_SINCE", visit.time(row.maybe<Instant>("processed")));
    held.set("HELD_DETAIL", row.text("detail"));
    const auto count = [&](const char* column) {
      const auto value = row.maybe<std::int64_t>(column);
      return value ? visit.number(static_cast<std::uint64_t>(*value)) : std::string("–");
    };
    held.set("HELD_RECORDS", count("records")).set("HELD_DELETED", count("deleted"));
    if (visit.account().role != account::Role::ttpOperator) continue;
    web::Values& decide = held.add("DECIDE");
    const bool isThis = failed.delivery == id;
    decide.set("REASON", isThis ? failed.reason : std::string());
    if (!isThis || failed.mistake.empty()) continue;
    decide.show("REASON_BAD").add("REASON_ERROR").set("REASON_ERROR_TEXT", visit.text(failed.mistake));
  }
}

void showMail(const Visit& visit, postgres::Transaction& transaction, web::Values& values) {
  const auto row =
      transaction
          .exec(
              "SELECT count(*) FILTER (WHERE state = 'pending') AS pending,"
              " count(*) FILTER (WHERE state = 'pending' AND attempts > 0) AS delayed,"
              " count(*) FILTER (WHERE state = 'failed' AND created > now() - interval '35 days') AS failed"
              " FROM portal.message WHERE state <> 'sent'")
          .only();
  values.set("MAIL_PENDING", row.integer("pending")).set("MAIL_DELAYED", row.integer("delayed"));
  values.set("MAIL_FAILED", row.integer("failed"));
  const auto stuck = transaction.exec(fmt::format(
      "SELECT kind, provider, delivery, state, attempts, next_attempt, last_error, created FROM portal.message"
      " WHERE (state = 'pending' AND attempts > 0) OR (state = 'failed' AND created > now() - interval '35 days')"
      " ORDER BY id DESC LIMIT {}",
      kStuckShown));
  if (stuck.empty()) return;
  web::Values& table = values.add("STUCK");
  for (const auto message : stuck) {
    web::Values& line = table.add("MESSAGE");
    line.set("MESSAGE_KIND", message.text("kind")).set("MESSAGE_PROVIDER", message.text("provider"));
    line.set("MESSAGE_DELIVERY", message.text("delivery")).set("MESSAGE_TRIES", message.integer("attempts"));
    line.set("MESSAGE_SINCE", visit.time(message.get<Instant>("created")));
    line.set("MESSAGE_ERROR", message.text("last_error"));
    line.show("MESSAGE_GIVEN_UP", message.text("state") == "failed");
  }
}

void showLog(const Visit& visit, postgres::Transaction& transaction, web::Values& values) {
  const auto rows = transaction.exec(
      "SELECT at, entries, head, good, what, entries_now FROM portal.audit_state ORDER BY at DESC LIMIT 1");
  values.show("LOG_NEVER", rows.empty());
  if (rows.empty()) return;
  const auto row = rows.only();
  const bool good = row.get<bool>("good");
  web::Values& state = values.add("LOG");
  state.show("LOG_GOOD", good).show("LOG_BAD", !good);
  state.set("LOG_AT", visit.time(row.get<Instant>("at"))).set("LOG_WHAT", row.text("what"));
  state.set("LOG_ENTRIES", visit.number(static_cast<std::uint64_t>(row.integer("entries"))));
  state.set("LOG_NOW", visit.number(static_cast<std::uint64_t>(row.maybe<std::int64_t>("entries_now").value_or(0))));
  state.set("LOG_HEAD", row.text("head"));
}

// Each program is asked for itself: one that is away is a line on the page, and the rest is shown all the same.
void showHealth(const Visit& visit, web::Values& values) {
  try {
    const auto status = visit.askSluisd("status");
    web::Values& up = values.add("SLUISD_UP");
    up.set("SLUISD_VERSION", status.value("version", ""));
    up.show("SLUISD_RUNNING", status.value("run_in_progress", false));
    if (const auto next = instantFrom(status.value("next_run", ""))) up.set("NEXT_RUN", visit.time(*next));
  } catch (const Error&) {
    values.show("SLUISD_AWAY");
  }
  try {
    const auto status = control::ask(visit.services.figures, "status");
    web::Values& up = values.add("FIGURES_UP");
    up.set("FIGURES_COUNT", static_cast<std::int64_t>(status.at("snapshots").size()));
    up.show("FIGURES_NO_LOG", !status.value("log", false));
  } catch (const std::exception&) {
    values.show("FIGURES_AWAY");
  }
}

web::Response show(const Visit& visit, const Failed& failed, int status = 200) {
  web::Values values;
  showRights(visit, values);
  showRefusal(values, failed.refusal);
  visit.services.database.viewing(visit.session->token, [&](postgres::Transaction& transaction) {
    showRuns(visit, transaction, values);
    showQueue(visit, transaction, values);
    showHeld(visit, transaction, values, failed);
    showMail(visit, transaction, values);
    showLog(visit, transaction, values);
    return 0;
  });
  showHealth(visit, values);
  return visit.page("operations", "ops.title", values, status);
}

web::Response decide(const Visit& visit, const char* command, const char* done) {
  Failed failed{.delivery = visit.captured.at(0), .reason = visit.field("reason"), .mistake = {}, .refusal = {}};
  if (failed.reason.empty()) {
    failed.mistake = "ops.reason-missing";
    return show(visit, failed, 422);
  }
  failed.refusal = change(visit, command, {{"id", failed.delivery}, {"reason", failed.reason}});
  if (failed.refusal) return show(visit, failed, failed.refusal->status);
  return visit.redirect("/operations", done);
}

web::Response runNow(const Visit& visit) {
  Failed failed;
  failed.refusal = change(visit, "run", nlohmann::json::object());
  if (failed.refusal) return show(visit, failed, failed.refusal->status);
  return visit.redirect("/operations", "run-asked");
}

}  // namespace

Routes operationsRoutes() {
  using web::Method;
  Routes routes = {
      {Method::get, "/operations", Access::ttp, [](Visit& visit) { return show(visit, {}); }},
      {Method::post, "/operations/run", Access::ttpOperator, [](Visit& visit) { return runNow(visit); }},
      {Method::post, "/operations/deliveries/{}/release", Access::ttpOperator,
       [](Visit& visit) { return decide(visit, "release", "released"); }},
      {Method::post, "/operations/deliveries/{}/reject", Access::ttpOperator,
       [](Visit& visit) { return decide(visit, "reject", "rejected"); }},
  };
  for (auto& route : registerRoutes()) routes.push_back(std::move(route));
  return routes;
}

}  // namespace sluis::portal
