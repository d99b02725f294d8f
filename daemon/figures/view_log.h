// Says in the audit log who is about to see what, before it is seen. No entry, no figure: append() returns when the
// entry is committed, and throws when it is not known to be.
//
// One connection as role sluis_figures, made when it is first needed and anew after it was lost. Safe for many threads:
// one entry at a time, as the log has it anyway.
#pragma once

#include <optional>
#include <string>

#include "audit/audit.h"
#include "base/guarded.h"
#include "postgres/connection.h"

namespace sluis::figures {

class ViewLog {
 public:
  explicit ViewLog(std::string conninfo) : conninfo_(std::move(conninfo)) {}

  /// Error (database) when the log does not take it. After a connection lost in the middle the entry may stand there
  /// although nothing was seen, or twice: rather than not at all.
  void append(const audit::Event& event);
  /// Whether the log can be reached; never throws.
  bool isReachable();

 private:
  static postgres::Connection connect(const std::string& conninfo);

  std::string conninfo_;
  Guarded<std::optional<postgres::Connection>> connection_;
};

}  // namespace sluis::figures
