// One connection, in a process of its own: login, then SFTP, until the client or the gate ends it.
//
// Runs in a child that the listener has forked. Never returns to the listener's code; whatever goes wrong here ends
// this session and no other.
#pragma once

#include <string>

#include "base/fd.h"
#include "gate/settings.h"

namespace sluis::gate {

/// What goes over the control socket (SOCK_SEQPACKET): the child sends the user who has proven a key, the listener
/// answers with one byte.
inline constexpr char kAdmitted = 'y';
inline constexpr char kTooMany = 'n';
inline constexpr std::size_t kMaxControlMessage = 64;

/// Returns the process's exit status.
int runSession(const Settings& settings, Fd connection, Fd control, const std::string& address);

}  // namespace sluis::gate
