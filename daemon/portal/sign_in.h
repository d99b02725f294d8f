// What signing in remembers between requests: refusals that are not yet in the log, and the broker.
//
// A guess is not entered in the log by itself: a flood of guesses would fill it, and the time an entry takes would tell
// whether an account exists. Refusals are counted for each account (at most kMostCounted; the others, and unknown
// accounts, together) and written once a minute, one entry for each. Lost when the process is killed: a minute's.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "base/guarded.h"
#include "portal/visit.h"

namespace sluis::oidc {
class Client;
}

namespace sluis::portal {

class SignIn {
 public:
  static constexpr std::size_t kMostCounted = 100;

  /// Error (config) when the broker's secret cannot be read; the broker itself is not asked yet.
  explicit SignIn(const config::Portal& portal);
  ~SignIn();

  /// `account`: none when nobody is called so.
  void refused(std::optional<std::int64_t> account, Instant at);
  /// Writes what was refused to the log; on an Error it is kept for the next time.
  void writeRefusals(Database& database, Instant now);

  /// nullptr when there is no broker.
  oidc::Client* broker() const { return broker_.get(); }

 private:
  struct Count {
    std::int64_t times = 0;
    Instant first{};
  };
  Guarded<std::map<std::int64_t, Count>> refusals_;  // by account; 0 = unknown and others
  std::unique_ptr<oidc::Client> broker_;
};

}  // namespace sluis::portal
