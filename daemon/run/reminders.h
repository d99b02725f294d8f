// Reminds providers, once each, of what they will want to know in time: a delivery that is expected has not come, an
// open period closes, a signing key or certificate expires.
//
// What is expected follows from the rhythm of what was accepted: a period of some kind, when one of the two before it
// of the same kind was; a provider that never delivered owes the half-years. Not expected is what other periods cover
// whole, what ended before the provider was registered or outside its agreement, and what is on its way. Suspended
// providers are left alone. Failures of the database are sluis::Error.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "model/period.h"
#include "postgres/connection.h"
#include "registry/registry.h"
#include "run/installation.h"
#include "run/link.h"

namespace sluis::run {

struct ReminderSettings {
  int afterDays = 14;    ///< after the end of a period: it was expected
  int closesDays = 14;   ///< before an open period closes
  int expiresDays = 30;  ///< before a key or certificate expires
  std::string mailDomain{};
};

struct ExpectedDelivery {
  std::string dataset{};
  Period period;
  Day lastDay{};  ///< on which it can be delivered
};
/// Open periods without a delivery that was accepted or is on its way, the earliest first; none for who is suspended.
std::vector<ExpectedDelivery> expectedOf(postgres::Connection& connection, const registry::Provider& provider,
                                         Day today);

struct Reminder {
  enum class Kind { expected, closes, expires };
  Kind kind;
  std::string provider{};
  std::string about{};  ///< the same for the same thing for ever: "P0001-jeugdhulp-2026-10-verwacht"
  std::string dataset{};
  std::string period{};
  Day lastDay{};
  std::string melding{};    ///< Dutch, one sentence
  std::string oplossing{};  ///< Dutch, what to do
};
std::string_view toString(Reminder::Kind kind);

/// All that a provider should have been told by today, told already or not.
std::vector<Reminder> remindersFor(postgres::Connection& connection, const registry::Provider& provider,
                                   const ReminderSettings& settings, Day today);

/// Puts into the outbox what was not told before, each with its entry in the log; how many those were.
int remind(postgres::Connection& connection, const ReminderSettings& settings, Day today, Instant now);

/// The same as this installation is set; what goes wrong is logged, for the run is over and good.
void remindAfterRun(const Installation& installation, Link& link, Instant now);

}  // namespace sluis::run
