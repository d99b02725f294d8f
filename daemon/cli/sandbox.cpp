#include "cli/sandbox.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <functional>
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
using std::chrono::seconds;
using std::chrono::steady_clock;

namespace {

constexpr std::uint16_t kMunicipality = 34;
constexpr const char* kDatabase = "sluis";
constexpr const char* kConfigHead = "# Of a sandbox; its programs read it at their start.\n";
constexpr auto kPatience = seconds(60);

void makeFolder(const fs::path& folder, mode_t mode) {
  if (fs::exists(folder)) return;
  fs::create_directories(folder);
  if (::chmod(folder.c_str(), mode) != 0) throwErrno(fmt::format("cannot set the mode of {}", folder.string()));
}

std::string endOf(const fs::path& log) {
  std::ifstream file(log);
  std::string end;
  for (std::string line; std::getline(file, line);) {
    end += "\n  " + line;
    if (end.size() > 2000) end.erase(0, end.find('\n', 1));
  }
  return end;
}

/// At the step that SLUIS_STOP_AT names: as far as it will come.
bool isStopped(pid_t process) {
  std::ifstream file(fmt::format("/proc/{}/stat", process));
  std::string line;
  std::getline(file, line);
  const auto name = line.rfind(") ");
  return name != std::string::npos && line.substr(name + 2, 1) == "T";
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
  /// What must stay the same from one time to the next.
  struct Record {
    ClusterPlaces cluster;
    fs::path control;
    fs::path figures;
    std::uint16_t gatePort = 0;
    std::uint16_t portalPort = 0;
    int providers = 0;
  };

  bool readRecord();
  void writeRecord() const;
  void startRecord();
  void makeKeys() const;
  void writeConfig() const;
  void addWhatIsNew();
  void setFigures(config::Config& config) const;
  void setPortal(config::Config& config) const;
  fs::path figuresSocket() const;
  SandboxPortal portal() const { return SandboxPortal(dir_ / "portal", record_.portalPort); }
  void prepareDatabase() const;
  void registerProviders();
  void enrolPeople() const;
  pid_t startDaemon(const std::string& name, const std::function<bool()>& isReady) const;
  void awaitFolders(const config::Config& config, pid_t sluisd) const;
  pid_t daemonProcess(const std::string& name) const;
  void rememberProcess(const std::string& name, pid_t process) const;
  struct Processes {
    pid_t postgres, sluisd, gate, figures, portal;
  };
  nlohmann::ordered_json describe(const config::Config& config, const Processes& processes) const;
  fs::path configFile() const { return dir_ / "sluis.yaml"; }

  fs::path dir_;
  config::Layout layout_;
  Fd lock_;
  Record record_;
};

Sandbox::Parts::Parts(fs::path dir, const config::Layout& layout)
    : dir_(fs::absolute(dir).lexically_normal()), layout_(layout) {
  if (!dir_.has_filename()) dir_ = dir_.parent_path();
  makeFolder(dir_, 0711);
  lock_ = lockFolder(dir_);
}

bool Sandbox::Parts::readRecord() {
  const fs::path file = dir_ / "sandbox.json";
  if (!fs::exists(file)) return false;
  const auto json = nlohmann::json::parse(readFile(file), nullptr, false);
  if (!json.is_object())
    throw Error(ErrorKind::config, fmt::format("{} is not what `sluis sandbox up` wrote", file.string()));
  record_.cluster = {json.value("data", ""), json.value("sockets", ""), dir_ / "log/postgres.log"};
  record_.control = json.value("control", "");
  record_.figures = json.value("figures", "");
  record_.gatePort = json.value("gate_port", std::uint16_t{0});
  record_.portalPort = json.value("portal_port", std::uint16_t{0});
  record_.providers = json.value("providers", 0);
  return true;
}

void Sandbox::Parts::writeRecord() const {
  const nlohmann::ordered_json json = {{"data", record_.cluster.data},  {"sockets", record_.cluster.sockets},
                                       {"control", record_.control},    {"figures", record_.figures},
                                       {"gate_port", record_.gatePort}, {"portal_port", record_.portalPort},
                                       {"providers", record_.providers}};
  writeFileDurably(dir_ / "sandbox.json", json.dump(2) + "\n", 0644);
}

void Sandbox::Parts::startRecord() {
  record_.cluster = Cluster::choosePlaces(dir_);
  record_.control = dir_ / "control";
  // A socket's name is short; a sandbox may lie deep.
  if (record_.control.string().size() > 100) record_.control = record_.cluster.sockets / "control";
  record_.figures = figuresSocket();
  record_.gatePort = freePort();
  record_.portalPort = freePort();
  writeRecord();
}

fs::path Sandbox::Parts::figuresSocket() const {
  return record_.control.parent_path() / "figures";
}

void Sandbox::Parts::setFigures(config::Config& config) const {
  config.snapshotProgram = layout_.snapshot;
  config.database.figures = Cluster(record_.cluster).conninfo("sluis_figures", kDatabase);
  config.figures.socket = record_.figures;
  config.figures.snapshots = dir_ / "snapshots";
  config.figures.table = layout_.share / "ptables/d5-v3-js2.txt";
}

void Sandbox::Parts::setPortal(config::Config& config) const {
  config.database.portal = Cluster(record_.cluster).conninfo("sluis_portal", kDatabase);
  portal().configure(config.portal, layout_);
}

// A sandbox of an earlier version would look for its figures where a real instance has them, and have no portal.
void Sandbox::Parts::addWhatIsNew() {
  if (!record_.figures.empty() && record_.portalPort != 0) return;
  config::Config config = config::load(configFile());
  if (record_.figures.empty()) {
    record_.figures = figuresSocket();
    setFigures(config);
  }
  if (record_.portalPort == 0) {
    record_.portalPort = freePort();
    portal().makeFiles();
    setPortal(config);
  }
  writeFileDurably(configFile(), kConfigHead + config::show(config), 0644);
  writeRecord();
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

void Sandbox::Parts::writeConfig() const {
  if (fs::exists(configFile())) return;
  const Cluster cluster(record_.cluster);
  config::Config config;
  config.state = dir_ / "state";
  config.drop = dir_ / "drop";
  config.roster = dir_ / "roster";
  config.control = record_.control;
  config.plugins = layout_.plugins;
  config.datasets = layout_.share / "datasets";
  config.codelists = layout_.share / "codelists";
  config.mailTexts = layout_.share / "mail";
  config.reader = layout_.reader;
  config.keys = dir_ / "keys";
  config.database = {.daemon = cluster.conninfo("sluis_daemon", kDatabase),
                     .admin = cluster.conninfo("sluis_admin", kDatabase),
                     .owner = cluster.conninfo(Cluster::kSuperuser, kDatabase),
                     .figures = {},
                     .portal = {},
                     .passwordFile = {},
                     .figuresPasswordFile = {},
                     .portalPasswordFile = {}};
  config.run = {.at = std::chrono::hours(2), .timezone = "Europe/Amsterdam"};
  config.intake = {.settle = seconds(3), .signatureTimeout = std::chrono::hours(24)};
  config.limits = {.fileBytes = 4ULL << 30,
                   .quotaBytes = 16ULL << 30,
                   .readerMemoryBytes = 256ULL << 20,
                   .readerTime = std::chrono::minutes(15)};
  config.retention = {.outbox = std::chrono::hours(24 * 90), .listing = std::chrono::hours(24 * 7)};
  config.rules = {.maxDeletedShare = 0.20, .openPeriods = 2};
  config.reminders = {.afterDays = 14, .closesDays = 14, .expiresDays = 30};
  config.mail = {.channel = "maildir",
                 .settings = {{"path", (dir_ / "mail").string()}},
                 .secrets = {},
                 .from = "sluis@ttp.example",
                 .operators = {"beheer@ttp.example"},
                 .helpdesk = {"Helpdesk aanleveringen", "helpdesk@ttp.example", "030 000 00 00"}};
  config.gate = {.listen = "127.0.0.1",
                 .port = record_.gatePort,
                 .hostKey = dir_ / "ssh_host_key",
                 .loginDeadline = seconds(30),
                 .maxSessions = 100};
  setFigures(config);
  setPortal(config);
  writeFileDurably(configFile(), kConfigHead + config::show(config), 0644);
}

void Sandbox::Parts::prepareDatabase() const {
  const Cluster cluster(record_.cluster);
  postgres::Connection first(cluster.conninfo(Cluster::kSuperuser, "postgres"), "sluis");
  if (first.exec("SELECT FROM pg_database WHERE datname = $1", kDatabase).empty())
    first.script(fmt::format("CREATE DATABASE {}", kDatabase));
  postgres::Connection connection(cluster.conninfo(Cluster::kSuperuser, kDatabase), "sluis");
  connection.script(readFile(layout_.share / "roles.sql"));
  postgres::migrate(connection, layout_.share / "migrations");
}

void Sandbox::Parts::registerProviders() {
  const Cluster cluster(record_.cluster);
  postgres::Connection connection(cluster.conninfo("sluis_admin", kDatabase), "sluis");
  config::Portal portal;
  this->portal().configure(portal, layout_);
  for (int number = 1; number <= record_.providers; ++number) {
    const SandboxProvider provider(dir_ / "providers", number);
    provider.makeFiles();
    if (!registry::findProvider(connection, provider.code())) provider.enrol(connection, kMunicipality, portal);
  }
}

void Sandbox::Parts::enrolPeople() const {
  postgres::Connection connection(Cluster(record_.cluster).conninfo(Cluster::kSuperuser, kDatabase), "sluis");
  portal().enrol(connection, config::load(configFile()).portal, kMunicipality);
}

pid_t Sandbox::Parts::daemonProcess(const std::string& name) const {
  std::ifstream file(dir_ / "run" / (name + ".pid"));
  pid_t process = 0;
  file >> process;
  return isRunning(process, configFile().string()) ? process : 0;
}

void Sandbox::Parts::rememberProcess(const std::string& name, pid_t process) const {
  writeFileDurably(dir_ / "run" / (name + ".pid"), fmt::format("{}\n", process), 0644);
}

pid_t Sandbox::Parts::startDaemon(const std::string& name, const std::function<bool()>& isReady) const {
  const fs::path log = dir_ / "log" / (name + ".log");
  pid_t process = daemonProcess(name);
  const bool started = process == 0;
  if (started) {
    process = leaveRunning({.words = {(layout_.daemons / name).string(), "--config", configFile().string()}}, log);
    rememberProcess(name, process);
  }
  const auto deadline = steady_clock::now() + kPatience;
  while (!isReady() && !isStopped(process)) {
    if (started && hasEnded(process))
      throw Error(ErrorKind::system, fmt::format("{} ended at once; its log ends:{}", name, endOf(log)));
    if (steady_clock::now() > deadline)
      throw Error(ErrorKind::system,
                  fmt::format("{} is not ready after {} s; its log ends:{}", name, kPatience.count(), endOf(log)));
    std::this_thread::sleep_for(milliseconds(50));
  }
  return process;
}

/// sluisd answers before it has looked at the register; a provider must find its folders and be let in.
void Sandbox::Parts::awaitFolders(const config::Config& config, pid_t sluisd) const {
  const auto isThere = [&](int number) {
    const SandboxProvider provider(dir_ / "providers", number);
    return fs::exists(config.roster / (provider.user() + ".roster")) &&
           fs::exists(config.drop / provider.user() / "inbox");
  };
  const auto deadline = steady_clock::now() + kPatience;
  for (int number = 1; number <= record_.providers; ++number)
    while (!isThere(number) && !isStopped(sluisd)) {
      if (steady_clock::now() > deadline)
        throw Error(ErrorKind::system, fmt::format("sluisd does not make the providers' folders; its log ends:{}",
                                                   endOf(dir_ / "log/sluisd.log")));
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
          {"dsn", Cluster(record_.cluster).conninfo(Cluster::kSuperuser, kDatabase)},
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
  if (!readRecord()) startRecord();
  if (providers > record_.providers) {
    record_.providers = providers;
    writeRecord();
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
  writeConfig();
  addWhatIsNew();
  enrolPeople();
  if (stopAt) ::setenv("SLUIS_STOP_AT", stopAt->c_str(), 1);
  const config::Config config = config::load(configFile());
  const pid_t sluisd = startDaemon("sluisd", [&] { return control::answers({"sluisd", config.control}); });
  const pid_t gate = startDaemon("sluis-gate", [&] { return greets(config.gate.port); });
  const pid_t figures = startDaemon("sluis-figures", [&] {
    return control::answers({"sluis-figures", config.figures.socket});
  });
  const pid_t pages = startDaemon("sluis-portal", [&] { return portal().answers(); });
  awaitFolders(config, sluisd);
  return describe(config, {.postgres = postgres, .sluisd = sluisd, .gate = gate, .figures = figures, .portal = pages});
}

void Sandbox::Parts::down() {
  if (!readRecord()) throw Error(ErrorKind::usage, fmt::format("there is no sandbox in {}", dir_.string()));
  for (const char* name : {"sluis-portal", "sluis-gate", "sluis-figures", "sluisd"})
    endProcess(daemonProcess(name), configFile().string(), SIGTERM, seconds(30));
  Cluster(record_.cluster).stop();
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
