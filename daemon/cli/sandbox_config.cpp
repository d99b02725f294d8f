#include "cli/sandbox_config.h"

#include "base/file.h"
#include "cli/loopback.h"
#include "config/config.h"

namespace sluis::cli {

namespace fs = std::filesystem;
using std::chrono::seconds;

namespace {

constexpr const char* kHead = "# Of a sandbox; its programs read it at their start.\n";

void setFigures(config::Config& config, const fs::path& dir, const SandboxRecord& record,
                const config::Layout& layout) {
  config.snapshotProgram = layout.snapshot;
  config.database.figures = Cluster(record.cluster).conninfo("sluis_figures", kSandboxDatabase);
  config.figures.socket = record.figures;
  config.figures.snapshots = dir / "snapshots";
  config.figures.table = layout.share / "ptables/d5-v3-js2.txt";
}

void setPortal(config::Config& config, const fs::path& dir, const SandboxRecord& record, const config::Layout& layout) {
  config.database.portal = Cluster(record.cluster).conninfo("sluis_portal", kSandboxDatabase);
  portalOf(dir, record).configure(config.portal, layout);
}

config::Config configOf(const fs::path& dir, const SandboxRecord& record, const config::Layout& layout) {
  const Cluster cluster(record.cluster);
  config::Config config;
  config.state = dir / "state";
  config.drop = dir / "drop";
  config.roster = dir / "roster";
  config.control = record.control;
  config.plugins = layout.plugins;
  config.datasets = layout.share / "datasets";
  config.codelists = layout.share / "codelists";
  config.mailTexts = layout.share / "mail";
  config.reader = layout.reader;
  config.keys = dir / "keys";
  config.database = {.daemon = cluster.conninfo("sluis_daemon", kSandboxDatabase),
                     .admin = cluster.conninfo("sluis_admin", kSandboxDatabase),
                     .owner = cluster.conninfo(Cluster::kSuperuser, kSandboxDatabase),
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
                 .settings = {{"path", (dir / "mail").string()}},
                 .secrets = {},
                 .from = "sluis@ttp.example",
                 .operators = {"beheer@ttp.example"},
                 .helpdesk = {"Helpdesk aanleveringen", "helpdesk@ttp.example", "030 000 00 00"}};
  config.gate = {.listen = "127.0.0.1",
                 .port = record.gatePort,
                 .hostKey = dir / "ssh_host_key",
                 .loginDeadline = seconds(30),
                 .maxSessions = 100};
  setFigures(config, dir, record, layout);
  setPortal(config, dir, record, layout);
  return config;
}

void write(const fs::path& dir, const config::Config& config) {
  writeFileDurably(sandboxConfigFile(dir), kHead + config::show(config), 0644);
}

void addWhatIsNew(const fs::path& dir, SandboxRecord& record, const config::Layout& layout) {
  if (!record.figures.empty() && record.portalPort != 0) return;
  config::Config config = config::load(sandboxConfigFile(dir));
  if (record.figures.empty()) {
    record.figures = record.figuresSocket();
    setFigures(config, dir, record, layout);
  }
  if (record.portalPort == 0) {
    record.portalPort = freePort();
    portalOf(dir, record).makeFiles();
    setPortal(config, dir, record, layout);
  }
  write(dir, config);
  record.write(dir);
}

}  // namespace

fs::path sandboxConfigFile(const fs::path& dir) {
  return dir / "sluis.yaml";
}

SandboxPortal portalOf(const fs::path& dir, const SandboxRecord& record) {
  return SandboxPortal(dir / "portal", record.portalPort);
}

void writeSandboxConfig(const fs::path& dir, SandboxRecord& record, const config::Layout& layout) {
  if (!fs::exists(sandboxConfigFile(dir))) write(dir, configOf(dir, record, layout));
  addWhatIsNew(dir, record, layout);
}

}  // namespace sluis::cli
