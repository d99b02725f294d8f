#include <fmt/format.h>
#include <unistd.h>

#include <memory>

#include "base/error.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "control/client.h"
#include "delivery/delivery.h"
#include "delivery/runs.h"

namespace sluis::cli {

namespace {

Json toJson(const delivery::Run& run) {
  return {{"id", run.id},
          {"kind", delivery::toString(run.kind)},
          {"due", orNull(run.due)},
          {"started", toRfc3339(run.started)},
          {"finished", orNull(run.finished)},
          {"outcome", run.outcome ? Json(delivery::toString(*run.outcome)) : Json(nullptr)},
          {"deliveries", run.deliveries},
          {"accepted", run.accepted},
          {"refused", run.refused},
          {"error", orNull(run.error)}};
}

int now(Session& session) {
  const bool tell = !session.json;
  Json answer = Json(control::ask(session.daemon(), "run", [tell](const std::string& text) {
    if (!tell) return;
    printLine(text);
    std::fflush(stdout);
  }));
  const std::string outcome = answer.value("outcome", "");
  if (session.json) {
    printJson(answer);
  } else {
    const Json messages = answer.value("messages", Json::object());
    printLine(fmt::format("messages: {} sent, {} waiting, {} failed", messages.value("sent", 0),
                          messages.value("later", 0), messages.value("failed", 0)));
    if (answer.contains("error_detail")) printLine(answer.value("error_detail", ""));
  }
  return outcome == delivery::toString(delivery::RunOutcome::done) ? kGood : kEnvironmentFailed;
}

int list(Session& session, std::int64_t limit) {
  const auto runs = delivery::runs(session.database(), static_cast<std::size_t>(limit));
  if (session.json) {
    Json json = Json::array();
    for (const auto& run : runs) json.push_back(toJson(run));
    printJson(json);
    return kGood;
  }
  Table table({"id", "kind", "started", "finished", "outcome", "deliveries", "accepted", "refused"});
  for (const auto& run : runs)
    table.add({std::to_string(run.id), std::string(delivery::toString(run.kind)), localTime(run.started),
               localTime(run.finished), run.outcome ? std::string(delivery::toString(*run.outcome)) : "running",
               std::to_string(run.deliveries), std::to_string(run.accepted), std::to_string(run.refused)});
  print(table.text("no runs yet"));
  return kGood;
}

int show(Session& session, std::int64_t id) {
  auto& database = session.database();
  const auto run = delivery::findRun(database, id);
  if (!run) throw Error(ErrorKind::usage, fmt::format("there is no run {}", id), "type: sluis run list");
  delivery::Filter filter;
  filter.run = id;
  const auto deliveries = delivery::list(database, filter);
  if (session.json) {
    Json json = toJson(*run);
    json["items"] = Json::array();
    for (const auto& each : deliveries)
      json["items"].push_back({{"id", each.id},
                               {"provider", each.provider},
                               {"file", each.file},
                               {"state", toString(each.state)},
                               {"code", orNull(each.code)},
                               {"records", orNull(each.records)}});
    printJson(json);
    return kGood;
  }
  Sheet sheet;
  sheet.add("run", std::to_string(run->id));
  sheet.add("kind", std::string(delivery::toString(run->kind)));
  sheet.add("due", localTime(run->due));
  sheet.add("started", localTime(run->started));
  sheet.add("finished", localTime(run->finished));
  sheet.add("outcome", run->outcome ? std::string(delivery::toString(*run->outcome)) : "running");
  sheet.add("error", run->error);
  print(sheet.text());
  Table table({"delivery", "provider", "file", "state", "code", "records"});
  for (const auto& each : deliveries)
    table.add({each.id, each.provider, each.file, std::string(toString(each.state)), each.code.value_or(""),
               each.records ? std::to_string(*each.records) : ""});
  print(table.text("nothing was queued"));
  return kGood;
}

}  // namespace

void addRunCommands(Command program, Session& session) {
  Command group = program.group("run", "The daily run");
  group.command(session, "now", "What the clock would do, at once; returns when mail has been tried once",
                "sluis run now", [&session] { return now(session); });
  auto limit = std::make_shared<std::int64_t>(50);
  Command all = group.command(session, "list", "Runs, oldest first", "sluis run list --limit 10",
                              [&session, limit] { return list(session, *limit); });
  all.option("--limit", *limit, "Only the newest so many", {.type = "N", .showDefault = true});
  auto id = std::make_shared<std::int64_t>(0);
  Command one = group.command(session, "show", "One run and its deliveries", "sluis run show 12",
                              [&session, id] { return show(session, *id); });
  one.option("id", *id, "Its number in the list", {.type = "ID", .required = true});
}

}  // namespace sluis::cli
