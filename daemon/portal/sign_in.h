// What signing in remembers between requests: what is not yet in the log, and the broker.
//
// A guess is not entered in the log by itself: a flood of guesses would fill it, and the time an entry takes would tell
// whether an account exists. Refusals, and asking for a forgotten password, are counted for each account (at most
// kMostCounted; the others, and unknown accounts, together) and written once a minute, one entry for each. Lost when
// the process is killed: a minute's.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/guarded.h"
#include "portal/visit.h"

namespace sluis::oidc {
class Client;
}

namespace sluis::portal {

enum class Noted : std::uint8_t {
  refused,     ///< a wrong password, code or recovery code, or one that came too soon
  resetAsked,  ///< "I forgot my password"
};

class SignIn {
 public:
  static constexpr std::size_t kMostCounted = 100;

  /// Error (config) when the broker's secret cannot be read; the broker itself is not asked yet.
  explicit SignIn(const config::Portal& portal);
  ~SignIn();

  /// `account`: none when nobody is called so.
  void note(Noted what, std::optional<std::int64_t> account, Instant at);
  /// Writes what was noted to the log; on an Error it is kept for the next time.
  void writeToLog(Database& database, Instant now);

  /// nullptr when there is no broker.
  oidc::Client* broker() const { return broker_.get(); }

 private:
  struct Count {
    std::int64_t times = 0;
    Instant first{};
  };
  using Counts = std::map<std::pair<Noted, std::int64_t>, Count>;  // by account; 0 = unknown and others

  Guarded<Counts> counts_;
  std::unique_ptr<oidc::Client> broker_;
};

/// An entry of the log about what this visit's account did. `details` without anything of what was typed.
void enter(postgres::Transaction& transaction, const Visit& visit, const account::Account& account,
           std::string_view what, std::map<std::string, std::string> details = {});

}  // namespace sluis::portal
