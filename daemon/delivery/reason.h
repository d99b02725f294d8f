// Why somebody released or rejected a held delivery, in their own words: text that goes into the log and into mails,
// from which nothing can be taken out again.
//
// Whoever asks, sluisd checks: the command line is not the only program that can write to its socket. A text that could
// carry a citizen number is never repeated in the error.
#pragma once

#include <cstddef>
#include <string_view>

namespace sluis::delivery {

inline constexpr std::size_t kLongestReason = 300;  ///< characters

/// Error(usage) unless it is one line of UTF-8 of at most kLongestReason characters, without control characters,
/// characters that turn the reading order, or eight digits in a row. An empty one passes.
void checkReason(std::string_view reason);

}  // namespace sluis::delivery
