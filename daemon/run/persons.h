// Who asks sluisd at the portal, and whether that person may: a request that carries a session is judged by the session
// and by nothing that the portal says about it.
//
// The portal's own system account may ask nothing but `status` in its own name: who takes over sluis-portal can do to
// the register what the people can whose sessions it sees, and no more. Never logs a token.
#pragma once

#include <optional>
#include <string>

#include "account/account.h"
#include "config/config.h"
#include "control/server.h"
#include "postgres/connection.h"

namespace sluis::run {

/// Whether a person must be found behind this request: it carries a session, or comes from the portal's account and is
/// more than `status`.
bool isAskedForSomebody(const config::Portal& portal, const control::Request& request);

/// The person whose session the request carries. Error (usage): no session, one that is unknown, over or not signed in
/// completely, a role that may not ask this, a change by an operator whose second factor was shown longer ago than
/// account::kSecondFactorIsFresh.
account::Account personAsking(postgres::Connection& connection, const config::Portal& portal,
                              const control::Request& request, Instant now);

}  // namespace sluis::run
