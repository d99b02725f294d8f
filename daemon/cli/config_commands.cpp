#include <fmt/format.h>

#include <map>
#include <string>
#include <vector>

#include "cli/commands.h"
#include "cli/output.h"
#include "dataset/definition.h"
#include "validate/rules.h"

namespace sluis::cli {

namespace {

int check(Session& session) {
  const auto& config = session.config();
  // What the configuration leads to is part of it: a dataset with a mistake stops the daemon as well.
  const auto definitions = dataset::Definitions::load(config.datasets, config.codelists);
  validate::requireKnownRules(definitions);
  if (session.json) {
    Json datasets = Json::array();
    for (const auto& one : definitions.all())
      datasets.push_back({{"dataset", one.dataset()}, {"version", one.version()}, {"rules", one.rules().size()}});
    Json lists = Json::object();
    for (const auto& [name, list] : definitions.codeLists()) lists[name] = list->codes().size();
    printJson(Json{{"config", config.file.string()}, {"datasets", datasets}, {"codelists", lists}});
    return kGood;
  }
  std::map<std::string, std::vector<std::string>> versions;
  for (const auto& one : definitions.all()) versions[one.dataset()].push_back(one.version());
  printLine(config.file.string() + " is good");
  for (const auto& [dataset, numbers] : versions)
    printLine(fmt::format("{}: version {}, without overlap or gap", dataset, fmt::join(numbers, ", ")));
  std::size_t codes = 0;
  for (const auto& [name, list] : definitions.codeLists()) codes += list->codes().size();
  printLine(fmt::format("{} code lists with {} codes, consistent", definitions.codeLists().size(), codes));
  return kGood;
}

int show(Session& session) {
  print(config::show(session.config()));
  return kGood;
}

}  // namespace

void addConfigCommands(Command program, Session& session) {
  Command group = program.group("config", "Look at the configuration");
  group.command(session, "check", "Name every mistake in the configuration and the datasets, with its line",
                "sluis config check --config /etc/sluis/sluis.yaml", [&session] { return check(session); });
  group.command(session, "show", "Print what is in force, defaults included; secrets as paths", "sluis config show",
                [&session] { return show(session); });
}

}  // namespace sluis::cli
