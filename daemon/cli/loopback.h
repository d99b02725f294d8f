// Ports of this machine: a free one for a sandbox, and whether somebody listens at one.
#pragma once

#include <cstdint>
#include <string>

namespace sluis::cli {

/// One that nobody has at this moment, and that is nobody's by chance later. Error (system) when there is none.
std::uint16_t freePort();
/// Whether something takes connections at that address of this machine; any address ("0.0.0.0", "::") is asked at its
/// loopback one. True of a name: who listens there is not known here.
bool listens(const std::string& address, std::uint16_t port);
/// Whether an SSH server says there who it is.
bool greets(std::uint16_t port);

}  // namespace sluis::cli
