// Which mail addresses this house writes to: in every header and envelope there is, and as the name of an account.
#pragma once

#include <string_view>

namespace sluis {

/// Whether `address` may stand in an envelope and a header: local@domain, printable ASCII without spaces, <, > or
/// quotes.
bool isMailAddress(std::string_view address);

}  // namespace sluis
