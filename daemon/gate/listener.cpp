#include "gate/listener.h"

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <memory>

#include <fmt/format.h>

#include "base/error.h"
#include "base/file.h"
#include "base/log.h"
#include "gate/session.h"

namespace sluis::gate {

namespace {

constexpr int kTickMilliseconds = 1000;
constexpr auto kRosterCheckEvery = std::chrono::seconds(10);
constexpr auto kComplainEvery = std::chrono::seconds(10);

struct FreeAddresses {
  void operator()(addrinfo* list) const noexcept { ::freeaddrinfo(list); }
};

Fd listenOn(const std::string& address, std::uint16_t port) {
  addrinfo hints{};
  hints.ai_flags = AI_PASSIVE | AI_NUMERICHOST | AI_NUMERICSERV;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int failed = ::getaddrinfo(address.c_str(), std::to_string(port).c_str(), &hints, &found);
  const std::unique_ptr<addrinfo, FreeAddresses> list(found);
  if (failed != 0) throw Error(ErrorKind::config, fmt::format("\"{}\" is not a numeric address to listen on", address));
  Fd fd(::socket(list->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd) throwErrno("cannot make a socket");
  const int on = 1;
  ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  const int no = 0;
  // "::" stands for every address, IPv4 too, whatever the machine's default is.
  if (list->ai_family == AF_INET6) ::setsockopt(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, &no, sizeof no);
  if (::bind(fd.get(), list->ai_addr, list->ai_addrlen) != 0 || ::listen(fd.get(), 128) != 0)
    throwErrno(fmt::format("cannot listen on {} port {}", address, port));
  return fd;
}

struct Named {
  std::string host;
  std::string port;
};

Named nameOf(const sockaddr_storage& address, socklen_t length) {
  std::array<char, NI_MAXHOST> host{};
  std::array<char, NI_MAXSERV> port{};
  if (::getnameinfo(reinterpret_cast<const sockaddr*>(&address), length, host.data(), host.size(), port.data(),
                    port.size(), NI_NUMERICHOST | NI_NUMERICSERV) != 0)
    return {"an unknown address", "0"};
  std::string_view shown(host.data());
  constexpr std::string_view kMapped = "::ffff:";
  if (shown.starts_with(kMapped) && shown.find('.') != std::string_view::npos) shown.remove_prefix(kMapped.size());
  return {std::string(shown), port.data()};
}

// One household has a whole /64; counting single IPv6 addresses would limit nobody.
std::string neighbourhoodOf(const sockaddr_storage& address, const std::string& host) {
  if (address.ss_family != AF_INET6) return host;
  const auto& own = reinterpret_cast<const sockaddr_in6&>(address).sin6_addr;
  if (IN6_IS_ADDR_V4MAPPED(&own)) return host;
  return {reinterpret_cast<const char*>(own.s6_addr), 8};
}

// In the child. All other descriptors close themselves.
[[noreturn]] void becomeSession(int program, int connection, int control, std::vector<std::string> command,
                                pid_t parent) {
  // A session without a listener would be one that nobody counts or ends.
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  // Moved out of the way first: either may be lying where the other must go.
  const int aside = ::fcntl(connection, F_DUPFD_CLOEXEC, 10);
  const int controlAside = ::fcntl(control, F_DUPFD_CLOEXEC, 10);
  const int programAside = ::fcntl(program, F_DUPFD_CLOEXEC, 10);
  if (::getppid() == parent && ::dup2(aside, kConnectionFd) >= 0 && ::dup2(controlAside, kControlFd) >= 0) {
    std::vector<char*> arguments;
    arguments.reserve(command.size() + 1);
    for (std::string& argument : command) arguments.push_back(argument.data());
    arguments.push_back(nullptr);
    ::fexecve(programAside, arguments.data(), environ);
  }
  log::error("cannot begin a session: {}", std::strerror(errno));
  ::_exit(3);
}

sigset_t ownSignals() {
  sigset_t set;
  ::sigemptyset(&set);
  for (const int signal : {SIGCHLD, SIGHUP, SIGTERM, SIGINT}) ::sigaddset(&set, signal);
  return set;
}

}  // namespace

Listener::Listener(const Settings& settings)
    : settings_(settings),
      roster_(settings.rosterFolder),
      program_(openFile("/proc/self/exe", O_PATH)),
      listening_(listenOn(settings.listenAddress, settings.port)) {
  sockaddr_storage address{};
  socklen_t length = sizeof address;
  if (::getsockname(listening_.get(), reinterpret_cast<sockaddr*>(&address), &length) != 0)
    throwErrno("cannot tell the port");
  port_ = static_cast<std::uint16_t>(std::stoi(nameOf(address, length).port));
  const sigset_t set = ownSignals();
  ::sigprocmask(SIG_BLOCK, &set, nullptr);
  signals_ = Fd(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!signals_) throwErrno("cannot wait for signals");
}

bool Listener::hasRoomFor(const std::string& neighbourhood) {
  std::size_t waiting = 0;
  std::size_t near = 0;
  for (const Child& child : children_) {
    if (!child.user.empty()) continue;
    ++waiting;
    if (child.neighbourhood == neighbourhood) ++near;
  }
  if (children_.size() < settings_.maxSessions && waiting < settings_.maxUnauthenticated &&
      near < settings_.maxUnauthenticatedPerAddress)
    return true;
  if (Clock::now() - lastComplaint_ > kComplainEvery) {
    log::warning("connections are turned away: {} sessions, {} of them not logged in", children_.size(), waiting);
    lastComplaint_ = Clock::now();
  }
  return false;
}

void Listener::accept() {
  sockaddr_storage address{};
  socklen_t length = sizeof address;
  const Fd connection(::accept4(listening_.get(), reinterpret_cast<sockaddr*>(&address), &length, SOCK_CLOEXEC));
  if (!connection) return;
  const std::string host = nameOf(address, length).host;
  const std::string neighbourhood = neighbourhoodOf(address, host);
  if (!hasRoomFor(neighbourhood)) return;
  std::array<int, 2> pair{};
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair.data()) != 0) {
    log::error("cannot begin a session: no socket");
    return;
  }
  Fd ours(pair[0]);
  const Fd theirs(pair[1]);
  const pid_t parent = ::getpid();
  const pid_t pid = ::fork();
  if (pid < 0) {
    log::error("cannot begin a session: no process");
    return;
  }
  if (pid == 0) becomeSession(program_.get(), connection.get(), theirs.get(), sessionCommand(settings_, host), parent);
  children_.push_back({pid, std::move(ours), host, neighbourhood, "", Clock::now()});
}

