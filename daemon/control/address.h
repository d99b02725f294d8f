// The address of a unix socket. Internal to this room.
#pragma once

#include <sys/un.h>

#include <filesystem>

namespace sluis::control {

/// Error (config) when the path is longer than a socket's name may be.
sockaddr_un addressOf(const std::filesystem::path& path);

}  // namespace sluis::control
