// Text as it comes in addresses and forms, decoded once and checked: UTF-8, no control characters, in bounds.
// What is not is a Refused, never repaired.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "web/message.h"

namespace sluis::web {

enum class LineEnds : unsigned char { refused, allowed };  ///< allowed: and tabs

/// The length of the character that `text` begins with; 0 when it is no UTF-8 or a control character.
std::size_t cleanCharacter(std::string_view text, LineEnds lineEnds);
bool isCleanText(std::string_view text, LineEnds lineEnds);
/// "\r\n" and "\r" as "\n".
std::string withPlainLineEnds(std::string_view text);

/// Every %XX as its byte; nullopt for a '%' that is none.
std::optional<std::string> percentDecoded(std::string_view text, bool plusIsSpace);

/// The path of a request: begins with '/', no empty, "." or ".." element, no backslash, no encoded '/'.
Result<std::string, Refused> decodePath(std::string_view raw);

/// "a=1&b=2": a query, or a form, whose texts may have line ends.
Result<Fields, Refused> parseUrlencoded(std::string_view text, LineEnds lineEnds);

}  // namespace sluis::web
