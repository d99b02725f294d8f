#include "cli/cluster.h"

#include <pwd.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <charconv>
#include <fstream>
#include <thread>

#include <fmt/format.h>

#include "base/error.h"
#include "base/file.h"
#include "postgres/connection.h"

namespace sluis::cli {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

namespace {

constexpr const char* kAwayFolder = "/var/tmp";
constexpr const char* kAwayPrefix = "sluis-sandbox-";
constexpr const char* kOwnerFile = "of";
constexpr int kPort = 5432;

constexpr const char* kSettings = R"(
# Of a Sluis sandbox.
listen_addresses = ''
port = {port}
unix_socket_directories = '{sockets}'
unix_socket_permissions = 0777
max_connections = 60
wal_level = replica
fsync = on
synchronous_commit = on
max_wal_size = 2GB
log_line_prefix = '%m [%p] %u '
# A statement that fails could hold a record; the log must not.
log_min_error_statement = panic
log_error_verbosity = terse
)";

void replaceAll(std::string& text, std::string_view what, std::string_view with) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size()))
    text.replace(at, what.size(), with);
}

/// Asks the account itself: modes alone do not tell (access lists, mounts).
bool canEnter(const Account& account, const fs::path& folder) {
  return runProcess({.words = {"test", "-x", folder.string()}, .as = account}).status == 0;
}

void give(const fs::path& folder, const std::optional<Account>& account, mode_t mode) {
  if (account && ::chown(folder.c_str(), account->uid, account->gid) != 0)
    throwErrno(fmt::format("cannot give {} to PostgreSQL's account", folder.string()));
  if (::chmod(folder.c_str(), mode) != 0) throwErrno(fmt::format("cannot set the mode of {}", folder.string()));
}

fs::path makeTemporary(const std::string& pattern) {
  std::string name = pattern;
  if (::mkdtemp(name.data()) == nullptr) throwErrno(fmt::format("cannot make {}", pattern));
  return name;
}

pid_t postmasterOf(const fs::path& data) {
  std::ifstream file(data / "postmaster.pid");
  pid_t process = 0;
  file >> process;
  return process > 0 && isRunning(process, data.string()) ? process : 0;
}

std::string endOf(const fs::path& log) {
  std::ifstream file(log);
  std::string end;
  for (std::string line; std::getline(file, line);) {
    end += line + "\n";
    if (end.size() > 2000) end.erase(0, end.find('\n') + 1);
  }
  return end;
}

/// Clusters away from sandboxes that have been deleted.
void clearOrphans(const std::optional<Account>& account) {
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(kAwayFolder, ignored)) {
    struct stat info {};
    if (!entry.path().filename().string().starts_with(kAwayPrefix)) continue;
    // Anybody may put a folder there; only what we made and gave away is ours to remove.
    if (::lstat(entry.path().c_str(), &info) != 0 || !S_ISDIR(info.st_mode) || !account || info.st_uid != account->uid)
      continue;
    std::ifstream owner(entry.path() / kOwnerFile);
    std::string dir;
    if (!std::getline(owner, dir) || dir.empty() || fs::exists(fs::path(dir) / "sandbox.json", ignored)) continue;
    const fs::path data = entry.path() / "data";
    endProcess(postmasterOf(data), data.string(), SIGQUIT, seconds(5));
    fs::remove_all(entry.path(), ignored);
  }
}

}  // namespace

std::optional<Account> unprivilegedAccount() {
  if (::geteuid() != 0) return std::nullopt;
  for (const char* name : {"postgres", "nobody"})
    if (const passwd* entry = ::getpwnam(name)) return Account{entry->pw_uid, entry->pw_gid};
  throw Error(ErrorKind::system, "PostgreSQL may not run as root, and there is no account postgres or nobody");
}

