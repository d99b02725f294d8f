// The commands of `sluis`, a file for each group. Each function hangs its group under the program; what a command then
// does is Session::action.
#pragma once

#include <CLI/CLI.hpp>

#include <functional>
#include <string>

#include "cli/session.h"

namespace sluis::cli {

void addConfigCommands(CLI::App& program, Session& session);
void addDatabaseCommands(CLI::App& program, Session& session);
void addProviderCommands(CLI::App& program, Session& session);
void addAgreementCommands(CLI::App& program, Session& session);
void addValidateCommand(CLI::App& program, Session& session);
void addDeliveryCommands(CLI::App& program, Session& session);
void addRunCommands(CLI::App& program, Session& session);
void addAuditCommands(CLI::App& program, Session& session);
void addRulesCommand(CLI::App& program, Session& session);
void addKeyCommands(CLI::App& program, Session& session);
void addStatusCommand(CLI::App& program, Session& session);
void addSandboxCommands(CLI::App& program, Session& session);

/// A group ("provider") that needs one of its commands.
CLI::App& addGroup(CLI::App& program, const std::string& name, const std::string& description);
/// A command; `example` stands under its help. `run` gives the exit code.
CLI::App& addCommand(CLI::App& parent, Session& session, const std::string& name, const std::string& description,
                     const std::string& example, std::function<int()> run);

/// All of `sluis`: takes the command line apart, does it, returns the exit code.
int runProgram(int argc, char** argv);

}  // namespace sluis::cli
