#include "run/persons.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "account/fresh.h"
#include "base/log.h"
#include "model/denied.h"

namespace sluis::run {

namespace {

constexpr std::size_t kLongestToken = 100;

enum class For : std::uint8_t {
  ttp,          // looks
  ttpOperator,  // changes, with a fresh second factor
  provider,     // changes what is its own, likewise
};

struct Right {
  std::string_view command;
  For whom;
};

constexpr std::array kRights = {
    Right{"status", For::ttp},
    Right{"release", For::ttpOperator},
    Right{"reject", For::ttpOperator},
    Right{"run", For::ttpOperator},
    Right{"provider-suspend", For::ttpOperator},
    Right{"provider-resume", For::ttpOperator},
    Right{"agreement-end", For::ttpOperator},
    Right{"application-agreement-sent", For::ttpOperator},
    Right{"application-agreement-received", For::ttpOperator},
    Right{"application-in-force", For::ttpOperator},
    Right{"application-invite", For::ttpOperator},
    Right{"application-decline", For::ttpOperator},
    Right{"account-invite", For::ttpOperator},
    Right{"account-disable", For::ttpOperator},
    Right{"account-enable", For::ttpOperator},
    Right{"account-reset", For::ttpOperator},
    Right{"provider-mails", For::provider},
};

bool isOf(const account::Account& account, For whom) {
  switch (whom) {
    case For::ttp:
      return account.role == account::Role::ttpOperator || account.role == account::Role::auditor;
    case For::ttpOperator:
      return account.role == account::Role::ttpOperator;
    case For::provider:
      return account.role == account::Role::provider;
  }
  return false;
}

[[noreturn]] void refuse(const control::Request& request, const std::string& who, std::string_view reason,
                         const std::string& message, const std::string& hint) {
  log::warning("control: \"{}\" by {} refused: {}", request.command, who, message);
  throw Denied(reason, {}, message, hint);
}

std::string tokenOf(const control::Request& request) {
  const auto found = request.arguments.find("session");
  if (found == request.arguments.end() || !found->is_string()) return {};
  return found->get<std::string>();
}

}  // namespace

bool isAskedForSomebody(const config::Portal& portal, const control::Request& request) {
  if (request.arguments.contains("session")) return true;
  return request.actor == portal.account && request.command != "status";
}

account::Account personAsking(postgres::Connection& connection, const config::Portal& portal,
                              const control::Request& request, Instant now) {
  const auto* right = std::ranges::find(kRights, request.command, &Right::command);
  // The command is what somebody sent: it is repeated only when it is one of ours.
  if (right == kRights.end()) throw Error(ErrorKind::usage, "nobody can ask that at the portal", "");
  const std::string token = tokenOf(request);
  const account::SessionRules rules{.idle = portal.idle, .longest = portal.longest};
  const auto session = token.empty() || token.size() > kLongestToken
                           ? std::nullopt
                           : account::lookUpSession(connection, token, rules, now);
  if (!session) refuse(request, request.actor, why::kSessionOver, "that session is over", "sign in again");
  const account::Account& account = session->account;
  const std::string who = account::describe(account);
  const bool complete = account::showedSecondFactor(*session) ||
                        (session->secondFactorAt && !portal.mustHaveSecondFactor(account::toString(account.role)));
  if (!complete || account.state != account::State::active)
    refuse(request, who, why::kSessionOver, "that person has not signed in completely", "sign in again");
  if (!isOf(account, right->whom)) refuse(request, who, why::kNotAllowed, "that person may not do this", "");
  if (right->whom != For::ttp && !account::isFresh(*session, now))
    refuse(request, who, why::kSecondFactorOld, "a change needs a second factor that was shown a short while ago",
           "sign in again");
  return account;
}

}  // namespace sluis::run
