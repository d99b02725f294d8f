#include "cli/sandbox.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <optional>
#include <thread>

#include <fmt/format.h>

#include "audit/audit.h"
#include "base/error.h"
#include "base/fd.h"
#include "base/file.h"
#include "cli/cluster.h"
#include "cli/loopback.h"
#include "cli/registration.h"
#include "cli/sandbox_config.h"
#include "cli/sandbox_daemons.h"
#include "cli/sandbox_portal.h"
#include "cli/sandbox_provider.h"
#include "config/config.h"
#include "control/client.h"
#include "crypto/keyring.h"
#include "postgres/migrate.h"
#include "registry/registry.h"

namespace sluis::cli {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

namespace {

constexpr std::uint16_t kMunicipality = 34;

void makeFolder(const fs::path& folder, mode_t mode) {
  if (fs::exists(folder)) return;
  fs::create_directories(folder);
  if (::chmod(folder.c_str(), mode) != 0) throwErrno(fmt::format("cannot set the mode of {}", folder.string()));
}

Fd lockFolder(const fs::path& dir) {
  Fd lock = openFile(dir / ".lock", O_RDWR | O_CREAT, 0600);
  if (::flock(lock.get(), LOCK_EX) != 0) throwErrno(fmt::format("cannot lock {}", dir.string()));
  return lock;
}

}  // namespace

class Sandbox::Parts {
 public:
  Parts(fs::path dir, const config::Layout& layout);

  nlohmann::ordered_json up(int providers);
  void down();

 private:
  void makeKeys() const;
  SandboxPortal portal() const { return portalOf(dir_, record_); }
  void prepareDatabase() const;
  void registerProviders();
  void enrolPeople() const;
  /// Another program at that port would be taken for ours.
  void requireOwn(const std::string& name, std::uint16_t port) const;
  SandboxDaemons daemons() const { return SandboxDaemons(dir_, layout_.daemons, configFile()); }
  void awaitFolders(const config::Config& config, pid_t sluisd) const;
  struct Processes {
    pid_t postgres, sluisd, gate, figures, portal;
  };
  nlohmann::ordered_json describe(const config::Config& config, const Processes& processes) const;
  fs::path configFile() const { return sandboxConfigFile(dir_); }

