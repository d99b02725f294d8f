// The rules of level history: a delivery against the one of the previous period of the same kind (JH301, JH303).
//
// Judged when the records are loaded and not yet committed. Signals only: a delivery is never refused for its history.
#pragma once

#include "dataset/definition.h"
#include "delivery/delivery.h"
#include "model/finding.h"
#include "model/period.h"
#include "postgres/connection.h"

namespace sluis::run {

/// Adds what is found to `findings`, which stays in order. `loaded`: records of this delivery now in the database.
void judgeHistory(postgres::Transaction& transaction, const dataset::Definition& definition,
                  const delivery::Delivery& delivery, const Period& period, std::uint64_t loaded, Findings& findings);

}  // namespace sluis::run
