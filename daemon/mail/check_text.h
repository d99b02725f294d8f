// check.txt: what a file put into test/ would have come to, in plain Dutch (CONTRACT §3).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "mail/delivery_facts.h"
#include "mail/letter.h"

namespace sluis::mail {

/// UTF-8 with CRLF line ends (it is opened in Notepad). The verdict is `facts.receipt.verdict` and `code`.
std::string renderCheck(const DeliveryFacts& facts, const Helpdesk& helpdesk, const std::string& timeZone);

/// What such a text says came of it: "" for good, else the code. nullopt where it does not say so.
std::optional<std::string> codeOfCheck(std::string_view text);

}  // namespace sluis::mail