  fs::path dir_;
  config::Layout layout_;
  Fd lock_;
  SandboxRecord record_;
};

Sandbox::Parts::Parts(fs::path dir, const config::Layout& layout)
    : dir_(fs::absolute(dir).lexically_normal()), layout_(layout) {
  if (!dir_.has_filename()) dir_ = dir_.parent_path();
  makeFolder(dir_, 0711);
  lock_ = lockFolder(dir_);
}

void Sandbox::Parts::makeKeys() const {
  auto keys = crypto::Keyring::load(dir_ / "keys");
  for (const auto& name : {std::string(crypto::Keyring::kPseudonym), std::string(crypto::Keyring::kCell),
                           crypto::Keyring::domainName(kMunicipality)})
    if (keys.latest(name) == nullptr) keys.create(name);
  const fs::path hostKey = dir_ / "ssh_host_key";
  makeSshKey(hostKey, "sluis sandbox");
  writeFileDurably(dir_ / "known_hosts",
                   fmt::format("[127.0.0.1]:{} {}", record_.gatePort, readFile(hostKey.string() + ".pub")), 0644);
}

void Sandbox::Parts::prepareDatabase() const {
  const Cluster cluster(record_.cluster);
  postgres::Connection first(cluster.conninfo(Cluster::kSuperuser, "postgres"), "sluis");
  if (first.exec("SELECT FROM pg_database WHERE datname = $1", kSandboxDatabase).empty())
    first.script(fmt::format("CREATE DATABASE {}", kSandboxDatabase));
  postgres::Connection connection(cluster.conninfo(Cluster::kSuperuser, kSandboxDatabase), "sluis");
  connection.script(readFile(layout_.share / "roles.sql"));
  postgres::migrate(connection, layout_.share / "migrations");
}

void Sandbox::Parts::registerProviders() {
  const Cluster cluster(record_.cluster);
  postgres::Connection connection(cluster.conninfo("sluis_admin", kSandboxDatabase), "sluis");
  config::Portal portal;
  this->portal().configure(portal, layout_);
  for (int number = 1; number <= record_.providers; ++number) {
    const SandboxProvider provider(dir_ / "providers", number);
    provider.makeFiles();
    if (!registry::findProvider(connection, provider.code())) provider.enrol(connection, kMunicipality, portal);
  }
}

void Sandbox::Parts::enrolPeople() const {
  postgres::Connection connection(Cluster(record_.cluster).conninfo(Cluster::kSuperuser, kSandboxDatabase), "sluis");
  portal().enrol(connection, config::load(configFile()).portal, kMunicipality);
}

void Sandbox::Parts::requireOwn(const std::string& name, std::uint16_t port) const {
  if (!daemons().runs(name) && listens("127.0.0.1", port))
    throw Error(ErrorKind::system, fmt::format("port {} of {} is taken by another program", port, name),
                "stop that one, or make a sandbox in another folder");
}

/// sluisd answers before it has looked at the register; a provider must find its folders and be let in.
void Sandbox::Parts::awaitFolders(const config::Config& config, pid_t sluisd) const {
  const auto isThere = [&](int number) {
    const SandboxProvider provider(dir_ / "providers", number);
    return fs::exists(config.roster / (provider.user() + ".roster")) &&
           fs::exists(config.drop / provider.user() / "inbox");
  };
  const auto deadline = steady_clock::now() + kSandboxPatience;
  for (int number = 1; number <= record_.providers; ++number)
    while (!isThere(number) && !isStopped(sluisd)) {
      if (steady_clock::now() > deadline)
        throw Error(ErrorKind::system, "sluisd does not make the providers' folders" + daemons().endOfLog("sluisd"));
      std::this_thread::sleep_for(milliseconds(50));
    }
}

nlohmann::ordered_json Sandbox::Parts::describe(const config::Config& config, const Processes& processes) const {
  nlohmann::ordered_json providers = nlohmann::ordered_json::array();
  for (int number = 1; number <= record_.providers; ++number)
    providers.push_back(SandboxProvider(dir_ / "providers", number).describe());
  const auto maildir = config.mail.settings.find("path");
  return {{"config", configFile()},
          {"control", config.control},
          {"figures", config.figures.socket},
          {"dsn", Cluster(record_.cluster).conninfo(Cluster::kSuperuser, kSandboxDatabase)},
          {"maildir", maildir != config.mail.settings.end() ? maildir->second : (dir_ / "mail").string()},
          {"state", config.state},
          {"sftp", {{"host", "127.0.0.1"}, {"port", record_.gatePort}, {"known_hosts", dir_ / "known_hosts"}}},
          {"pids",
           {{"postgres", processes.postgres},
            {"sluisd", processes.sluisd},
            {"gate", processes.gate},
            {"figures", processes.figures},
            {"portal", processes.portal}}},
          {"portal", portal().describe()},
          {"providers", providers}};
}

nlohmann::ordered_json Sandbox::Parts::up(int providers) {
  for (const char* folder : {"log", "run", "keys", "state", "drop", "roster", "mail", "providers", "snapshots"})
    makeFolder(dir_ / folder, 0700);
  auto earlier = SandboxRecord::read(dir_);
  record_ = earlier ? std::move(*earlier) : SandboxRecord::start(dir_);
  if (providers > record_.providers) {
    record_.providers = providers;
    record_.write(dir_);
  }
  // A step to stop at is meant for sluisd and the gate, not for us.
  const char* step = std::getenv("SLUIS_STOP_AT");
  const std::optional<std::string> stopAt = step != nullptr ? std::optional<std::string>(step) : std::nullopt;
  ::unsetenv("SLUIS_STOP_AT");
  Cluster cluster(record_.cluster);
  cluster.createIfMissing();
  const pid_t postgres = cluster.startIfDead();
  prepareDatabase();
  makeKeys();
  portal().makeFiles();
  registerProviders();
  writeSandboxConfig(dir_, record_, layout_);
  enrolPeople();
  if (stopAt) ::setenv("SLUIS_STOP_AT", stopAt->c_str(), 1);
  const config::Config config = config::load(configFile());
  const SandboxDaemons programs = daemons();
  const pid_t sluisd = programs.start("sluisd", [&] { return control::answers({"sluisd", config.control}); });
  requireOwn("sluis-gate", record_.gatePort);
  requireOwn("sluis-portal", record_.portalPort);
  const pid_t gate = programs.start("sluis-gate", [&] { return greets(config.gate.port); });
  const pid_t figures = programs.start("sluis-figures", [&] {
    return control::answers({"sluis-figures", config.figures.socket});
  });
  const pid_t pages = programs.start("sluis-portal", [&] { return portal().answers(); });
  awaitFolders(config, sluisd);
  return describe(config, {.postgres = postgres, .sluisd = sluisd, .gate = gate, .figures = figures, .portal = pages});
}

void Sandbox::Parts::down() {
  const auto record = SandboxRecord::read(dir_);
  if (!record) throw Error(ErrorKind::usage, fmt::format("there is no sandbox in {}", dir_.string()));
  for (const char* name : {"sluis-portal", "sluis-gate", "sluis-figures", "sluisd"}) daemons().end(name);
  Cluster(record->cluster).stop();
}

Sandbox::Sandbox(fs::path dir, const config::Layout& layout)
    : parts_(std::make_unique<Parts>(std::move(dir), layout)) {}
Sandbox::~Sandbox() = default;
nlohmann::ordered_json Sandbox::up(int providers) {
  return parts_->up(providers);
}
void Sandbox::down() {
  parts_->down();
}

}  // namespace sluis::cli