void Listener::onControl(Child& child) {
  std::array<char, kMaxControlMessage> message{};
  const ssize_t length = ::recv(child.control.get(), message.data(), message.size(), MSG_DONTWAIT);
  if (length <= 0) {
    if (length < 0 && (errno == EAGAIN || errno == EINTR)) return;
    // The process is ending; SIGCHLD tells the rest.
    child.control.reset();
    return;
  }
  const std::string_view user(message.data(), static_cast<std::size_t>(length));
  // What a session says is believed only as far as it could have said it honestly.
  if (!child.user.empty() || !isRosterUser(user)) {
    ::kill(child.pid, SIGKILL);
    return;
  }
  const auto sessions =
      std::count_if(children_.begin(), children_.end(), [&](const Child& other) { return other.user == user; });
  const bool admitted = static_cast<std::size_t>(sessions) < settings_.maxSessionsPerProvider;
  if (admitted) child.user = user;
  const char answer = admitted ? kAdmitted : kTooMany;
  if (::send(child.control.get(), &answer, 1, MSG_NOSIGNAL | MSG_DONTWAIT) != 1) ::kill(child.pid, SIGKILL);
}

void Listener::reap() {
  int status = 0;
  for (pid_t pid = 0; (pid = ::waitpid(-1, &status, WNOHANG)) > 0;) {
    const auto child = std::find_if(children_.begin(), children_.end(), [&](const Child& c) { return c.pid == pid; });
    if (child == children_.end()) continue;
    if (WIFSIGNALED(status)) {
      const int signal = WTERMSIG(status);
      if (signal == SIGALRM)
        log::notice("no login from {} within {} s", child->address, settings_.loginDeadlineSeconds);
      else if (signal != SIGTERM)
        log::error("the session of {} from {} died of signal {}", child->user.empty() ? "nobody" : child->user,
                   child->address, signal);
    }
    children_.erase(child);
  }
}

