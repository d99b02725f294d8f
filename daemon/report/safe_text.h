// Names come from outside (a provider's, a code list's): made harmless before they go into a page, a cell or a
// terminal.
#pragma once

#include <string>
#include <string_view>

namespace sluis::report {

/// Without control characters and marks that turn text around; line breaks and tabs become one space, spaces at either
/// end go; what is not UTF-8 becomes '?'.
std::string clean(std::string_view text);
/// Clean, and escaped for HTML and SVG: content and quoted attributes.
std::string escaped(std::string_view text);
/// Clean, and with an apostrophe in front where a spreadsheet would run it (CWE-1236).
std::string cellText(std::string_view text);
/// In columns of a terminal: characters, not bytes.
std::size_t widthOf(std::string_view text);

}  // namespace sluis::report
