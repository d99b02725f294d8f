// A private PostgreSQL cluster for a sandbox: a socket only, no network, open to every account of this machine.
//
// Only for sandboxes: its superuser needs no password. PostgreSQL refuses to run as root; then it runs as the account
// `postgres` (or `nobody`), and where that account cannot reach the sandbox's folder its data lie in /var/tmp, in a
// folder that names the sandbox and is cleared away once that is gone. Error (system) when a program is missing or will
// not start, with the end of its log.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>

#include "cli/process.h"

namespace sluis::cli {

struct ClusterPlaces {
  std::filesystem::path data;     ///< the cluster's data folder
  std::filesystem::path sockets;  ///< short, because a socket's name is
  std::filesystem::path log;
};

class Cluster {
 public:
  /// Chooses places for a new one beside or away from `dir`, and makes the folders around them.
  static ClusterPlaces choosePlaces(const std::filesystem::path& dir);

  explicit Cluster(ClusterPlaces places);

  /// initdb, once; what a cut-off one left is done again.
  void createIfMissing();
  /// Starts it when it is dead and waits until it answers. Returns the postmaster's process id.
  pid_t startIfDead();
  void stop();
  /// 0 when it does not run.
  pid_t process() const;

  /// libpq conninfo over the socket.
  std::string conninfo(const std::string& user, const std::string& database) const;
  static constexpr const char* kSuperuser = "postgres";

 private:
  std::string program(const std::string& name) const;
  bool answers() const;

  ClusterPlaces places_;
  std::optional<Account> account_;
};

/// The account to use in place of root; nullopt for anybody else.
std::optional<Account> unprivilegedAccount();

}  // namespace sluis::cli
