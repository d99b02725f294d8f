#include "account/terms.h"

#include "base/encoding.h"
#include "crypto/digest.h"

namespace sluis::account {

std::string termsVersion(std::string_view terms) {
  return terms.empty() ? std::string() : toHex(crypto::sha256(asBytes(terms))).substr(0, 16);
}

void acceptTerms(postgres::Transaction& transaction, std::int64_t account, std::string_view version) {
  transaction.exec("UPDATE portal.account SET terms_accepted = $2 WHERE id = $1", account, std::string(version));
}

}  // namespace sluis::account
