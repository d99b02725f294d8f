// What one run of `sluis` shares between its commands: where the configuration is, who asks, the database once needed.
//
// Nothing is opened before a command asks for it: `sluis validate` works where there is no configuration at all.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "audit/audit.h"
#include "base/time.h"
#include "config/config.h"
#include "config/layout.h"
#include "control/client.h"
#include "office/occasion.h"
#include "postgres/connection.h"

namespace sluis::cli {

/// Exit codes (CONTRACT §5).
inline constexpr int kGood = 0;
inline constexpr int kNegative = 1;
inline constexpr int kWrongUse = 2;
inline constexpr int kEnvironmentFailed = 3;

class Session {
 public:
  std::string configFile = config::kPackagedFile;
  /// Said on the command line, not the packaged one.
  bool configGiven = false;
  bool json = false;
  /// What the command line asked for; set while it is taken apart, called afterwards. Gives the exit code.
  std::function<int()> action;

  const config::Config& config();
  /// As role sluis_admin, on the schema this build speaks.
  postgres::Connection& database();
  const config::Layout& layout();
  /// Whom to ask over a control socket.
  control::Peer daemon() { return {"sluisd", config().control}; }
  control::Peer figures() { return {"sluis-figures", config().figures.socket}; }
  Instant now() const { return clock_.now(); }
  const Clock& clock() const { return clock_; }

  /// This person at this moment, for a change that office/ makes.
  office::Occasion occasion() const;
  /// An entry of the log by this person at this moment.
  audit::Event event(std::string what, std::string subject, std::map<std::string, std::string> details = {}) const;

 private:
  std::optional<config::Config> config_;
  std::unique_ptr<postgres::Connection> database_;
  std::optional<config::Layout> layout_;
  SystemClock clock_;
};

/// Whose hands are on the keyboard: the account, and behind sudo the one that became root.
std::string actor();

/// sluisd is told that the register changed; where none runs, it will see at its start.
void tellDaemon(Session& session);

}  // namespace sluis::cli
