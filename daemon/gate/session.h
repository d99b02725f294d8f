// One connection, in a process of its own: login, then SFTP, until the client or the gate ends it.
//
// The listener forks and executes the program again, so that each session has an address space laid out anew: what a
// stranger learns by crashing one session is worth nothing in the next. Whatever goes wrong here ends this session and
// no other.
#pragma once

#include <string>
#include <vector>

#include "gate/settings.h"

namespace sluis::gate {

/// What goes over the control socket (SOCK_SEQPACKET): the child sends the user who has proven a key, the listener
/// answers with one byte.
inline constexpr char kAdmitted = 'y';
inline constexpr char kTooMany = 'n';
inline constexpr std::size_t kMaxControlMessage = 64;

/// Where the session's process finds its connection and its control socket.
inline constexpr int kConnectionFd = 3;
inline constexpr int kControlFd = 4;

/// The first argument of a session's process.
inline constexpr const char* kSessionArgument = "--session";

/// The command line of a session's process: the name, kSessionArgument, and what the session must know.
std::vector<std::string> sessionCommand(const Settings& settings, const std::string& address);

/// Runs the session that a command line made by sessionCommand() describes; `arguments` are those after
/// kSessionArgument. Returns the process's exit status.
int runSession(const std::vector<std::string>& arguments);

}  // namespace sluis::gate
