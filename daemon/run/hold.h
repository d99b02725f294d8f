// What becomes of a held delivery by somebody's word: released into the next run, or rejected.
//
// Error (usage) when there is no such delivery or it is not held, and when its bytes lie in another daemon's spool.
#pragma once

#include <string>

#include "run/announce.h"
#include "run/installation.h"
#include "spool/spool.h"

namespace sluis::run {

class Hold {
 public:
  Hold(const Installation& installation, spool::Spool& spool) : installation_(installation), spool_(spool) {}

  /// Into the next run; `reason` is for the log. Returns the delivery as it was held: what was confirmed.
  delivery::Delivery release(postgres::Connection& connection, const std::string& id, const std::string& reason,
                             const Occasion& occasion);
  /// The provider is told `reason`, the bytes are destroyed. Returns the delivery as it is now.
  delivery::Delivery reject(postgres::Connection& connection, const std::string& id, const std::string& reason,
                            const Occasion& occasion);

 private:
  delivery::Delivery heldHere(postgres::Transaction& transaction, const std::string& id) const;

  const Installation& installation_;
  spool::Spool& spool_;
};

}  // namespace sluis::run
