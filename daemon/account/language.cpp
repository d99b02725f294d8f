#include "account/language.h"

namespace sluis::account {

void setLanguage(postgres::Connection& connection, std::int64_t account, std::string_view language) {
  connection.exec("UPDATE portal.account SET language = $2 WHERE id = $1", account, language);
}

}  // namespace sluis::account
