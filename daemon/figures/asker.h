// Who asks: the account, as the kernel tells it, and the person it asks for.
//
// The portal asks for people only, and nobody but the portal asks for others: whoever has another account on this
// machine asks for itself. (Who runs as sluis-figures itself could as well write the log: from there both are right,
// which is how a sandbox under one account works.) A person may look as whom its account is of, and as nobody else:
// the portal sees to it first, here it is held a second time. All is for the log, and nothing of it is looked up.
#pragma once

#include <optional>
#include <string>

#include <nlohmann/json.hpp>

#include "audit/audit.h"
#include "report/query.h"

namespace sluis::figures {

/// As the portal tells: somebody who is signed in.
struct Person {
  std::string name{};          ///< "j.devries@aanbieder.example (account 12, provider P0001)"
  std::string role{};          ///< "municipality", "provider", "operator", "auditor"
  std::string subject{};       ///< "GM0034", "P0001"; empty for the TTP
  std::string session{};       ///< its number
  std::string secondFactor{};  ///< since when it counts, RFC 3339
};

struct Asker {
  std::string account;
  std::optional<Person> person;
};

/// Accounts that are not like the others.
struct Accounts {
  std::string portal;
  std::string own;  ///< what this program runs as
};
/// The name of the account that this program runs as.
std::string ownAccount();

/// Error (usage): a person is missing, may not be there, or is not well-formed.
Asker askerOf(const std::string& account, const nlohmann::json& arguments, const Accounts& accounts);
/// Error (usage) when the person may not look as that viewer.
void requireMayLookAs(const Asker& asker, const report::Viewer& viewer);
/// Puts who asks into the entry: actor, and of a person role, session, second factor and through which account.
void enter(const Asker& asker, audit::Event& event);

}  // namespace sluis::figures
