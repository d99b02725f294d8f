// What the portal has mailed about an account. Role sluis_portal may not write the outbox: functions of the database
// queue the message for it (0008_portal.sql), with the account's number and never a token in it; the link is made when
// the mail is rendered.
//
// Never tells whether an account exists, not by the time it takes either.
#pragma once

#include <cstdint>
#include <string_view>

#include "account/account.h"

namespace sluis::account {

/// Somebody forgot the password of `user`: queues `wachtwoord-herstel` when there is such an account and it is not
/// disabled; at most one in 15 minutes for each account. The same work either way. `domain`: of Message-IDs.
void askForReset(postgres::Transaction& transaction, std::string_view user, std::string_view domain);

enum class Change : std::uint8_t { password, secondFactor, recoveryCodes, disabled };
/// "wachtwoord", "tweede-factor", "herstelcodes", "uitgezet": the fact `wat` of the mail.
std::string_view toString(Change change);
/// As role sluis_portal: queues `account-gewijzigd`. Error (usage) for `disabled`: that is not the portal's.
void tellChange(postgres::Transaction& transaction, std::int64_t account, Change change, std::string_view domain);

}  // namespace sluis::account
