// The language a page is in: the account's own, else what this browser chose, else what it prefers, else Dutch.
#pragma once

#include "account/account.h"
#include "web/message.h"
#include "web/templates.h"

namespace sluis::portal {

/// `account`: nullptr = nobody is signed in.
web::Language languageOf(const web::Request& request, const account::Account* account);

}  // namespace sluis::portal
