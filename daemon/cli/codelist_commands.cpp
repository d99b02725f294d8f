#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>

#include "base/error.h"
#include "base/file.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "dataset/code_list_import.h"
#include "dataset/definition.h"

namespace sluis::cli {

namespace {

namespace fs = std::filesystem;
using dataset::CodeListChange;
using dataset::CodeListImport;

// Mergers end some tens of codes in a year at most; more is a list of something else, or half a list.
constexpr std::size_t kEndedAtMostPercent = 15;
constexpr std::size_t kEndedAnyway = 5;

struct Options {
  std::string name;
  std::string from;
  std::string asOf;
  std::string list;
  std::string out;
  bool openStart = false;
  bool dryRun = false;
  bool force = false;
};

std::size_t countOf(const CodeListImport& import, CodeListChange::Kind kind) {
  return static_cast<std::size_t>(std::count_if(import.changes.begin(), import.changes.end(),
                                                [&](const CodeListChange& change) { return change.kind == kind; }));
}

std::string summary(const CodeListImport& import) {
  using Kind = CodeListChange::Kind;
  return fmt::format("{} added, {} ended, {} renamed, {} changed", countOf(import, Kind::added),
                     countOf(import, Kind::ended), countOf(import, Kind::renamed), countOf(import, Kind::changed));
}

void requireSane(const CodeListImport& import, bool force) {
  if (force || import.ended <= kEndedAnyway || import.ended * 100 <= import.validBefore * kEndedAtMostPercent) return;
  throw Error(
      ErrorKind::usage,
      fmt::format("the list would end {} of the {} codes that are valid on that day", import.ended, import.validBefore),
      "is it the whole list, and of that day? if so: --force");
}

void show(Session& session, const CodeListImport& import, const std::string& written) {
  if (session.json) {
    Json changes = Json::array();
    for (const CodeListChange& change : import.changes)
      changes.push_back(
          {{"change", toString(change.kind)}, {"code", change.code}, {"name", change.name}, {"detail", change.detail}});
    printJson(Json{{"list", import.list.name},
                   {"codes", import.list.codes.size()},
                   {"changes", changes},
                   {"written", written.empty() ? Json(nullptr) : Json(written)}});
    return;
  }
  Table table({"change", "code", "name", "detail"});
  for (const CodeListChange& change : import.changes)
    table.add({std::string(toString(change.kind)), change.code, change.name, change.detail});
  print(table.text("nothing changes"));
  printLine(summary(import));
  if (!written.empty()) printLine(written + " written; sluisd reads it when it starts");
}

int importList(Session& session, const Options& options) {
  const fs::path file =
      options.list.empty() ? session.config().codelists / (options.name + ".yaml") : fs::path(options.list);
  const auto current = dataset::readCodeList(file.string(), readFile(file));
  if (current.name != options.name)
    throw Error(ErrorKind::usage, fmt::format("{} holds the list {}", file.string(), current.name));
  std::optional<Day> asOf;
  if (!options.asOf.empty() && !(asOf = fromIsoDate(options.asOf)))
    throw Error(ErrorKind::usage, "--as-of is no date", "write it as 2026-01-01");
  const std::string text = readFile(options.from);
  CodeListImport import = dataset::importCodeList(
      current, {.file = options.from, .text = text, .asOf = asOf, .openStart = options.openStart});
  requireSane(import, options.force);
  std::string written;
  if (!options.dryRun && (!import.changes.empty() || !options.out.empty())) {
    written = options.out.empty() ? file.string() : options.out;
    import.list.comment +=
        fmt::format("# {}: imported {}{}: {}.\n", toIsoDate(std::chrono::floor<std::chrono::days>(session.now())),
                    fs::path(options.from).filename().string(), asOf ? " as of " + options.asOf : "", summary(import));
    writeFileDurably(written, dataset::writeCodeList(import.list), 0644);
  }
  show(session, import, written);
  return kGood;
}

int showLists(Session& session) {
  const auto& share = session.layout().share;
  const auto definitions = session.configGiven
                               ? dataset::Definitions::load(session.config().datasets, session.config().codelists)
                               : dataset::Definitions::load(share / "datasets", share / "codelists");
  Json json = Json::array();
  Table table({"list", "codes", "valid today"});
  const Day today = std::chrono::floor<std::chrono::days>(session.now());
  for (const auto& [name, list] : definitions.codeLists()) {
    const auto valid = std::count_if(list->codes().begin(), list->codes().end(),
                                     [&](const dataset::Code& code) { return code.covers(today); });
    json.push_back({{"list", name}, {"codes", list->codes().size()}, {"valid", valid}});
    table.add({name, std::to_string(list->codes().size()), std::to_string(valid)});
  }
  if (session.json)
    printJson(json);
  else
    print(table.text("no code lists"));
  return kGood;
}

}  // namespace

void addCodelistCommands(Command program, Session& session) {
  Command group = program.group("codelist", "Code lists, such as the municipalities");
  group.command(session, "list", "The code lists and how many codes they hold", "sluis codelist list",
                [&session] { return showLists(session); });
  auto options = std::make_shared<Options>();
  Command command = group.command(session, "import", "Bring a published list into one of ours; shows what changes",
                                  "sluis codelist import gemeenten --from gemeenten-2026.csv --as-of 2026-01-01",
                                  [&session, options] { return importList(session, *options); });
  command.option("name", options->name, "The list, such as gemeenten", {.type = "LIST", .required = true});
  command.option("--from", options->from, "The published list: a CSV file", {.type = "FILE", .required = true});
  command.option("--as-of", options->asOf, "The day a yearly list is for", {.type = "DAY"});
  command.option("--list", options->list, "Our list, instead of the one the configuration leads to", {.type = "FILE"});
  command.option("--out", options->out, "Write here instead of over our list", {.type = "FILE"});
  command.flag("--open-start", options->openStart, "New codes are older than that day; from when is not known");
  command.flag("--dry-run", options->dryRun, "Only show what would change");
  command.flag("--force", options->force, "Although the list ends many codes");
}

}  // namespace sluis::cli
