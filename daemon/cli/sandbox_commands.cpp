#include <fmt/format.h>

#include <memory>

#include "cli/commands.h"
#include "cli/output.h"
#include "cli/sandbox.h"

namespace sluis::cli {

namespace {

struct Options {
  std::string dir;
  std::int64_t providers = 1;
};

std::string text(const Json& described) {
  Sheet sheet;
  sheet.add("config", described["config"].get<std::string>());
  sheet.add("database", fmt::format("psql \"{}\"", described["dsn"].get<std::string>()));
  sheet.add("mail", described["maildir"].get<std::string>());
  sheet.add("portal", described["portal"]["url"].get<std::string>());
  for (const auto& account : described["portal"]["accounts"])
    sheet.add("", fmt::format("{}: {}, password {}, second factor {}", account["role"].get<std::string>(),
                              account["user"].get<std::string>(), account["password"].get<std::string>(),
                              account["totp_secret"].get<std::string>()));
  for (const auto& provider : described["providers"]) {
    sheet.add(provider["code"].get<std::string>(),
              fmt::format("sftp -P {} -i {} -o UserKnownHostsFile={} {}@127.0.0.1",
                          described["sftp"]["port"].get<int>(), provider["ssh_key"].get<std::string>(),
                          described["sftp"]["known_hosts"].get<std::string>(), provider["user"].get<std::string>()));
    sheet.add("", fmt::format("ssh-keygen -Y sign -f {} -n sluis:{}:jeugdhulp_2026-10 jeugdhulp_2026-10.csv",
                              provider["signing_key"].get<std::string>(), provider["code"].get<std::string>()));
  }
  return sheet.text();
}

int up(Session& session, const Options& options) {
  Sandbox sandbox(options.dir, session.layout());
  const Json described = sandbox.up(static_cast<int>(options.providers));
  if (session.json)
    printJson(described);
  else
    print(text(described));
  return kGood;
}

int down(Session& session, const Options& options) {
  Sandbox(options.dir, session.layout()).down();
  if (!session.json) printLine(fmt::format("the sandbox in {} has ended; its data stay", options.dir));
  return kGood;
}

}  // namespace

void addSandboxCommands(Command program, Session& session) {
  Command group = program.group("sandbox", "A complete private instance in one folder, to try and to test");
  auto options = std::make_shared<Options>();
  Command start =
      group.command(session, "up", "Make it, or go on with it; returns when it is ready",
                    "sluis sandbox up --dir /tmp/try", [&session, options] { return up(session, *options); });
  start.option("--dir", options->dir, "Where it lives", {.type = "DIR", .required = true});
  start.option("--providers", options->providers, "How many providers",
               {.type = "N", .showDefault = true, .least = 1, .most = 9999});
  Command end = group.command(session, "down", "End its processes; the data stay", "sluis sandbox down --dir /tmp/try",
                              [&session, options] { return down(session, *options); });
  end.option("--dir", options->dir, "Where it lives", {.type = "DIR", .required = true});
}

}  // namespace sluis::cli
