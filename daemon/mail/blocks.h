// A text as blocks: paragraphs, lists, and indented lines that stay as they are; arranged for plain text and as HTML.
//
// Blocks are parted by empty lines; "- " begins an item, two spaces an indented line. Hard line breaks inside a
// paragraph mean nothing.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sluis::mail {

/// The lines without their ends (LF or CRLF).
std::vector<std::string_view> linesOf(std::string_view text);

/// As it is read in plain text: paragraphs wrapped, one empty line between blocks.
std::string arranged(std::string_view text);

/// The same text as an HTML page: paragraphs, lists, and indented blocks as tables of "label: value" or as lines.
/// Everything is escaped.
std::string htmlOf(std::string_view subject, std::string_view text);

}  // namespace sluis::mail
