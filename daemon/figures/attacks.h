// `sluis report attack`: the attack on ourselves (protect/attack.h) on a snapshot in service, entered in the log before
// it begins, as JSON. Takes minutes on a large snapshot; one at a time.
//
// Says how sure an intruder would be and by what kind of questions; what he would then know is not said, for who may
// ask this may see published figures only.
#pragma once

#include <functional>
#include <string>

#include <nlohmann/json.hpp>

#include "figures/snapshots.h"
#include "figures/view_log.h"
#include "protect/attack.h"

namespace sluis::figures {

struct AttackRequest {
  std::string snapshot;  ///< empty = the newest of every domain
  std::string actor;
  double limit = 0.75;
  unsigned threads = 1;
  std::function<void(const std::string& text)> progress;
};

/// As much of a report as may leave this program.
nlohmann::json jsonOf(const protect::AttackReport& report);

/// One report for each snapshot. Error (usage) when there is none.
nlohmann::json attackSnapshots(const AttackRequest& request, Snapshots& snapshots, ViewLog& log);

}  // namespace sluis::figures
