// What PostgreSQL, or the way to it, did to us.
//
// Carries the SQLSTATE, and never what the server says beside its primary message: a DETAIL can quote a row.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"

namespace sluis::postgres {

class DatabaseError : public Error {
 public:
  DatabaseError(std::string message, std::string sqlState, bool connectionLost, std::string constraint = {});

  /// Five characters of the SQL standard and PostgreSQL's appendix A; empty when the server did not answer.
  const std::string& sqlState() const noexcept { return sqlState_; }
  /// The connection is gone; open another. A COMMIT that ends so may or may not have happened: look before retrying.
  bool isConnectionLost() const noexcept { return connectionLost_; }
  /// Waiting or trying again can help: connection lost, server stopping or starting, disk or memory full, deadlock.
  /// Otherwise the statement, the schema or a right is wrong.
  bool isTransient() const noexcept;
  /// The name of the constraint that was violated, else empty.
  const std::string& constraint() const noexcept { return constraint_; }
  bool isUniqueViolation() const noexcept { return sqlState_ == "23505"; }
  bool isForeignKeyViolation() const noexcept { return sqlState_ == "23503"; }

 private:
  std::string sqlState_;
  std::string constraint_;
  bool connectionLost_;
};

}  // namespace sluis::postgres
