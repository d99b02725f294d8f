#include "run/link.h"

#include "postgres/migrate.h"

namespace sluis::run {

postgres::Connection& Link::get() {
  if (connection_ && !connection_->isConnected()) connection_.reset();
  if (!connection_) {
    postgres::Connection fresh(conninfo_, application_);
    postgres::requireSchema(fresh);
    connection_.emplace(std::move(fresh));
  }
  return *connection_;
}

}  // namespace sluis::run
