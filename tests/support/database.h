// A throw-away PostgreSQL cluster for unit tests: no fsync, own socket folder, gone when the test program ends.
//
// The first test program to run makes a template (initdb, roles, migrations) under the temporary folder; the others
// copy it. Its name carries a digest of sql/, so a changed migration makes a new one. As root, PostgreSQL runs as
// postgres.
#pragma once

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/file.h"
#include "postgres/connection.h"
#include "postgres/migrate.h"

namespace sluis::test {

class Cluster {
 public:
  static Cluster& get() {
    static Cluster cluster;
    return cluster;
  }
  Cluster(const Cluster&) = delete;
  Cluster& operator=(const Cluster&) = delete;
  ~Cluster() {
    kill();
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  std::string conninfo(const std::string& database, const std::string& user = "postgres") const {
    return fmt::format("host={} port=5432 dbname={} user={}", folder_.string(), database, user);
  }

  /// As SIGKILL does to a real one; start() recovers.
  void kill() {
    if (server_ <= 0) return;
    ::kill(server_, SIGQUIT);
    ::waitpid(server_, nullptr, 0);
    server_ = -1;
  }
  void start() {
    server_ = spawn({(binaries() / "postgres").string(),
                     "-D",
                     (folder_ / "data").string(),
                     "-k",
                     folder_.string(),
                     "-F",
                     "-c",
                     "listen_addresses=",
                     "-c",
                     "shared_buffers=32MB",
                     "-c",
                     "max_connections=20",
                     "-c",
                     "autovacuum=off",
                     "-c",
                     "wal_level=minimal",
                     "-c",
                     "max_wal_senders=0",
                     "-c",
                     "logging_collector=off"},
                    folder_ / "log");
    for (int tries = 0; tries < 3000; ++tries) {
      try {
        postgres::Connection connection(conninfo("postgres"));
        return;
      } catch (const Error&) {
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
      }
    }
    throw std::runtime_error("the test cluster did not start:\n" + readFile(folder_ / "log"));
  }

 private:
  Cluster() {
    if (::geteuid() == 0) {
      const auto* user = ::getpwnam("postgres");
      if (user == nullptr) throw std::runtime_error("as root, the tests need a user postgres");
      uid_ = user->pw_uid;
      gid_ = user->pw_gid;
    }
    const auto base = std::filesystem::temp_directory_path() / fmt::format("sluis-test-{}-{:016x}", uid_, sqlDigest());
    if (!isOurs(base)) makeTemplate(base);
    folder_ = freshFolder();
    must({"cp", "-a", (base / "data").string(), (folder_ / "data").string()});
    start();
  }

  // Someone else's folder of that name is not used.
  bool isOurs(const std::filesystem::path& path) const {
    struct stat found {};
    return ::lstat(path.c_str(), &found) == 0 && S_ISDIR(found.st_mode) && found.st_uid == uid_;
  }

  void makeTemplate(const std::filesystem::path& base) {
    folder_ = freshFolder();
    must({(binaries() / "initdb").string(), "-D", (folder_ / "data").string(), "-U", "postgres", "-A", "trust", "-E",
          "UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions"});
    start();
    {
      postgres::Connection connection(conninfo("postgres"));
      connection.exec("CREATE DATABASE sluis");
      connection.exec("CREATE DATABASE bare");
    }
    {
      const std::filesystem::path source = SLUIS_SOURCE_DIR;
      postgres::Connection connection(conninfo("sluis"));
      connection.script(readFile(source / "sql/roles.sql"));
      postgres::migrate(connection, source / "sql/migrations");
    }
    must({(binaries() / "pg_ctl").string(), "-D", (folder_ / "data").string(), "-m", "fast", "-w", "stop"});
    ::waitpid(server_, nullptr, 0);
    server_ = -1;
    std::error_code lost;
    std::filesystem::rename(folder_, base, lost);  // another program may have been first: then ours is not needed
    if (lost) std::filesystem::remove_all(folder_);
  }

  std::filesystem::path freshFolder() const {
    auto name = (std::filesystem::temp_directory_path() / "sluis-db-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
    if (::geteuid() == 0 && ::chown(name.c_str(), uid_, gid_) != 0) throw std::runtime_error("chown: " + name);
    return name;
  }

  static std::uint64_t sqlDigest() {
    const std::filesystem::path sql = std::filesystem::path(SLUIS_SOURCE_DIR) / "sql";
    std::vector<std::filesystem::path> files = {sql / "roles.sql"};
    for (const auto& entry : std::filesystem::directory_iterator(sql / "migrations")) files.push_back(entry.path());
    std::ranges::sort(files);
    std::uint64_t digest = 0xcbf29ce484222325;  // FNV-1a
    for (const auto& file : files) {
      for (const unsigned char c : readFile(file)) digest = (digest ^ c) * 0x100000001b3;
    }
    return digest;
  }

  static std::filesystem::path binaries() {
    std::filesystem::path best;
    int newest = 0;
    std::error_code none;
    for (const auto& entry : std::filesystem::directory_iterator("/usr/lib/postgresql", none)) {
      const int version = std::atoi(entry.path().filename().c_str());
      if (version > newest && std::filesystem::exists(entry.path() / "bin/postgres")) {
        newest = version;
        best = entry.path() / "bin";
      }
    }
    if (best.empty()) throw std::runtime_error("the tests need PostgreSQL's server (package postgresql)");
    return best;
  }

  pid_t spawn(const std::vector<std::string>& command, const std::filesystem::path& log) const {
    std::vector<char*> argv;
    for (const auto& word : command) argv.push_back(const_cast<char*>(word.c_str()));
    argv.push_back(nullptr);
    const pid_t child = ::fork();
    if (child != 0) return child;
    const int out = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0666);
    ::dup2(out, 1);
    ::dup2(out, 2);
    if (::chdir("/") != 0) ::_exit(126);
    if (::geteuid() == 0 && (::setgroups(0, nullptr) != 0 || ::setgid(gid_) != 0 || ::setuid(uid_) != 0)) ::_exit(126);
    ::prctl(PR_SET_PDEATHSIG, SIGQUIT);  // a test that is killed leaves no server behind
    ::execvp(argv[0], argv.data());
    ::_exit(127);
  }

  void must(const std::vector<std::string>& command) const {
    int status = 0;
    ::waitpid(spawn(command, folder_ / "setup.log"), &status, 0);
    if (status != 0) throw std::runtime_error(command[0] + " failed:\n" + readFile(folder_ / "setup.log"));
  }

  std::filesystem::path folder_;
  pid_t server_ = -1;
  uid_t uid_ = ::geteuid();
  gid_t gid_ = ::getegid();
};

/// A fresh database with roles and migrations (or `bare`), dropped with the cluster.
class Database {
 public:
  explicit Database(const std::string& from = "sluis") {
    static int count = 0;
    name_ = fmt::format("t{}", ++count);
    postgres::Connection connection(Cluster::get().conninfo("postgres"));
    connection.exec(fmt::format("CREATE DATABASE {} TEMPLATE {}", name_, from));
    connection.exec(fmt::format("GRANT CREATE ON DATABASE {} TO sluis_owner", name_));
  }

  /// `user`: postgres (superuser), sluis_daemon or sluis_admin.
  std::string conninfo(const std::string& user = "postgres") const { return Cluster::get().conninfo(name_, user); }
  postgres::Connection connect(const std::string& user = "postgres") const {
    return postgres::Connection(conninfo(user));
  }

 private:
  std::string name_;
};

/// Runs `change` with a transaction and commits it; gives what `change` gives.
template <typename Change>
auto committed(postgres::Connection& connection, Change&& change) {
  postgres::Transaction transaction(connection);
  if constexpr (std::is_void_v<decltype(change(transaction))>) {
    change(transaction);
    transaction.commit();
  } else {
    auto result = change(transaction);
    transaction.commit();
    return result;
  }
}

}  // namespace sluis::test
