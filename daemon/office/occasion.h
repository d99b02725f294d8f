// Who made a change, when, and through which program: what every change of this room takes, and what its entry in the
// log says.
//
// `system` is the program whose process makes the change, "sluis" or "sluisd": a person at the portal asks sluisd, so
// that person's changes stand there as sluisd's. Everything else of the entry is the same whichever way it was asked.
#pragma once

#include <map>
#include <string>

#include "audit/audit.h"
#include "base/time.h"

namespace sluis::office {

struct Occasion {
  Instant at{};
  std::string actor{};   ///< a login at this machine, or account::describe() of who asked at the portal
  std::string system{};  ///< "sluis" or "sluisd"

  /// An entry of the log by this person at this moment, on the TTP's responsibility unless another is named.
  audit::Event event(std::string what, std::string subject, std::map<std::string, std::string> details = {},
                     std::string responsible = "TTP") const {
    return {.what = std::move(what),
            .at = at,
            .subject = std::move(subject),
            .system = system,
            .actor = actor,
            .responsible = std::move(responsible),
            .details = std::move(details)};
  }
};

}  // namespace sluis::office
