// Who may use the portal, as the TTP decides it: people invited, put out of use, let in again, and given a new start;
// each with its entry in the log and the mail that goes with it, in the caller's transaction.
//
// Call last before commit(): the log is locked from then on. What the caller got wrong is Error (usage). No mail in the
// outbox and no entry in the log holds a link: its token is made when the mail is rendered.
#pragma once

#include <functional>
#include <string>

#include "account/account.h"
#include "config/config.h"
#include "office/occasion.h"
#include "office/post.h"
#include "postgres/connection.h"

namespace sluis::office {

/// Whether there is, or was, a municipality with that code ("GM0034").
using IsMunicipality = std::function<bool(const std::string& code)>;
/// By the code list gemeenten of this configuration, as it is when it is asked: a list that was imported counts at
/// once.
IsMunicipality municipalitiesOf(const config::Config& config);

/// Error (usage) where there is, and was, none.
void requireMunicipality(const std::string& code, const IsMunicipality& isMunicipality);

/// "account.added", mail `uitnodiging`. Codes may be typed as "gm0034" or "p0001". Error (usage) as account::add(), for
/// a municipality that there is not, and when there is no portal.
account::Account invite(postgres::Transaction& transaction, const account::NewAccount& wanted,
                        const IsMunicipality& isMunicipality, const Post& post, const Occasion& occasion);

/// "account.disabled", mail `account-gewijzigd`; its sessions and links end. false when it was so already.
bool disableAccount(postgres::Transaction& transaction, const std::string& user, const Post& post,
                    const Occasion& occasion);

/// "account.enabled". false when it was not disabled.
bool enableAccount(postgres::Transaction& transaction, const std::string& user, const Occasion& occasion);

/// "account.reset", mail `uitnodiging`: password and second factor are forgotten, the sessions end. For who never came
/// in, a new invitation.
account::Account resetAccount(postgres::Transaction& transaction, const std::string& user, const Post& post,
                              const Occasion& occasion);

}  // namespace sluis::office
