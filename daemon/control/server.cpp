#include "control/server.h"

#include <poll.h>
#include <pwd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include <fmt/format.h>

#include "base/error.h"
#include "base/log.h"
#include "control/address.h"
#include "model/denied.h"

namespace sluis::control {

namespace {

constexpr std::size_t kLongestRequest = 4096;
constexpr int kRequestMillis = 5000;
constexpr timeval kReadingPatience{30, 0};

std::string accountOf(int connection) {
  ucred peer{};
  socklen_t size = sizeof peer;
  if (::getsockopt(connection, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return "unknown";
  std::array<char, 4096> buffer;
  passwd entry{};
  passwd* found = nullptr;
  if (::getpwuid_r(peer.uid, &entry, buffer.data(), buffer.size(), &found) == 0 && found != nullptr)
    return found->pw_name;
  return fmt::format("uid {}", peer.uid);
}

// One line, or nothing when the peer says too little for too long.
std::string readLine(int connection) {
  std::string line;
  while (line.find('\n') == std::string::npos && line.size() < kLongestRequest) {
    pollfd ready{connection, POLLIN, 0};
    if (::poll(&ready, 1, kRequestMillis) <= 0) return {};
    std::array<char, 512> piece;
    const ssize_t n = ::read(connection, piece.data(), piece.size());
    if (n <= 0) return {};
    line.append(piece.data(), static_cast<std::size_t>(n));
  }
  return line.substr(0, line.find('\n'));
}

// Who asked may be gone; the work goes on all the same.
void sendLine(int connection, const nlohmann::json& value) {
  const std::string line = value.dump() + "\n";
  std::size_t sent = 0;
  while (sent < line.size()) {
    const ssize_t n = ::send(connection, line.data() + sent, line.size() - sent, MSG_NOSIGNAL);
    if (n <= 0) return;
    sent += static_cast<std::size_t>(n);
  }
}

}  // namespace

Server::Server(std::string program, std::filesystem::path socket, Answer answer)
    : program_(std::move(program)),
      socket_(std::move(socket)),
      answer_(std::move(answer)),
      listener_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  if (!listener_) throwErrno("cannot make the control socket");
  const sockaddr_un address = addressOf(socket_);
  const auto* generic = reinterpret_cast<const sockaddr*>(&address);
  const Fd probe(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (probe && ::connect(probe.get(), generic, sizeof address) == 0)
    throw Error(ErrorKind::system, fmt::format("another {} listens on {}", program_, socket_.string()),
                "stop it first, or give this one a socket of its own in the configuration");
  ::unlink(socket_.c_str());
  // Never open to all, not even for the moment between bind and chmod.
  const mode_t before = ::umask(0117);
  const int bound = ::bind(listener_.get(), generic, sizeof address);
  ::umask(before);
  if (bound != 0) throwErrno(fmt::format("cannot make the control socket {}", socket_.string()));
  if (::listen(listener_.get(), 16) != 0) throwErrno("cannot listen on the control socket");
  thread_ = std::jthread([this] { listen(); });
}

Server::~Server() {
  stop();
}

void Server::stop() {
  if (stopping_.exchange(true)) return;
  if (thread_.joinable()) thread_.join();
  conversations_.clear();
  ::unlink(socket_.c_str());
}

void Server::forgetFinished() {
  conversations_.remove_if([](const Conversation& each) { return each.done.load(); });
}

void Server::listen() {
  while (!stopping_) {
    pollfd ready{listener_.get(), POLLIN, 0};
    if (::poll(&ready, 1, 200) <= 0) continue;
    Fd connection(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (!connection) continue;
    // Who asks and does not read the answer must not keep us from stopping.
    ::setsockopt(connection.get(), SOL_SOCKET, SO_SNDTIMEO, &kReadingPatience, sizeof kReadingPatience);
    forgetFinished();
    Conversation& conversation = conversations_.emplace_back();
    conversation.thread = std::jthread([this, &conversation, fd = std::move(connection)]() mutable {
      converse(std::move(fd));
      conversation.done = true;
    });
  }
}

void Server::converse(Fd connection) const {
  const std::string line = readLine(connection.get());
  if (line.empty()) return;
  nlohmann::json last;
  try {
    const nlohmann::json request = nlohmann::json::parse(line);
    last = answer_({request.at("command").get<std::string>(), request.value("arguments", nlohmann::json::object()),
                    accountOf(connection.get()), [fd = connection.get()](const std::string& text) {
                      sendLine(fd, {{"progress", text}});
                    }});
    last["ok"] = true;
  } catch (const nlohmann::json::exception&) {
    last = {{"ok", false}, {"error", "not a request: one line of JSON with a \"command\""}};
  } catch (const Denied& error) {
    last = {{"ok", false},   {"error", error.message()}, {"hint", error.hint()},
            {"usage", true}, {"reason", error.reason()}, {"about", error.about()}};
  } catch (const Error& error) {
    // Who asked wrongly is told so, and nobody else: the words repeat what was typed, which could be a child's number.
    const bool usage = error.kind() == ErrorKind::usage;
    if (!usage) log::error("control: {}", error.what());
    last = {{"ok", false}, {"error", error.message()}, {"hint", error.hint()}, {"usage", usage}};
  } catch (const std::filesystem::filesystem_error& error) {
    log::error("control: a folder: {}", error.code().message());
    last = {{"ok", false},
            {"error", fmt::format("a folder of {}: {}", program_, error.code().message())},
            {"hint", "look at the disk"}};
  }
  sendLine(connection.get(), last);
}

}  // namespace sluis::control
