#include "control/address.h"

#include <sys/socket.h>

#include <cstring>
#include <string>

#include <fmt/format.h>

#include "base/error.h"

namespace sluis::control {

sockaddr_un addressOf(const std::filesystem::path& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string text = path.string();
  if (text.size() >= sizeof address.sun_path)
    throw Error(ErrorKind::config, fmt::format("{} is too long for a socket", text),
                fmt::format("choose a path of at most {} bytes", sizeof address.sun_path - 1));
  std::memcpy(address.sun_path, text.c_str(), text.size() + 1);
  return address;
}

}  // namespace sluis::control
