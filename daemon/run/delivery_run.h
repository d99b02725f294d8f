// One queued delivery to its verdict, in one transaction: content read, validated, pseudonymised, loaded; rows, state,
// audit entry and messages stand or fall together. Afterwards, and only then, the bytes go.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/time.h"
#include "delivery/delivery.h"
#include "load/load.h"
#include "postgres/connection.h"
#include "registry/registry.h"
#include "run/announce.h"
#include "run/installation.h"
#include "spool/spool.h"

namespace sluis::run {

class DeliveryRun {
 public:
  DeliveryRun(const Installation& installation, spool::Spool& spool, const Clock& clock, std::int64_t run,
              std::string actor)
      : installation_(installation), spool_(spool), clock_(clock), run_(run), actor_(std::move(actor)) {}

  /// `delivery` is locked in `transaction`, which is committed here. Returns what it has become. Error when the machine
  /// failed us: then nothing has happened.
  delivery::Delivery execute(postgres::Transaction& transaction, const delivery::Delivery& delivery);

 private:
  /// What was found and done, before it is recorded.
  struct Decided {
    std::optional<Refusal> refusal;
    delivery::Outcome outcome;
    Findings findings;
  };
  Decided readAndLoad(postgres::Transaction& transaction, const delivery::Delivery& delivery,
                      const registry::Provider& provider, const Period& period);
  std::optional<Refusal> replaceEarlier(postgres::Transaction& transaction, const delivery::Delivery& delivery,
                                        const registry::Provider& provider, const Period& period,
                                        delivery::Outcome& outcome);
  /// DEL01: empty, or more earlier records would vanish than is allowed or was confirmed.
  static std::optional<Refusal> toBeHeld(const delivery::Delivery& delivery, const registry::Provider& provider,
                                         std::uint64_t loaded, const load::Replacement& replacement);
  struct Recorded {
    delivery::Delivery delivery;     ///< what it has become
    std::vector<std::string> ended;  ///< deliveries whose bytes can go
  };
  Recorded record(postgres::Transaction& transaction, const delivery::Delivery& delivery,
                  const registry::Provider& provider, const Decided& decided);

  const Installation& installation_;
  spool::Spool& spool_;
  const Clock& clock_;
  std::int64_t run_;
  std::string actor_;
};

}  // namespace sluis::run
