// A thread's own way to the database: connects when needed, forgets a connection that broke, checks the schema each
// time.
#pragma once

#include <optional>
#include <string>

#include "postgres/connection.h"

namespace sluis::run {

class Link {
 public:
  Link(std::string conninfo, std::string application)
      : conninfo_(std::move(conninfo)), application_(std::move(application)) {}

  /// The connection, made anew after drop() or when it is known to be broken. DatabaseError when there is no way.
  postgres::Connection& get();
  /// After an error that may have broken it.
  void drop() { connection_.reset(); }

 private:
  std::string conninfo_;
  std::string application_;
  std::optional<postgres::Connection> connection_;
};

}  // namespace sluis::run
