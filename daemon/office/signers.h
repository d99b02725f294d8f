// Who may sign for a provider, as far as the TTP changes it after registration: the portal's own key, and revocation.
// Each with its entry in the log in the caller's transaction.
//
// Call last before commit(): the log is locked from then on. What the caller got wrong is Error (usage).
#pragma once

#include <string>

#include "config/config.h"
#include "office/occasion.h"
#include "postgres/connection.h"

namespace sluis::office {

/// Lets the portal sign what this provider's people upload: its public key (portal.upload_key with ".pub", there or in
/// /etc/sluis) stands with the provider as a signer of kind portal. "signer.added"; false, and nothing logged, when it
/// stood there already. Error (config) when there is no portal, or no key.
bool addPortalSigner(postgres::Transaction& transaction, const config::Portal& portal, const std::string& provider,
                     const Occasion& occasion);

/// No signature by that key or certificate is taken from now on: "signer.revoked". Error (usage) when the provider has
/// no such signer in use.
void revokeSigner(postgres::Transaction& transaction, const std::string& provider, const std::string& fingerprint,
                  const Occasion& occasion);

}  // namespace sluis::office
