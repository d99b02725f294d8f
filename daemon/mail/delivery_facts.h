// All that mails and documents say about one delivery, as plain values from committed rows. Whoever has the database
// fills it in; nothing here knows one.
#pragma once

#include <memory>
#include <string>

#include "mail/findings_text.h"
#include "mail/receipt.h"
#include "model/finding.h"

namespace sluis::mail {

struct DeliveryFacts {
  Receipt receipt;
  std::string providerName;
  std::string detail;  ///< Refusal::detail (Dutch), may be empty
  Findings findings;
  std::shared_ptr<const void> storage;  ///< keeps alive what the views in `findings` point into, when they need it
  RuleText ruleText;                    ///< of the delivery's dataset version; may be empty without findings
};

}  // namespace sluis::mail
