#include "gate/refusal.h"

#include <array>
#include <cerrno>
#include <cstring>

#include <fmt/format.h>

#include "base/log.h"

namespace sluis::gate {

Refusal refusalFor(int errnum) {
  switch (errnum) {
    case ENOENT:
    case ENOTDIR:
    case ELOOP:  // a symbolic link: for a client there is none
    case EXDEV:
    case ENXIO:
    case ENODEV:
      return {Status::noSuchFile, "no such file", false};
    case EACCES:
    case EPERM:
    case EROFS:
      return {Status::permissionDenied, "permission denied", false};
    case EEXIST:
    case ENOTEMPTY:
      return {Status::failure, "a file of that name already exists", false};
    case EISDIR:
      return {Status::failure, "that is a folder", false};
    case ENAMETOOLONG:
      return {Status::failure, "name not allowed: too long", false};
    case ENOSPC:
    case EDQUOT:
      return {Status::failure, "no space left on the server", true};
    case EFBIG:
      return {Status::failure, "file too large", true};
    default:
      log::error("a system call failed: {}", std::strerror(errnum));
      return {Status::failure, "the server could not do this; please call the helpdesk", true};
  }
}

std::string sizeText(std::uint64_t bytes) {
  constexpr std::array kUnits{"GiB", "MiB", "KiB"};
  std::uint64_t unit = 1ULL << 30;
  for (const char* name : kUnits) {
    if (bytes >= unit) {
      return bytes % unit == 0 ? fmt::format("{} {}", bytes / unit, name)
                               : fmt::format("{:.1f} {}", static_cast<double>(bytes) / static_cast<double>(unit), name);
    }
    unit >>= 10;
  }
  return fmt::format("{} bytes", bytes);
}

}  // namespace sluis::gate
