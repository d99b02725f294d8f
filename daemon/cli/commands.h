// The commands of `sluis`, a file for each group. Each function hangs its group under the program; what a command then
// does is Session::action.
//
// Command is all they know of the library that takes command lines apart: it is in command.cpp and program.cpp only.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "cli/session.h"

namespace CLI {
class App;
}

namespace sluis::cli {

struct OptionShape {
  const char* type = "TEXT";  ///< how the help calls its value
  bool required = false;
  bool showDefault = false;
  std::int64_t least = 0;  ///< of a number
  std::int64_t most = INT64_MAX;
};

/// The program, a group of commands, or a command. A handle: copies are the same one.
class Command {
 public:
  explicit Command(CLI::App& app) : app_(&app) {}

  /// A group ("provider") that needs one of its commands.
  Command group(const std::string& name, const std::string& description);
  /// A command; `example` stands under its help. `run` gives the exit code.
  Command command(Session& session, const std::string& name, const std::string& description, const std::string& example,
                  std::function<int()> run);

  /// "--name", or "name" for an operand. The value must live until the command has run.
  void option(const std::string& name, std::string& value, const std::string& help, OptionShape shape = {});
  /// May be repeated.
  void option(const std::string& name, std::vector<std::string>& values, const std::string& help,
              OptionShape shape = {});
  void option(const std::string& name, std::int64_t& value, const std::string& help, OptionShape shape = {});
  void flag(const std::string& name, bool& value, const std::string& help);

 private:
  CLI::App* app_;
};

void addConfigCommands(Command program, Session& session);
void addDatabaseCommands(Command program, Session& session);
void addProviderCommands(Command program, Session& session);
void addAgreementCommands(Command program, Session& session);
void addValidateCommand(Command program, Session& session);
void addSampleCommand(Command program, Session& session);
void addDeliveryCommands(Command program, Session& session);
void addRunCommands(Command program, Session& session);
void addAuditCommands(Command program, Session& session);
void addRulesCommand(Command program, Session& session);
void addCodelistCommands(Command program, Session& session);
void addKeyCommands(Command program, Session& session);
void addReportCommands(Command program, Session& session);
void addAccountCommands(Command program, Session& session);
void addApplicationCommands(Command program, Session& session);
void addStatusCommand(Command program, Session& session);
void addSandboxCommands(Command program, Session& session);

/// All of `sluis`: takes the command line apart, does it, returns the exit code.
int runProgram(int argc, char** argv);

}  // namespace sluis::cli
