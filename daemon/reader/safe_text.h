// A sentence from the worker, fit for mails and logs.
#pragma once

#include <string>
#include <string_view>

namespace sluis::reader {

/// At most 300 bytes of valid UTF-8 without control characters; digits in runs of eight or more become '#', for such a
/// run could be a citizen number.
std::string safeText(std::string_view text);

}  // namespace sluis::reader
