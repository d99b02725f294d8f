// A template's text made ready for ctemplate: parts put in, words filled in, and everything refused that could show a
// value unescaped or that the content security policy would not run.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "web/templates.h"

namespace sluis::web {

using Sources = std::map<std::string, std::string, std::less<>>;  ///< name -> text of templates/NAME.html

/// A value's name that may hold markup.
bool isMarkupName(std::string_view name);

/// What is wrong with `text` as it stands: modifiers, inline styles and scripts, broken markers. Empty when nothing is.
std::vector<std::string> mistakesIn(std::string_view text);

/// Template `name` with its parts; mistakes (no such part, parts without end) are added to `mistakes`.
std::string withParts(std::string_view name, const Sources& sources, std::vector<std::string>& mistakes);

/// [[key]] replaced by the words, escaped for HTML. Keys there are none of are added to `mistakes`.
std::string withWords(std::string_view text, const Words& words, std::vector<std::string>& mistakes);

}  // namespace sluis::web
