#include <CLI/CLI.hpp>

#include "cli/commands.h"

namespace sluis::cli {

namespace {

void shapeOption(CLI::Option& option, const OptionShape& shape) {
  option.type_name(shape.type);
  if (shape.required) option.required();
  if (shape.showDefault) option.capture_default_str();
}

}  // namespace

Command Command::group(const std::string& name, const std::string& description) {
  CLI::App& group = *app_->add_subcommand(name, description);
  group.require_subcommand(1);
  // So that --config and --json may stand anywhere.
  group.fallthrough();
  return Command(group);
}

Command Command::command(Session& session, const std::string& name, const std::string& description,
                         const std::string& example, std::function<int()> run) {
  CLI::App& command = *app_->add_subcommand(name, description);
  command.fallthrough();
  if (!example.empty()) command.footer("Example:\n  " + example);
  command.callback([&session, run = std::move(run)] { session.action = run; });
  return Command(command);
}

void Command::option(const std::string& name, std::string& value, const std::string& help, OptionShape shape) {
  shapeOption(*app_->add_option(name, value, help), shape);
}

void Command::option(const std::string& name, std::vector<std::string>& values, const std::string& help,
                     OptionShape shape) {
  CLI::Option& option = *app_->add_option(name, values, help);
  // One value each time it is named; it must not swallow the words that follow.
  option.allow_extra_args(false);
  shapeOption(option, shape);
}

void Command::option(const std::string& name, std::int64_t& value, const std::string& help, OptionShape shape) {
  CLI::Option& option = *app_->add_option(name, value, help);
  option.check(CLI::Range(shape.least, shape.most));
  shapeOption(option, shape);
}

void Command::flag(const std::string& name, bool& value, const std::string& help) {
  app_->add_flag(name, value, help);
}

}  // namespace sluis::cli
