#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "base/error.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "cli/registration.h"
#include "control/client.h"
#include "delivery/delivery.h"
#include "delivery/findings.h"
#include "delivery/reason.h"
#include "model/period.h"
#include "model/refusal.h"

namespace sluis::cli {

namespace {

struct Options {
  std::string provider;
  std::string period;
  std::string state;
  std::int64_t limit = 0;
  std::string id;
  std::string reason;
};

delivery::Filter filterOf(const Options& options) {
  delivery::Filter filter;
  if (!options.provider.empty()) filter.provider = canonicalCode(options.provider);
  if (!options.period.empty()) {
    const auto period = Period::parse(options.period);
    if (!period)
      throw Error(ErrorKind::usage, fmt::format("\"{}\" is no period", options.period),
                  "write it as 2026H1, 2026Q3, 2026-10 or 2026");
    filter.period = period->text();
  }
  if (!options.state.empty()) {
    filter.state = delivery::stateFrom(options.state);
    if (!filter.state)
      throw Error(ErrorKind::usage, fmt::format("\"{}\" is no state", options.state),
                  "one of: receiving waiting queued accepted rejected held superseded quarantined");
  }
  if (options.limit > 0) filter.limit = static_cast<std::size_t>(options.limit);
  return filter;
}

int list(Session& session, const Options& options) {
  const auto deliveries = delivery::list(session.database(), filterOf(options));
  if (session.json) {
    Json json = Json::array();
    for (const auto& each : deliveries)
      json.push_back({{"id", each.id},
                      {"provider", each.provider},
                      {"file", each.file},
                      {"dataset", orNull(each.dataset)},
                      {"period", orNull(each.period)},
                      {"state", toString(each.state)},
                      {"code", orNull(each.code)},
                      {"received", orNull(each.received)},
                      {"processed", orNull(each.processed)},
                      {"records", orNull(each.records)}});
    printJson(json);
    return kGood;
  }
  Table table({"id", "provider", "file", "state", "code", "received", "processed", "records"});
  for (const auto& each : deliveries)
    table.add({each.id, each.provider, each.file, std::string(toString(each.state)), each.code.value_or(""),
               localTime(each.received), localTime(each.processed), each.records ? std::to_string(*each.records) : ""});
  print(table.text("no deliveries"));
  return kGood;
}

std::string counted(const std::optional<std::uint64_t>& value) {
  return value ? std::to_string(*value) : "";
}

Json wholeJson(const delivery::Delivery& each, const std::vector<delivery::RuleCount>& counts) {
  Json json = {{"id", each.id},
               {"provider", each.provider},
               {"file", each.file},
               {"dataset", orNull(each.dataset)},
               {"period", orNull(each.period)},
               {"state", toString(each.state)},
               {"code", orNull(each.code)},
               {"detail", orNull(each.detail)},
               {"test", each.trial},
               {"size", orNull(each.size)},
               {"sha256", each.sha256 ? Json(toHex(*each.sha256)) : Json(nullptr)},
               {"signature", orNull(each.signatureKind)},
               {"signer", orNull(each.signerFingerprint)},
               {"received", orNull(each.received)},
               {"queued", orNull(each.queuedAt)},
               {"processed", orNull(each.processed)},
               {"run", orNull(each.run)},
               {"records", orNull(each.records)},
               {"wrong_records", orNull(each.wrongRecords)},
               {"loaded", orNull(each.loaded)},
               {"replaced", orNull(each.replaced)},
               {"deleted", orNull(each.deleted)},
               {"errors", orNull(each.errors)},
               {"warnings", orNull(each.warnings)},
               {"detected", orNull(each.detected)},
               {"replaces", orNull(each.replaces)},
               {"superseded_by", orNull(each.supersededBy)}};
  json["counts"] = Json::object();
  for (const auto& count : counts) json["counts"][count.rule] = count.count;
  return json;
}

int show(Session& session, const Options& options) {
  auto& database = session.database();
  const auto found = delivery::find(database, options.id);
  if (!found)
    throw Error(ErrorKind::usage, fmt::format("there is no delivery \"{}\"", options.id), "type: sluis delivery list");
  const auto counts = delivery::findingCounts(database, found->id);
  if (session.json) {
    printJson(wholeJson(*found, counts));
    return kGood;
  }
  Sheet sheet;
  sheet.add("delivery", found->id + (found->trial ? " (test)" : ""));
  sheet.add("provider", found->provider);
  sheet.add("file", found->file);
  sheet.add("dataset", found->dataset);
  sheet.add("period", found->period);
  sheet.add("state", std::string(toString(found->state)));
  sheet.add("code", found->code);
  if (found->code)
    if (const auto* kind = findRefusalKind(*found->code)) sheet.add("means", std::string(kind->english));
  sheet.add("detail", found->detail);
  sheet.add("size", counted(found->size));
  if (found->sha256) sheet.add("sha256", toHex(*found->sha256));
  if (found->signatureKind)
    sheet.add("signed", fmt::format("{} {}", *found->signatureKind, found->signerFingerprint.value_or("")));
  sheet.add("received", localTime(found->received));
  sheet.add("processed", localTime(found->processed));
  sheet.add("run", found->run ? std::optional(std::to_string(*found->run)) : std::nullopt);
  sheet.add("read as", found->detected);
  if (found->records)
    sheet.add("records", fmt::format("{} ({} wrong), loaded {}, replaced {}, deleted {}", *found->records,
                                     found->wrongRecords.value_or(0), found->loaded.value_or(0),
                                     found->replaced.value_or(0), found->deleted.value_or(0)));
  for (const auto& count : counts)
    sheet.add("finding", fmt::format("{} {} {}×", count.rule, count.severity, count.count));
  sheet.add("replaces", found->replaces);
  sheet.add("superseded by", found->supersededBy);
  print(sheet.text());
  return kGood;
}

int decide(Session& session, const Options& options, const char* decision) {
  const bool plain = std::ranges::all_of(options.id, [](char c) { return c > ' ' && c < 0x7f; });
  if (!plain) throw Error(ErrorKind::usage, "that is no delivery's id", "it looks like D000123");
  delivery::checkReason(options.reason);  // sluisd does as well; what is not UTF-8 would not get there
  Json answer = Json(control::ask(session.daemon(), decision, {}, {{"id", options.id}, {"reason", options.reason}}));
  if (session.json) {
    printJson(answer);
  } else if (answer.value("state", "") == "queued") {
    printLine(fmt::format("{} is released: the run of {} loads it, {} earlier records will vanish",
                          answer.value("id", ""), answer.value("next_run", ""), answer.value("deleted", 0)));
    printLine("To load it at once: sluis run now");
  } else {
    printLine(fmt::format("{} is rejected; its provider is told", answer.value("id", "")));
  }
  return kGood;
}

}  // namespace

void addDeliveryCommands(Command program, Session& session) {
  Command group = program.group("delivery", "What was delivered, and what became of it");
  auto options = std::make_shared<Options>();
  Command all = group.command(session, "list", "Deliveries, oldest first; without what was put into test/",
                              "sluis delivery list --provider P0001 --state rejected",
                              [&session, options] { return list(session, *options); });
  all.option("--provider", options->provider, "Of one provider", {.type = "CODE"});
  all.option("--period", options->period, "Of one period", {.type = "PERIOD"});
  all.option("--state", options->state, "In one state", {.type = "STATE"});
  all.option("--limit", options->limit, "Only the newest so many", {.type = "N"});
  Command one = group.command(session, "show", "One delivery: verdict, counts, digest, signer",
                              "sluis delivery show D000123", [&session, options] { return show(session, *options); });
  one.option("id", options->id, "D000123", {.type = "ID", .required = true});
  const auto decision = [&](const char* name, const char* description, const char* why) {
    Command command =
        group.command(session, name, description, fmt::format("sluis delivery {} D000123 --reason \"{}\"", name, why),
                      [&session, options, name] { return decide(session, *options, name); });
    command.option("id", options->id, "D000123", {.type = "ID", .required = true});
    command.option("--reason", options->reason, "Why: for the log, and with reject for the provider",
                   {.type = "TEXT", .required = true});
  };
  decision("release", "A held delivery may be loaded after all: by the next run",
           "bevestigd door J. de Vries, telefonisch");
  decision("reject", "A held delivery is not loaded; its provider is told", "verkeerd bestand, volgens de aanbieder");
}

}  // namespace sluis::cli
