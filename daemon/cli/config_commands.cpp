#include "cli/commands.h"
#include "cli/output.h"
#include "dataset/definition.h"

namespace sluis::cli {

namespace {

int check(Session& session) {
  const auto& config = session.config();
  // What the configuration leads to is part of it: a dataset with a mistake stops the daemon as well.
  dataset::Definitions::load(config.datasets, config.codelists);
  printLine(config.file.string() + " is good");
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
