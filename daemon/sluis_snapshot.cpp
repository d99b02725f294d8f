// sluis-snapshot: makes the snapshots that figures are counted from. Wiring only. Started by sluisd; by hand it does
// the same. Ends with 0 when every domain was looked at, whether or not a new snapshot was published.
#include <signal.h>
#include <unistd.h>

#include <charconv>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/log.h"
#include "base/secret.h"
#include "config/config.h"
#include "dataset/definition.h"
#include "postgres/connection.h"
#include "publication/ledger.h"
#include "publication/publisher.h"

namespace {

using sluis::Error;
using sluis::ErrorKind;

constexpr const char* kUsage =
    "usage: sluis-snapshot --config FILE [OPTION]…\n"
    "\n"
    "Makes a snapshot of each municipality's records for the figures, unless too little has changed since the last,\n"
    "attacks it, and publishes it with what has to be withheld. sluisd starts it after a run that loaded something.\n"
    "\n"
    "  --config FILE    the configuration of Sluis\n"
    "  --domain CODE    only this municipality (GM0034); may be repeated\n"
    "  --erase ID       removes this snapshot instead\n"
    "  --run N          after which run, for the ledger\n"
    "  --actor NAME     who asked, for the log\n"
    "  --json           one object a line for each thing said, as sluisd wants it\n"
    "  --version, --help\n";

struct Arguments {
  std::string config;
  std::vector<std::string> domains;
  std::string erase;
  bool json = false;
  sluis::publication::Asked asked;
};

Arguments parse(int argc, char** argv) {
  Arguments arguments;
  for (int i = 1; i < argc; ++i) {
    const std::string_view name = argv[i];
    if (name == "--json") {
      arguments.json = true;
      continue;
    }
    if (i + 1 == argc) throw Error(ErrorKind::usage, fmt::format("{} is not an option, or wants a value", name));
    const std::string value = argv[++i];
    if (name == "--config") {
      arguments.config = value;
    } else if (name == "--domain") {
      arguments.domains.push_back(value);
    } else if (name == "--erase") {
      arguments.erase = value;
    } else if (name == "--actor") {
      arguments.asked.actor = value;
    } else if (name == "--run") {
      std::int64_t run = 0;
      const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), run);
      if (error != std::errc() || end != value.data() + value.size())
        throw Error(ErrorKind::usage, "--run wants a number");
      arguments.asked.run = run;
    } else {
      throw Error(ErrorKind::usage, fmt::format("{} is not an option", name));
    }
  }
  if (arguments.config.empty()) throw Error(ErrorKind::usage, "--config is needed");
  return arguments;
}

// To sluisd, or to whoever sits there.
class Voice {
 public:
  explicit Voice(bool json) : json_(json) {}

  void progress(const std::string& text) const { say({{"progress", text}}, text); }
  void result(const sluis::publication::Result& result) const {
    say({{"domain", result.domain},
         {"id", result.id ? nlohmann::json(*result.id) : nlohmann::json(nullptr)},
         {"published", result.published},
         {"reason", result.reason}},
        result.published ? fmt::format("{}: published {}", result.domain, *result.id)
                         : fmt::format("{}: not published: {}", result.domain, result.reason));
  }
  void error(const std::string& text) const {
    if (json_) say({{"error", text}}, {});
  }

 private:
  void say(const nlohmann::json& object, const std::string& text) const {
    fmt::print("{}\n", json_ ? object.dump() : text);
    std::fflush(stdout);
  }
  bool json_;
};

// One domain's trouble is not another's.
bool publishEach(sluis::publication::Publisher& publisher, const std::vector<std::string>& domains,
                 const sluis::publication::Asked& asked, const Voice& voice) {
  bool good = true;
  for (const std::string& domain : domains) try {
      voice.result(publisher.publish(domain, asked));
    } catch (const sluis::postgres::DatabaseError&) {
      throw;
    } catch (const Error& error) {
      sluis::log::error("{}: {}", domain, error.what());
      if (error.kind() == ErrorKind::usage) {  // a reason why not, which waiting mends
        voice.result({.domain = domain, .id = std::nullopt, .published = false, .reason = error.what()});
      } else {
        voice.error(fmt::format("{}: {}", domain, error.what()));
        good = false;
      }
    }
  return good;
}

int run(const Arguments& arguments) {
  const Voice voice(arguments.json);
  try {
    const auto config = sluis::config::load(arguments.config);
    const auto definitions = sluis::dataset::Definitions::load(config.datasets, config.codelists);
    sluis::postgres::Connection connection(sluis::config::daemonConninfo(config.database), "sluis-snapshot");
    const sluis::SystemClock clock;
    auto asked = arguments.asked;
    asked.progress = [&](const std::string& text) { voice.progress(text); };
    sluis::publication::Publisher publisher(config, definitions, connection, clock);
    if (!arguments.erase.empty()) {
      publisher.erase(arguments.erase, asked);
      return 0;
    }
    const auto known = sluis::publication::domains(connection);
    for (const std::string& domain : arguments.domains)
      if (std::find(known.begin(), known.end(), domain) == known.end())
        throw Error(ErrorKind::usage, "nothing was ever loaded for that municipality", "a code such as GM0034");
    const bool good = publishEach(publisher, arguments.domains.empty() ? known : arguments.domains, asked, voice);
    return good ? 0 : 3;
  } catch (const Error& error) {
    voice.error(error.what());
    throw;
  }
}

}  // namespace

int main(int argc, char** argv) {
  sluis::log::setProgram("sluis-snapshot");
  // Who reads us may end first; what was begun is finished all the same.
  ::signal(SIGPIPE, SIG_IGN);
  try {
    if (argc == 2 && (std::string_view(argv[1]) == "--help" || std::string_view(argv[1]) == "-h")) {
      fmt::print("{}", kUsage);
      return 0;
    }
    if (argc == 2 && std::string_view(argv[1]) == "--version") {
      fmt::print("sluis-snapshot {}\n", SLUIS_VERSION);
      return 0;
    }
    const Arguments arguments = parse(argc, argv);
    // It sees pseudonyms.
    sluis::forbidCoreDumps();
    return run(arguments);
  } catch (const sluis::config::Invalid& invalid) {
    for (const std::string& message : invalid.messages()) fmt::print(stderr, "{}\n", message);
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::usage) {
      fmt::print(stderr, "sluis-snapshot: {}; see sluis-snapshot --help\n", error.what());
      return 2;
    }
    sluis::log::error("{}", error.what());
  }
  return 3;
}
