// What is told when a delivery changes state: the audit entry and the messages, all in the commit that makes it so.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/time.h"
#include "delivery/delivery.h"
#include "model/refusal.h"
#include "postgres/connection.h"
#include "registry/registry.h"
#include "run/installation.h"

namespace sluis::run {

/// Who and when, for the log.
struct Occasion {
  Instant at;
  std::string actor;  ///< "sluisd", or the account that asked for the run
};

class Announcer {
 public:
  /// `known`: the provider, when it was read already; nullopt reads it.
  explicit Announcer(const Installation& installation, std::optional<registry::Provider> known = std::nullopt)
      : installation_(installation), known_(std::move(known)) {}

  /// Each: call last before commit(), the log is locked from then on.
  void queued(postgres::Transaction& transaction, const delivery::Delivery& delivery, const Occasion& occasion) const;
  void accepted(postgres::Transaction& transaction, const delivery::Delivery& delivery, const Occasion& occasion) const;
  /// To the provider and to the operators: somebody must decide.
  void held(postgres::Transaction& transaction, const delivery::Delivery& delivery, const Occasion& occasion) const;
  /// To the log: somebody did, and why. `delivery` as it was held.
  void released(postgres::Transaction& transaction, const delivery::Delivery& delivery, const std::string& reason,
                const Occasion& occasion) const;
  /// Rejected, quarantined or superseded, by `delivery.state`. `earlier`: DUP01's accepted delivery, whose
  /// receipt is sent again.
  void refused(postgres::Transaction& transaction, const delivery::Delivery& delivery, const Occasion& occasion,
               const std::optional<std::string>& earlier = std::nullopt) const;
  /// To the operators, and to the log.
  void runFailed(postgres::Transaction& transaction, std::int64_t run, const std::string& why,
                 const Occasion& occasion) const;

 private:
  void tell(postgres::Transaction& transaction, const delivery::Delivery& delivery, std::string_view kind,
            const Occasion& occasion, const std::optional<std::string>& earlier = std::nullopt) const;
  void documents(postgres::Transaction& transaction, const delivery::Delivery& delivery, const std::string& about,
                 const Occasion& occasion) const;
  void log(postgres::Transaction& transaction, const delivery::Delivery& delivery, const Occasion& occasion) const;

  std::vector<std::string> mailsOf(postgres::Transaction& transaction, const std::string& provider) const;

  const Installation& installation_;
  std::optional<registry::Provider> known_;
};

}  // namespace sluis::run