void Listener::onSignal() {
  signalfd_siginfo info{};
  while (::read(signals_.get(), &info, sizeof info) == sizeof info) {
    if (info.ssi_signo == SIGHUP) reload_ = true;
    if (info.ssi_signo == SIGTERM || info.ssi_signo == SIGINT) stopping_ = true;
  }
  reap();
}

void Listener::checkRoster() {
  lastRosterCheck_ = Clock::now();
  for (const Child& child : children_) {
    if (child.user.empty()) continue;
    const auto entry = roster_.find(child.user);
    if (entry && !entry->suspended) continue;
    log::notice("{} is no longer let in; its session ends", child.user);
    ::kill(child.pid, SIGTERM);
  }
}

void Listener::signalAll(int signal) {
  for (const Child& child : children_) ::kill(child.pid, signal);
}

void Listener::drain(const Signs& signs) {
  listening_.reset();
  signs.stopping();
  log::info("stopping; {} sessions may finish", children_.size());
  const auto wait = [&](std::chrono::seconds most) {
    for (const auto end = Clock::now() + most; !children_.empty() && Clock::now() < end;) {
      pollfd watched{signals_.get(), POLLIN, 0};
      ::poll(&watched, 1, 100);
      onSignal();
      signs.alive();
    }
  };
  for (const Child& child : children_)
    if (child.user.empty()) ::kill(child.pid, SIGTERM);
  wait(std::chrono::seconds(settings_.drainSeconds));
  signalAll(SIGTERM);
  wait(std::chrono::seconds(3));
  signalAll(SIGKILL);
  wait(std::chrono::seconds(1));
}

void Listener::run(const Signs& signs) {
  const bool six = settings_.listenAddress.find(':') != std::string::npos;
  log::info("listening on {}{}{}:{}", six ? "[" : "", settings_.listenAddress, six ? "]" : "", port_);
  for (const auto& folder : {settings_.dropFolder, settings_.rosterFolder})
    if (::access(folder.c_str(), R_OK | X_OK) != 0)
      log::warning("{} cannot be read: {}; nobody gets in until sluisd has made it", folder.string(),
                   std::strerror(errno));
  signs.ready();
  while (!stopping_) {
    std::vector<pollfd> watched{{listening_.get(), POLLIN, 0}, {signals_.get(), POLLIN, 0}};
    for (const Child& child : children_) watched.push_back({child.control.get(), POLLIN, 0});
    if (::poll(watched.data(), watched.size(), kTickMilliseconds) < 0 && errno != EINTR) throwErrno("cannot wait");
    // Controls before signals and accepts: those change children_.
    for (std::size_t i = 2; i < watched.size(); ++i)
      if (watched[i].revents != 0) onControl(children_[i - 2]);
    if (watched[1].revents != 0) onSignal();
    if (watched[0].revents != 0) accept();
    if (reload_ || Clock::now() - lastRosterCheck_ > kRosterCheckEvery) {
      checkRoster();
      if (std::exchange(reload_, false)) signs.reloaded();
    }
    signs.alive();
  }
  drain(signs);
}

}  // namespace sluis::gate
