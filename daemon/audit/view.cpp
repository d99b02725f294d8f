#include "audit/audit.h"

namespace sluis::audit {

std::int64_t appendView(postgres::Connection& connection, const Event& event) {
  return connection.exec("SELECT audit.append_view($1)", canonical(event)).only().integer(0);
}

std::int64_t appendPortal(postgres::Transaction& transaction, const Event& event) {
  return transaction.exec("SELECT audit.append_portal($1)", canonical(event)).only().integer(0);
}

}  // namespace sluis::audit
