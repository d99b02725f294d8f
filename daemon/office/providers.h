// Changes to the register of providers, each with its entry in the log in the caller's transaction: the same code
// whether `sluis` was typed or a button was pressed at the portal.
//
// Call last before commit(): the log is locked from then on. What the caller got wrong is Error (usage).
#pragma once

#include <map>
#include <string>
#include <vector>

#include "account/account.h"
#include "config/config.h"
#include "office/occasion.h"
#include "office/post.h"
#include "postgres/connection.h"
#include "registry/registry.h"

namespace sluis::office {

/// A provider's code as it is kept, or Error (usage).
std::string canonicalCode(const std::string& text);
/// What a provider may by this configuration until somebody changes it; without code, name and mails.
registry::Provider providerDefaults(const config::Config& config);

struct NewProvider {
  registry::Provider provider{};
  std::vector<registry::LoginKey> loginKeys{};  ///< may be empty: a provider that only uploads at the portal
  std::vector<registry::Signer> signers{};
};
/// "provider.added". Returns the fingerprints that went into the log: {"login_key_1": "SHA256:…", …}.
std::map<std::string, std::string> addProvider(postgres::Transaction& transaction, const NewProvider& wanted,
                                               const Occasion& occasion);

/// More keys for a provider that is there: "provider.keys-added". Returns their fingerprints, as addProvider().
std::map<std::string, std::string> addKeys(postgres::Transaction& transaction, const NewProvider& wanted,
                                           const Occasion& occasion);

/// Name, mails and limits as given: "provider.changed" with what is different, which is also returned; nothing is
/// logged when nothing is.
std::map<std::string, std::string> changeProvider(postgres::Transaction& transaction, const registry::Provider& after,
                                                  const Occasion& occasion);
/// Where the mails of that person's provider go, in place of the present addresses; at most kMostMails, each once. The
/// old addresses are told as well as the new, so that nobody's mail is turned aside unseen.
std::map<std::string, std::string> changeMails(postgres::Transaction& transaction, const account::Account& by,
                                               std::vector<std::string> mails, const Post& post,
                                               const Occasion& occasion);
inline constexpr std::size_t kMostMails = 20;

/// "provider.suspended" or "provider.resumed"; false, and nothing logged, when it was so already.
bool setSuspended(postgres::Transaction& transaction, const std::string& provider, bool suspended,
                  const Occasion& occasion);

/// Error (usage) for the first that is none.
void requireMailAddresses(const std::vector<std::string>& mails);

}  // namespace sluis::office
