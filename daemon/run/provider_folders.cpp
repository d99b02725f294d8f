#include "run/provider_folders.h"

#include <sys/stat.h>

#include <cerrno>
#include <filesystem>

#include <fmt/format.h>

#include "base/error.h"
#include "base/file.h"
#include "base/log.h"
#include "mail/status_text.h"
#include "model/roster.h"
#include "run/facts.h"

namespace sluis::run {

namespace fs = std::filesystem;

namespace {

// Group bits: the gate, another user of the same group, writes in inbox/ and test/ and only reads elsewhere. setgid
// keeps its files in that group.
constexpr unsigned kForUploads = 02770;
constexpr unsigned kForReading = 02750;
constexpr unsigned kForReadingFiles = 0640;

void makeFolder(const fs::path& path, unsigned mode) {
  if (::mkdir(path.c_str(), 0700) != 0) {
    if (errno == EEXIST) return;  // an operator may have arranged its rights otherwise
    throwErrno(fmt::format("cannot make {}", path.string()));
  }
  if (::chmod(path.c_str(), mode) != 0) throwErrno(fmt::format("cannot set the mode of {}", path.string()));
}

void writeIfChanged(const fs::path& path, const std::string& content) {
  if (fs::exists(path) && readFile(path) == content) return;
  writeFileDurably(path, content, kForReadingFiles);
}

RosterEntry rosterEntry(postgres::Connection& connection, const registry::Provider& provider) {
  RosterEntry entry;
  entry.provider = provider.code;
  entry.user = ProviderCode::parse(provider.code)->user();
  entry.suspended = provider.suspended;
  entry.maxFileBytes = provider.maxFileBytes;
  entry.quotaBytes = provider.quotaBytes;
  for (const auto& key : registry::loginKeys(connection, provider.code)) entry.loginKeys.push_back(key.publicKey);
  return entry;
}

void removeOlderThan(const fs::path& folder, Instant limit) {
  std::error_code gone;
  for (const auto& entry : fs::directory_iterator(folder, gone)) {
    struct stat status {};
    if (::lstat(entry.path().c_str(), &status) != 0 || !S_ISREG(status.st_mode)) continue;
    if (Instant(std::chrono::seconds(status.st_mtim.tv_sec)) < limit) fs::remove(entry.path(), gone);
  }
}

}  // namespace

void requireOneFileSystem(const config::Config& config) {
  struct stat state {};
  struct stat drop {};
  fs::create_directories(config.state);
  fs::create_directories(config.drop);
  if (::stat(config.state.c_str(), &state) != 0) throwErrno(fmt::format("cannot look at {}", config.state.string()));
  if (::stat(config.drop.c_str(), &drop) != 0) throwErrno(fmt::format("cannot look at {}", config.drop.string()));
  if (state.st_dev != drop.st_dev)
    throw Error(ErrorKind::config,
                fmt::format("{} and {} lie on different file systems", config.state.string(), config.drop.string()),
                "`drop:` must be on the file system of `state:`, so that a delivery is taken over in one step");
}

void layOut(const Installation& installation, postgres::Connection& connection,
            const std::vector<registry::Provider>& providers) {
  const auto& config = installation.config;
  fs::create_directories(config.drop);
  fs::create_directories(config.roster);
  std::set<std::string> current;
  for (const registry::Provider& provider : providers) {
    const fs::path folder = installation.folderOf(provider.code);
    makeFolder(folder, kForReading);
    makeFolder(folder / "inbox", kForUploads);
    makeFolder(folder / "test", kForUploads);
    makeFolder(folder / "outbox", kForReading);
    makeFolder(folder / ".taken", kForReading);
    const RosterEntry entry = rosterEntry(connection, provider);
    const std::string file = entry.user + ".roster";
    writeIfChanged(config.roster / file, encodeRoster(entry));
    current.insert(file);
  }
  for (const auto& entry : fs::directory_iterator(config.roster))
    if (entry.path().extension() == ".roster" && current.count(entry.path().filename().string()) == 0)
      fs::remove(entry.path());
}

void writeStatusPages(const Installation& installation, postgres::Connection& connection,
                      const std::vector<registry::Provider>& providers, const std::set<std::string>& which,
                      Instant now) {
  for (const registry::Provider& provider : providers) {
    if (which.count(provider.code) == 0) continue;
    const auto status = statusOf(installation, connection, provider, now);
    try {
      writeIfChanged(installation.folderOf(provider.code) / "STATUS.txt",
                     mail::renderStatus(status, installation.helpdesk(), installation.config.run.timezone));
    } catch (const Error& error) {  // a page that is a little old harms nobody
      log::warning("{}: STATUS.txt: {}", provider.code, error.what());
    }
  }
}

void tidy(const Installation& installation, const std::vector<registry::Provider>& providers, Instant now) {
  const auto& retention = installation.config.retention;
  for (const registry::Provider& provider : providers) {
    const fs::path folder = installation.folderOf(provider.code);
    removeOlderThan(folder / "outbox", now - retention.outbox);
    removeOlderThan(folder / ".taken", now - retention.listing);
  }
}

}  // namespace sluis::run
