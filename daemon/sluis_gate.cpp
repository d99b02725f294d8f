// sluis-gate: takes deliveries in over SFTP and hands receipts out. Wiring only.
#include <systemd/sd-daemon.h>

#include <charconv>
#include <cstdio>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "base/error.h"
#include "base/file.h"
#include "base/log.h"
#include "base/secret.h"
#include "config/config.h"
#include "gate/listener.h"
#include "gate/session.h"
#include "gate/settings.h"
#include "ssh/server_session.h"

namespace {

using sluis::Error;
using sluis::ErrorKind;
using sluis::gate::Settings;

constexpr const char* kUsage =
    "usage: sluis-gate --config FILE [OPTION VALUE]…\n"
    "       sluis-gate --host-key FILE --drop DIR --roster DIR [OPTION VALUE]…\n"
    "\n"
    "The SFTP server of Sluis, in the foreground. The roster is read at each login; SIGHUP ends the sessions of\n"
    "providers who have been suspended since (as the gate does of itself every ten seconds). SIGTERM ends the gate.\n"
    "\n"
    "  --config FILE         the configuration of Sluis; options go before what it says\n"
    "  --listen ADDRESS      numeric address to listen on (127.0.0.1)\n"
    "  --port N              0, the default, takes any free port and logs it\n"
    "  --port-file FILE      the port is written here once the gate is ready\n"
    "  --host-key FILE       private Ed25519 key without passphrase\n"
    "  --drop DIR            holds <user>/{inbox,test,outbox}\n"
    "  --roster DIR          holds <user>.roster\n"
    "  --login-deadline N    seconds from connection to SFTP (30)\n"
    "  --idle N              seconds without a request (900)\n"
    "  --max-sessions N      in all (100)\n"
    "  --max-per-provider N  of one provider (8)\n"
    "  --version, --help\n";

template <typename Number>
Number number(const std::string& name, std::string_view text) {
  Number value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size())
    throw Error(ErrorKind::usage, fmt::format("{} wants a number", name));
  return value;
}

Settings fromConfig(const char* file) {
  const auto config = sluis::config::load(file);
  Settings settings;
  settings.listenAddress = config.gate.listen;
  settings.port = config.gate.port;
  settings.hostKey = config.gate.hostKey;
  settings.dropFolder = config.drop;
  settings.rosterFolder = config.roster;
  settings.loginDeadlineSeconds = static_cast<unsigned>(config.gate.loginDeadline.count());
  settings.maxSessions = static_cast<unsigned>(config.gate.maxSessions);
  return settings;
}

Settings fromArguments(int argc, char** argv) {
  Settings settings;
  for (int i = 1; i + 1 < argc; i += 2)
    if (std::string_view(argv[i]) == "--config") settings = fromConfig(argv[i + 1]);
  const std::map<std::string, std::function<void(const std::string&, const char*)>> options{
      {"--config", [](auto&, auto) {}},
      {"--listen", [&](auto&, auto value) { settings.listenAddress = value; }},
      {"--port", [&](auto& name, auto value) { settings.port = number<std::uint16_t>(name, value); }},
      {"--port-file", [&](auto&, auto value) { settings.portFile = value; }},
      {"--host-key", [&](auto&, auto value) { settings.hostKey = value; }},
      {"--drop", [&](auto&, auto value) { settings.dropFolder = value; }},
      {"--roster", [&](auto&, auto value) { settings.rosterFolder = value; }},
      {"--login-deadline",
       [&](auto& name, auto value) { settings.loginDeadlineSeconds = number<unsigned>(name, value); }},
      {"--idle", [&](auto& name, auto value) { settings.idleSeconds = number<unsigned>(name, value); }},
      {"--max-sessions", [&](auto& name, auto value) { settings.maxSessions = number<unsigned>(name, value); }},
      {"--max-per-provider",
       [&](auto& name, auto value) { settings.maxSessionsPerProvider = number<unsigned>(name, value); }},
  };
  for (int i = 1; i < argc; i += 2) {
    const auto option = options.find(argv[i]);
    if (option == options.end()) throw Error(ErrorKind::usage, fmt::format("{} is not an option", argv[i]));
    if (i + 1 == argc) throw Error(ErrorKind::usage, fmt::format("{} wants a value", argv[i]));
    option->second(option->first, argv[i + 1]);
  }
  if (settings.hostKey.empty() || settings.dropFolder.empty() || settings.rosterFolder.empty())
    throw Error(ErrorKind::usage, "--config, or --host-key, --drop and --roster are needed");
  return settings;
}

sluis::gate::Signs systemdSigns() {
  sluis::gate::Signs signs;
  signs.ready = [] { ::sd_notify(0, "READY=1\nSTATUS=taking deliveries"); };
  signs.reloaded = [] { ::sd_notify(0, "READY=1"); };
  signs.stopping = [] { ::sd_notify(0, "STOPPING=1"); };
  if (::sd_watchdog_enabled(0, nullptr) > 0) signs.alive = [] { ::sd_notify(0, "WATCHDOG=1"); };
  return signs;
}

int run(const Settings& settings) {
  sluis::forbidCoreDumps();
  // So that a wrong key is found at the start and not at the first connection; nothing of it is kept.
  sluis::ssh::checkHostKey(settings.hostKey);
  sluis::gate::Listener listener(settings);
  auto signs = systemdSigns();
  const auto announce = signs.ready;
  signs.ready = [&] {
    if (!settings.portFile.empty()) sluis::writeFileDurably(settings.portFile, fmt::format("{}\n", listener.port()));
    announce();
  };
  listener.run(signs);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  sluis::log::setProgram("sluis-gate");
  const std::string_view first = argc > 1 ? argv[1] : "";
  if (first == "--help" || first == "-h") {
    std::fputs(kUsage, stdout);
    return 0;
  }
  if (first == "--version") {
    std::puts("sluis-gate " SLUIS_VERSION);
    return 0;
  }
  try {
    if (first == sluis::gate::kSessionArgument) return sluis::gate::runSession({argv + 2, argv + argc});
    return run(fromArguments(argc, argv));
  } catch (const sluis::config::Invalid& invalid) {
    for (const std::string& message : invalid.messages()) sluis::log::error("{}", message);
    return 3;
  } catch (const Error& error) {
    sluis::log::error("{}", error.what());
    if (error.kind() == ErrorKind::usage) std::fputs(kUsage, stderr);
    return error.kind() == ErrorKind::usage ? 2 : 3;
  } catch (const std::exception& error) {
    sluis::log::error("{}", error.what());
    return 3;
  }
}
