#include "crypto/openssl.h"

#include <fmt/format.h>
#include <openssl/err.h>

#include "base/error.h"

namespace sluis::crypto {

void throwOpenssl(std::string_view doing) {
  const unsigned long code = ERR_get_error();
  const char* reason = code == 0 ? nullptr : ERR_reason_error_string(code);
  ERR_clear_error();
  throw Error(ErrorKind::crypto, fmt::format("{}: {}", doing, reason == nullptr ? "OpenSSL failed" : reason));
}

}  // namespace sluis::crypto
