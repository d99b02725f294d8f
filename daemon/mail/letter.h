// One outbox message as a finished mail: facts and wording in, bytes out. Knows no connection and no channel.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "mail/delivery_facts.h"
#include "mail/texts.h"
#include "plugin/channel.h"

namespace sluis::mail {

/// Whom a provider can call; in every mail, check.txt and STATUS.txt.
struct Helpdesk {
  std::string name;
  std::string mail;
  std::string phone;
};

struct LetterSettings {
  std::string from;      ///< "sluis@ttp.example"
  std::string fromName;  ///< "Sluis"
  Helpdesk helpdesk;
  std::string timeZone = "Europe/Amsterdam";  ///< of the times in texts
};

/// What one mail is made of.
struct LetterRequest {
  std::string messageId;
  std::string kind;
  std::vector<std::string> to;  ///< for the To header
  Instant created;              ///< of the committed row: the Date header
  Values facts;                 ///< the row's own; they win over what follows from the delivery
  const DeliveryFacts* delivery = nullptr;
  const DeliveryFacts* earlier = nullptr;  ///< DUP01: the delivery whose receipt is sent again
};

/// The message with complete bytes, its envelope recipients those of `to`. Deterministic.
plugin::Message renderLetter(const LetterRequest& request, const Texts& texts, const LetterSettings& settings);

}  // namespace sluis::mail
