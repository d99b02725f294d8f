#include "base/error.h"

#include <cerrno>
#include <cstring>

#include <fmt/format.h>

namespace sluis {

std::string_view toString(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::config:
      return "config";
    case ErrorKind::usage:
      return "usage";
    case ErrorKind::system:
      return "system";
    case ErrorKind::disk:
      return "disk";
    case ErrorKind::database:
      return "database";
    case ErrorKind::network:
      return "network";
    case ErrorKind::crypto:
      return "crypto";
    case ErrorKind::plugin:
      return "plugin";
    case ErrorKind::protocol:
      return "protocol";
  }
  return "unknown";
}

std::string Error::render() const {
  return hint_.empty() ? message_ : fmt::format("{} ({})", message_, hint_);
}

void throwErrno(std::string_view doing, int errnum) {
  const bool full = errnum == ENOSPC || errnum == EDQUOT;
  throw Error(full || errnum == EIO || errnum == EROFS ? ErrorKind::disk : ErrorKind::system,
              fmt::format("{}: {}", doing, std::strerror(errnum)),
              full ? "make room on that disk; nothing is lost" : "");
}

void throwErrno(std::string_view doing) {
  throwErrno(doing, errno);
}

}  // namespace sluis
