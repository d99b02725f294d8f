#include "control/client.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <array>
#include <cerrno>
#include <cstring>

#include <fmt/format.h>

#include "base/error.h"
#include "base/fd.h"
#include "base/file.h"
#include "control/address.h"
#include "model/denied.h"

namespace sluis::control {

namespace {

Fd connectTo(const Peer& peer) {
  Fd connection(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!connection) throwErrno("cannot make a socket");
  const sockaddr_un address = addressOf(peer.socket);
  if (::connect(connection.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    const int reason = errno;
    const std::string hint = reason == EACCES ? "ask as root or a member of the socket's group"
                             : reason == ENOENT || reason == ECONNREFUSED ? fmt::format("is {} running?", peer.program)
                                                                          : "";
    throw Error(ErrorKind::system,
                fmt::format("{} does not answer on {}: {}", peer.program, peer.socket.string(), std::strerror(reason)),
                hint);
  }
  return connection;
}

}  // namespace

nlohmann::ordered_json ask(const Peer& peer, const std::string& command,
                           const std::function<void(const std::string& text)>& progress,
                           const nlohmann::json& arguments) {
  const Fd connection = connectTo(peer);
  writeAll(connection.get(), nlohmann::json{{"command", command}, {"arguments", arguments}}.dump() + "\n",
           "the control socket");
  std::string pending;
  std::array<std::byte, 16384> buffer;
  for (;;) {
    for (auto end = pending.find('\n'); end != std::string::npos; end = pending.find('\n')) {
      auto answer = nlohmann::ordered_json::parse(pending.substr(0, end), nullptr, false);
      pending.erase(0, end + 1);
      if (!answer.is_object())
        throw Error(ErrorKind::protocol, fmt::format("{} answered with something that is no answer", peer.program));
      if (answer.contains("progress")) {
        if (progress) progress(answer.value("progress", ""));
        continue;
      }
      if (!answer.value("ok", false) && answer.contains("reason"))
        throw Denied(answer.value("reason", ""), answer.value("about", ""), answer.value("error", ""),
                     answer.value("hint", ""));
      if (!answer.value("ok", false))
        throw Error(answer.value("usage", false) ? ErrorKind::usage : ErrorKind::system,
                    answer.value("error", fmt::format("{} could not", peer.program)), answer.value("hint", ""));
      answer.erase("ok");
      return answer;
    }
    const std::size_t n = readSome(connection.get(), buffer, "the control socket");
    if (n == 0)
      throw Error(ErrorKind::system, fmt::format("{} went away before it answered", peer.program), "its log says why");
    pending.append(reinterpret_cast<const char*>(buffer.data()), n);
  }
}

bool answers(const Peer& peer) {
  try {
    ask(peer, "status");
    return true;
  } catch (const Error&) {
    return false;
  }
}

}  // namespace sluis::control
