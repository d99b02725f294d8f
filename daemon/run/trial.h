// A delivery put into test/: judged at once, nothing loaded, no mail, the content wiped; the verdict in outbox/
// (CONTRACT §3). The same code judges as in the run.
#pragma once

#include <string>

#include "base/time.h"
#include "postgres/connection.h"
#include "run/installation.h"
#include "spool/spool.h"

namespace sluis::run {

class Trial {
 public:
  Trial(const Installation& installation, spool::Spool& spool, const Clock& clock)
      : installation_(installation), spool_(spool), clock_(clock) {}

  /// The delivery lies whole in incoming/<id>, taken from a test/ folder. After a crash it is done again: the same id,
  /// the same files.
  void run(postgres::Connection& connection, const std::string& id);

 private:
  const Installation& installation_;
  spool::Spool& spool_;
  const Clock& clock_;
};

}  // namespace sluis::run
