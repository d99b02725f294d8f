#include <fmt/format.h>

#include <charconv>
#include <cstdio>
#include <memory>

#include "base/error.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "cli/report_attack.h"
#include "cli/report_output.h"
#include "control/client.h"
#include "ptable/ptable.h"
#include "report/json.h"
#include "report/texts.h"

namespace sluis::cli {

namespace {

struct Options {
  std::vector<std::string> filters;
  std::string by;
  std::string as;
  std::string snapshot;
  std::string format;
  std::string language;
  std::string output;
  std::string domain;
  std::int64_t max = 5;
  std::string variance = "3";
  std::int64_t js = 2;
};

using Progress = std::function<void(const std::string& text)>;

/// To standard error: what is printed is the answer.
Progress progressOf(const Session& session) {
  if (session.json) return {};
  return [](const std::string& text) { fmt::print(stderr, "{}\n", text); };
}

report::Format formatOf(const Session& session, const Options& options) {
  if (session.json && options.format.empty()) return report::Format::json;
  const report::Format format = formatFor(options.format, options.output);
  if (session.json && format != report::Format::json)
    throw Error(ErrorKind::usage, "--json and another --format do not go together");
  return format;
}

int show(Session& session, report::Indicator indicator, const Options& options) {
  const report::Format format = formatOf(session, options);
  nlohmann::json filters = nlohmann::json::array();
  for (const std::string& filter : options.filters) {
    const auto equals = filter.find('=');
    if (equals == std::string::npos)
      throw Error(ErrorKind::usage, "a filter is written NAME=VALUE", "for instance --filter verwijzer=02");
    filters.push_back({filter.substr(0, equals), filter.substr(equals + 1)});
  }
  const auto answer = control::ask(session.figures(), "report", {},
                                   {{"indicator", report::toString(indicator)},
                                    {"as", options.as},
                                    {"filters", filters},
                                    {"by", options.by},
                                    {"snapshot", options.snapshot},
                                    {"language", options.language}});
  const auto outcome = report::outcomeFrom(answer.at("outcome"));
  if (!outcome)
    throw Error(ErrorKind::protocol, "sluis-figures answered with something that is no outcome: " + outcome.error(),
                "are sluis and sluis-figures of the same version?");
  putOut(*outcome, format, options.output);
  return kGood;
}

int makeSnapshots(Session& session, const Options& options) {
  nlohmann::json arguments = nlohmann::json::object();
  if (!options.domain.empty()) arguments["domain"] = options.domain;
  const Json answer = Json(control::ask(session.daemon(), "snapshot", progressOf(session), arguments));
  const Json snapshots = answer.value("snapshots", Json::array());
  if (session.json) printJson(snapshots);
  int code = kGood;
  Table table({"municipality", "snapshot", "published", "why not"});
  for (const Json& each : snapshots) {
    const bool none = !each.contains("id") || each.at("id").is_null() || each.at("id") == "";
    if (none) code = kNegative;
    table.add({each.value("domain", ""), none ? "" : each.at("id").get<std::string>(),
               each.value("published", false) ? "yes" : "no", each.value("reason", "")});
  }
  if (!session.json) print(table.text("there are no records to make a snapshot of"));
  return code;
}

int list(Session& session) {
  const auto rows = session.database().exec(
      "SELECT id, domain, made, run, most_dimensions, withheld, published, erased, erased_by"
      " FROM report.snapshot ORDER BY domain, published, id");
  Json json = Json::array();
  Table table({"snapshot", "records of", "dimensions", "withheld", "published", "erased"});
  for (const auto row : rows) {
    json.push_back({{"id", row.text("id")},
                    {"domain", row.text("domain")},
                    {"made", toRfc3339(row.get<Instant>("made"))},
                    {"run", orNull(row.maybe<std::int64_t>("run"))},
                    {"most_dimensions", row.integer("most_dimensions")},
                    {"withheld", row.integer("withheld")},
                    {"published", toRfc3339(row.get<Instant>("published"))},
                    {"erased", orNull(row.maybe<Instant>("erased"))},
                    {"erased_by", orNull(row.maybe<std::string>("erased_by"))}});
    table.add({row.text("id"), localTime(row.get<Instant>("made")), row.text("most_dimensions"), row.text("withheld"),
               localTime(row.get<Instant>("published")), localTime(row.maybe<Instant>("erased"))});
  }
  if (session.json)
    printJson(json);
  else
    print(table.text("no snapshot was published yet; type: sluis report snapshot"));
  return kGood;
}

int erase(Session& session, const Options& options) {
  const Json answer =
      Json(control::ask(session.daemon(), "erase-snapshot", progressOf(session), {{"id", options.snapshot}}));
  if (session.json)
    printJson(answer);
  else
    printLine(fmt::format("the snapshot {} is erased: figures of it can never be made again", options.snapshot));
  return kGood;
}

int attack(Session& session, const Options& options) {
  const Json answer =
      Json(control::ask(session.figures(), "attack", progressOf(session), {{"snapshot", options.snapshot}}));
  const Json& attacks = answer.at("attacks");
  bool held = true;
  for (const Json& each : attacks)
    for (const Json& kind : each.at("attacks")) held = held && kind.at("after").at("above").get<std::uint64_t>() == 0;
  if (session.json) {
    printJson(attacks);
  } else {
    bool first = true;
    for (const Json& each : attacks) {
      if (!std::exchange(first, false)) printLine("");
      print(attackText(each));
    }
  }
  return held ? kGood : kNegative;
}

int makeTable(const Options& options) {
  double variance = 0;
  const char* end = options.variance.data() + options.variance.size();
  if (const auto read = std::from_chars(options.variance.data(), end, variance);
      read.ec != std::errc{} || read.ptr != end)
    throw Error(ErrorKind::usage, "--variance wants a number", "for instance 3 or 2.5");
  const auto table = ptable::PerturbationTable::make(
      {.bound = static_cast<int>(options.max), .variance = variance, .js = static_cast<int>(options.js)});
  putOut(table.text(), options.output);
  return kGood;
}

void addIndicator(Command group, Session& session, report::Indicator indicator) {
  auto options = std::make_shared<Options>();
  const std::string word(report::toString(indicator));
  Command command = group.command(session, word, std::string(report::titleOf(indicator)),
                                  fmt::format("sluis report {} --filter verwijzer=02 --by aanbieder", word),
                                  [&session, indicator, options] { return show(session, indicator, *options); });
  command.option(
      "--filter", options->filters,
      "Only these: start-from=2026Q1, verwijzer=02, …; may be repeated. A wrong name is answered with the right ones",
      {.type = "NAME=VALUE"});
  command.option("--by", options->by, "One row for each value of it; hulpvorm when not given", {.type = "DIMENSION"});
  command.option("--as", options->as, "As municipality:GM0034 or provider:P0001 sees it; as the TTP when not given",
                 {.type = "WHO"});
  command.option("--snapshot", options->snapshot, "An older one; the newest when not given", {.type = "ID"});
  command.option("--format", options->format,
                 "text, json, csv, xlsx, html or svg; what --output ends in, or text, when not given",
                 {.type = "FORMAT"});
  command.option("--output", options->output, "Into this file", {.type = "FILE"});
  command.option("--language", options->language, "Of the words around the figures: nl or en; nl when not given",
                 {.type = "LANGUAGE"});
}

void addSnapshotCommands(Command group, Session& session) {
  auto options = std::make_shared<Options>();
  Command make =
      group.command(session, "snapshot", "Make snapshots now; returns when they are published or refused",
                    "sluis report snapshot", [&session, options] { return makeSnapshots(session, *options); });
  make.option("--municipality", options->domain, "Only of this one; all that have records when not given",
              {.type = "CODE"});
  group.command(session, "snapshots", "Which snapshots were published", "sluis report snapshots",
                [&session] { return list(session); });
  auto erased = std::make_shared<Options>();
  Command remove =
      group.command(session, "erase", "Erase a published snapshot, for good", "sluis report erase GM0034-000001",
                    [&session, erased] { return erase(session, *erased); });
  remove.option("id", erased->snapshot, "Its id", {.type = "ID", .required = true});
}

}  // namespace

void addReportCommands(Command program, Session& session) {
  Command group = program.group("report", "The figures: what the data say, and nothing about a child");
  for (const report::Indicator indicator : report::kIndicators) addIndicator(group, session, indicator);
  addSnapshotCommands(group, session);
  auto attacked = std::make_shared<Options>();
  Command play = group.command(session, "attack", "Play the intruder on a snapshot: what its figures give away",
                               "sluis report attack", [&session, attacked] { return attack(session, *attacked); });
  play.option("--snapshot", attacked->snapshot, "An older one; the newest of each municipality when not given",
              {.type = "ID"});
  auto made = std::make_shared<Options>();
  Command table = group.command(session, "ptable", "Make a perturbation table: the noise of the figures",
                                "sluis report ptable --max 5 --variance 3 --js 2 --output d5-v3-js2.txt",
                                [made] { return makeTable(*made); });
  table.option("--max", made->max, "The largest change of a count",
               {.type = "D", .showDefault = true, .least = 1, .most = 100});
  table.option("--variance", made->variance, "Of the change", {.type = "V", .showDefault = true});
  table.option("--js", made->js, "Nothing from 1 to this is ever published",
               {.type = "J", .showDefault = true, .most = 100});
  table.option("--output", made->output, "Into this file", {.type = "FILE"});
}

}  // namespace sluis::cli