ClusterPlaces Cluster::choosePlaces(const fs::path& dir) {
  const auto account = unprivilegedAccount();
  clearOrphans(account);
  ClusterPlaces places{
      .data = dir / "postgres/data", .sockets = makeTemporary("/tmp/sluis-XXXXXX"), .log = dir / "log/postgres.log"};
  give(places.sockets, account, 0755);
  if (account && !canEnter(*account, dir)) {
    const fs::path away = makeTemporary(fmt::format("{}/{}XXXXXX", kAwayFolder, kAwayPrefix));
    writeFileDurably(away / kOwnerFile, dir.string() + "\n", 0644);
    places.data = away / "data";
    give(away, account, 0700);
  }
  return places;
}

Cluster::Cluster(ClusterPlaces places) : places_(std::move(places)), account_(unprivilegedAccount()) {}

std::string Cluster::program(const std::string& name) const {
  // Debian keeps each major version's programs out of PATH, and links a few.
  int newest = 0;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator("/usr/lib/postgresql", ignored)) {
    const std::string text = entry.path().filename().string();
    int version = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), version);
    if (error == std::errc() && end == text.data() + text.size() && version > newest &&
        fs::exists(entry.path() / "bin" / name, ignored))
      newest = version;
  }
  if (newest > 0) return fmt::format("/usr/lib/postgresql/{}/bin/{}", newest, name);
  if (runProcess({.words = {"which", name}}).status == 0) return name;
  throw Error(ErrorKind::system, fmt::format("PostgreSQL's program {} is not on this machine", name),
              "apt-get install postgresql");
}

void Cluster::createIfMissing() {
  if (fs::exists(places_.data / "PG_VERSION") || process() != 0) return;
  const fs::path parent = places_.data.parent_path();
  const fs::path fresh = parent / "fresh";
  if (!fs::exists(parent)) {
    fs::create_directories(parent);
    give(parent, account_, 0700);
  }
  fs::remove_all(fresh);
  mustRun({.words = {program("initdb"), "-D", fresh.string(), "-U", kSuperuser, "-A", "trust", "-E", "UTF8",
                     "--locale=C.UTF-8", "--no-instructions"},
           .as = account_});
  std::string settings = kSettings;
  replaceAll(settings, "{port}", std::to_string(kPort));
  replaceAll(settings, "{sockets}", places_.sockets.string());
  std::ofstream(fresh / "postgresql.conf", std::ios::app) << settings;
  renameDurably(fresh, places_.data);
}

pid_t Cluster::process() const {
  return postmasterOf(places_.data);
}

bool Cluster::answers() const {
  try {
    postgres::Connection connection(conninfo(kSuperuser, "postgres"), "sluis");
    return true;
  } catch (const Error&) {
    return false;
  }
}

pid_t Cluster::startIfDead() {
  // /tmp is emptied now and then; the name must stay, it stands in the configuration.
  if (!fs::exists(places_.sockets)) {
    if (::mkdir(places_.sockets.c_str(), 0755) != 0)
      throwErrno(fmt::format("cannot make {}", places_.sockets.string()));
    give(places_.sockets, account_, 0755);
  }
  const auto deadline = steady_clock::now() + seconds(60);
  pid_t running = process();
  pid_t started = 0;
  while (running == 0 || !answers()) {
    if (steady_clock::now() > deadline)
      throw Error(ErrorKind::system, fmt::format("PostgreSQL does not start; its log ends: {}", endOf(places_.log)));
    if (started != 0 && hasEnded(started)) started = 0;
    // After a kill the old processes take a moment to go, and a new one refuses to start until then: try again.
    if (running == 0 && started == 0)
      started =
          leaveRunning({.words = {program("postgres"), "-D", places_.data.string()}, .as = account_}, places_.log);
    std::this_thread::sleep_for(milliseconds(100));
    running = process();
  }
  return running;
}

void Cluster::stop() {
  endProcess(process(), places_.data.string(), SIGINT, seconds(30));
  // Leaves no empty folder behind; one that is not empty is in use by others.
  ::rmdir(places_.sockets.c_str());
}

std::string Cluster::conninfo(const std::string& user, const std::string& database) const {
  return fmt::format("host={} port={} user={} dbname={}", places_.sockets.string(), kPort, user, database);
}

}  // namespace sluis::cli
