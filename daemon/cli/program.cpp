#include <CLI/CLI.hpp>

#include <cstdio>

#include <fmt/format.h>

#include "base/error.h"
#include "base/log.h"
#include "cli/commands.h"
#include "cli/output.h"

namespace sluis::cli {

namespace {

constexpr const char* kExitCodes =
    "Exit codes: 0 good, 1 a negative verdict, 2 wrong use, 3 the environment failed.\n"
    "Every listing takes --json.";

void say(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stderr);
}

/// The command that was typed as far as it was understood: "sluis provider add", and what there is to type after it.
struct Typed {
  std::string name;
  std::string possible;  ///< empty where a command was understood to its end
};

Typed typedCommand(const CLI::App& program) {
  Typed typed{program.get_name(), {}};
  const CLI::App* at = &program;
  for (auto subcommands = at->get_subcommands(); !subcommands.empty(); subcommands = at->get_subcommands()) {
    at = subcommands.front();
    typed.name += " " + at->get_name();
  }
  for (const CLI::App* each : at->get_subcommands([](const CLI::App*) { return true; }))
    typed.possible += (typed.possible.empty() ? "" : ", ") + each->get_name();
  return typed;
}

int parse(CLI::App& program, int argc, char** argv) {
  try {
    program.parse(argc, argv);
    return kGood;
  } catch (const CLI::CallForHelp&) {
    print(program.help());
    return -1;
  } catch (const CLI::CallForAllHelp&) {
    print(program.help("", CLI::AppFormatMode::All));
    return -1;
  } catch (const CLI::CallForVersion&) {
    printLine("sluis " SLUIS_VERSION);
    return -1;
  } catch (const CLI::ParseError& error) {
    const Typed typed = typedCommand(program);
    const std::string what =
        typed.possible.empty() ? error.what() : fmt::format("after {} comes one of: {}", typed.name, typed.possible);
    say(fmt::format("sluis: {}\nFor how to use it, type: {} --help\n", what, typed.name));
    return kWrongUse;
  }
}

int act(const Session& session) {
  try {
    return session.action();
  } catch (const config::Invalid& invalid) {
    for (const auto& message : invalid.messages()) say(message + "\n");
    return kEnvironmentFailed;
  } catch (const Error& error) {
    say(fmt::format("sluis: {}\n", error.message()));
    if (!error.hint().empty()) say(fmt::format("       {}\n", error.hint()));
    return error.kind() == ErrorKind::usage ? kWrongUse : kEnvironmentFailed;
  }
}

}  // namespace

int runProgram(int argc, char** argv) {
  log::setProgram("sluis");
  log::setLevel(log::Level::warning);
  Session session;
  CLI::App program("Sluis: administration, operation and checking of deliveries", "sluis");
  program.footer(kExitCodes);
  program.set_version_flag("--version", "");
  CLI::Option* config =
      program.add_option("--config", session.configFile, "The configuration; before or after the command");
  config->type_name("FILE")->capture_default_str();
  program.add_flag("--json", session.json, "One JSON value instead of text");
  program.require_subcommand(1);
  program.fallthrough();
  const Command commands(program);
  addConfigCommands(commands, session);
  addDatabaseCommands(commands, session);
  addProviderCommands(commands, session);
  addAgreementCommands(commands, session);
  addValidateCommand(commands, session);
  addSampleCommand(commands, session);
  addDeliveryCommands(commands, session);
  addRunCommands(commands, session);
  addAuditCommands(commands, session);
  addRulesCommand(commands, session);
  addCodelistCommands(commands, session);
  addKeyCommands(commands, session);
  addReportCommands(commands, session);
  addAccountCommands(commands, session);
  addApplicationCommands(commands, session);
  addStatusCommand(commands, session);
  addSandboxCommands(commands, session);
  const int parsed = parse(program, argc, argv);
  if (parsed != kGood) return parsed < 0 ? kGood : parsed;
  session.configGiven = config->count() > 0;
  try {
    const int code = act(session);
    if (std::fflush(stdout) != 0) throwErrno("cannot write the output");
    return code;
  } catch (const std::exception& error) {
    say(fmt::format("sluis: {}\n", error.what()));
    return kEnvironmentFailed;
  }
}

}  // namespace sluis::cli
