#include "account/notice.h"

namespace sluis::account {

void askForReset(postgres::Transaction& transaction, std::string_view user, std::string_view domain) {
  // The database takes no NUL and nobody is called so; the work is done all the same.
  std::string asked = normalUser(user.substr(0, 254));
  for (char& c : asked)
    if (static_cast<unsigned char>(c) <= ' ' || static_cast<unsigned char>(c) >= 0x7f) c = '?';
  transaction.exec("SELECT portal.ask_for_reset($1, $2)", asked, domain);
}

std::string_view toString(Change change) {
  switch (change) {
    case Change::password:
      return "wachtwoord";
    case Change::secondFactor:
      return "tweede-factor";
    case Change::recoveryCodes:
      return "herstelcodes";
    case Change::disabled:
      return "uitgezet";
  }
  return {};
}

void tellChange(postgres::Transaction& transaction, std::int64_t account, Change change, std::string_view domain) {
  if (change == Change::disabled) throw Error(ErrorKind::usage, "the portal disables no account");
  transaction.exec("SELECT portal.tell_change($1, $2, $3)", account, toString(change), domain);
}

}  // namespace sluis::account
