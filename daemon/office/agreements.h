// Changes to the processing agreements, each with its entry in the log in the caller's transaction.
//
// Call last before commit(): the log is locked from then on. What the caller got wrong is Error (usage).
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "office/occasion.h"
#include "postgres/connection.h"
#include "registry/registry.h"

namespace sluis::office {

/// "GM0034" as it is kept, from "gm0034" or "0034"; nullopt when it is no such code.
std::optional<std::string> municipalityFrom(std::string_view text);
/// The same; Error (usage).
std::string canonicalMunicipality(const std::string& text);
/// The name of the municipality's key: "domain-GM0034" and the like (crypto::Keyring::domainName).
std::string keyNameOf(const std::string& municipality);

/// Sees to it that there is a key of that name: true when it made one, false when there was one, Error when there is
/// none and this program cannot make it. Without it the municipality's records could not be pseudonymised, and the run
/// would stop.
using RequireKey = std::function<bool(const std::string& keyName)>;

struct AddedAgreement {
  std::int64_t id = 0;
  bool newKey = false;
};
/// "agreement.added", and "key.created" where one was made.
AddedAgreement addAgreement(postgres::Transaction& transaction, const registry::Agreement& agreement,
                            const RequireKey& requireKey, const Occasion& occasion);

/// "agreement.ended". Without a last day it ends at once: what comes today is refused already.
registry::Agreement endAgreement(postgres::Transaction& transaction, std::int64_t id, std::optional<Day> lastDay,
                                 const Occasion& occasion);

}  // namespace sluis::office
