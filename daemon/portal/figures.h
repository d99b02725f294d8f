// Questions to sluis-figures, in the name of who is signed in: as whom somebody looks comes from the account and from
// nothing else, and sluis-figures enters the person into the log before it answers.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "portal/visit.h"
#include "report/outcome.h"

namespace sluis::portal {

/// Municipality and provider as themselves, both TTP roles as the TTP.
report::Viewer viewerOf(const account::Account& account);
report::Language languageOf(const Visit& visit);

/// What there is to choose from. Nothing of a figure; nothing is logged.
struct Possible {
  report::Vocabulary vocabulary;  ///< without start and end
  report::Quarter first;          ///< that may be named, both inside
  report::Quarter last;
  int mostDimensions = 3;
  struct Snapshot {
    std::string id;    ///< several, with commas, where several municipalities are looked at
    std::string made;  ///< RFC 3339
  };
  std::vector<Snapshot> snapshots;  ///< newest first
};
/// `municipality`: the filter gemeente; empty = none. nullopt when there are no figures for this person (yet).
/// Error (system) when sluis-figures does not answer.
std::optional<Possible> askPossible(const Visit& visit, const std::string& municipality);

/// Entered in the log, then answered. Viewer and language of `words` are filled in here. Error (usage): asked wrongly,
/// or of a snapshot that is gone; Error (system): sluis-figures does not answer, or cannot write the log.
report::Outcome askFigures(const Visit& visit, report::Words words);

}  // namespace sluis::portal
