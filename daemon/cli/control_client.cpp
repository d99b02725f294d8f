#include "cli/control_client.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <array>
#include <cerrno>
#include <cstring>

#include <fmt/format.h>

#include "base/error.h"
#include "base/fd.h"
#include "base/file.h"

namespace sluis::cli {

namespace {

Fd connectTo(const std::filesystem::path& socket) {
  Fd connection(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!connection) throwErrno("cannot make a socket");
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string text = socket.string();
  if (text.size() >= sizeof address.sun_path)
    throw Error(ErrorKind::config, fmt::format("{} is too long for a socket", text));
  std::memcpy(address.sun_path, text.c_str(), text.size());
  if (::connect(connection.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    const char* hint = errno == EACCES                            ? "ask as root or a member of the socket's group"
                       : errno == ENOENT || errno == ECONNREFUSED ? "is sluisd running?"
                                                                  : "";
    throw Error(ErrorKind::system, fmt::format("sluisd does not answer on {}: {}", text, std::strerror(errno)), hint);
  }
  return connection;
}

}  // namespace

nlohmann::json askDaemon(const std::filesystem::path& socket, const std::string& command,
                         const std::function<void(const std::string& text)>& progress,
                         const nlohmann::json& arguments) {
  const Fd connection = connectTo(socket);
  writeAll(connection.get(), nlohmann::json{{"command", command}, {"arguments", arguments}}.dump() + "\n",
           "the control socket");
  std::string pending;
  std::array<std::byte, 4096> buffer;
  for (;;) {
    for (auto end = pending.find('\n'); end != std::string::npos; end = pending.find('\n')) {
      const auto answer = nlohmann::json::parse(pending.substr(0, end), nullptr, false);
      pending.erase(0, end + 1);
      if (!answer.is_object()) throw Error(ErrorKind::protocol, "sluisd answered with something that is no answer");
      if (answer.contains("progress")) {
        if (progress) progress(answer.value("progress", ""));
        continue;
      }
      if (!answer.value("ok", false))
        throw Error(answer.value("usage", false) ? ErrorKind::usage : ErrorKind::system,
                    answer.value("error", "sluisd could not"), answer.value("hint", ""));
      return answer;
    }
    const std::size_t n = readSome(connection.get(), buffer, "the control socket");
    if (n == 0) throw Error(ErrorKind::system, "sluisd went away before it answered", "its log says why");
    pending.append(reinterpret_cast<const char*>(buffer.data()), n);
  }
}

bool daemonAnswers(const std::filesystem::path& socket) {
  try {
    askDaemon(socket, "status");
    return true;
  } catch (const Error&) {
    return false;
  }
}

}  // namespace sluis::cli
