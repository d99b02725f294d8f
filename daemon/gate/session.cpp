#include "gate/session.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <optional>
#include <vector>

#include "base/error.h"
#include "base/log.h"
#include "base/step.h"
#include "gate/roster_folder.h"
#include "gate/sandbox.h"
#include "gate/sftp_server.h"
#include "ssh/server_session.h"

namespace sluis::gate {

namespace {

using SteadyClock = std::chrono::steady_clock;

// Stands in for a user who does not exist, so that a stranger's key is read and compared all the same.
constexpr const char* kDecoyKey =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8g nobody";
// A refusal takes this long at least, whichever check it failed.
constexpr auto kSlowestRefusal = std::chrono::milliseconds(15);
constexpr int kTickMilliseconds = 1000;
constexpr int kGoodbyeMilliseconds = 2000;
// Replies are held back while more requests are coming in, up to this many bytes; one status takes 25.
constexpr std::size_t kRepliesTogether = 200;

// Set by SIGTERM: the gate is going down, or this provider has been suspended.
volatile std::sig_atomic_t asked = 0;

class Session final : public ssh::Host {
 public:
  Session(const Settings& settings, Fd control, const std::string& address)
      : settings_(settings), control_(std::move(control)), address_(address), roster_(settings.rosterFolder) {}

  int run(Fd connection);

  bool mayLogIn(std::string_view user, const ssh::PublicKey& key, bool proven) override;
  bool mayTryAgain() override { return ++refused_ < settings_.maxAttempts; }
  bool mayStart(std::string_view subsystem) override { return entry_.has_value() && subsystem == "sftp"; }
  std::size_t received(BytesView bytes) override {
    lastRequest_ = SteadyClock::now();
    return sftp_ != nullptr ? sftp_->receive(bytes) : 0;
  }
  bool congested() const override { return sftp_ == nullptr || sftp_->congested() || sftp_->lost(); }

 private:
  bool isKeyOf(const RosterEntry& entry, const ssh::PublicKey& key) const;
  bool admitted(std::string_view user);
  bool logIn(ssh::ServerSession& ssh);
  int serve(ssh::ServerSession& ssh);
  int converse(ssh::ServerSession& ssh, SftpServer& sftp);
  bool idle() const { return SteadyClock::now() - lastRequest_ > std::chrono::seconds(settings_.idleSeconds); }

  const Settings& settings_;
  Fd control_;
  std::string address_;
  RosterFolder roster_;
  std::optional<RosterEntry> entry_;
  /// For the log: only a name that is in the roster, never what a stranger typed (people type passwords there).
  std::string tried_ = "unknown user";
  unsigned refused_ = 0;
  SftpServer* sftp_ = nullptr;
  SteadyClock::time_point lastRequest_ = SteadyClock::now();
};

bool Session::isKeyOf(const RosterEntry& entry, const ssh::PublicKey& key) const {
  bool found = false;
  for (const std::string& line : entry.loginKeys) {
    const auto registered = ssh::PublicKey::fromAuthorizedLine(line);
    found = (registered && registered->sameAs(key)) || found;
  }
  return found;
}

bool Session::admitted(std::string_view user) {
  char answer = kTooMany;
  if (::send(control_.get(), user.data(), user.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(user.size())) return false;
  return ::recv(control_.get(), &answer, 1, 0) == 1 && answer == kAdmitted;
}

bool Session::mayLogIn(std::string_view user, const ssh::PublicKey& key, bool proven) {
  const auto start = SteadyClock::now();
  auto entry = roster_.find(user);
  const bool known = entry.has_value();
  if (known) {
    tried_ = entry->user;
  } else {
    entry.emplace();
    entry->loginKeys.emplace_back(kDecoyKey);
  }
  const bool keyFits = isKeyOf(*entry, key);
  const bool good = keyFits && known && !entry->suspended;
  if (!good) {
    if (known && keyFits && entry->suspended) log::notice("{} is suspended and not let in from {}", tried_, address_);
    const timespec rest{
        0, std::max<long>(0, std::chrono::nanoseconds(kSlowestRefusal - (SteadyClock::now() - start)).count())};
    ::nanosleep(&rest, nullptr);
    return false;
  }
  if (!proven) return true;
  if (!admitted(user)) {
    log::notice("{} has too many sessions already; refused from {}", tried_, address_);
    return false;
  }
  log::info("{} logged in from {} with {}", tried_, address_, key.fingerprint());
  entry_ = std::move(entry);
  return true;
}

bool Session::logIn(ssh::ServerSession& ssh) {
  const auto refused = [&] {
    log::notice("login refused: {} from {}, {} attempts", tried_, address_, refused_);
    ssh.close(1, 0);
    return false;
  };
  if (!ssh.exchangeKeys()) {
    log::info("no login from {}: the key exchange failed", address_);
    return false;
  }
  while (!ssh.subsystemStarted())
    if (ssh.step(kTickMilliseconds) == ssh::Step::ended) return entry_ ? false : refused();
  return true;
}

int Session::serve(ssh::ServerSession& ssh) {
  // Until now the signal's own effect was right: nothing to finish, nobody to tell.
  struct sigaction action {};
  action.sa_handler = [](int) { asked = 1; };
  ::sigaction(SIGTERM, &action, nullptr);
  const auto path = settings_.dropFolder / entry_->user;
  Fd folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!folder) {
    log::error("{} has no folder: {}", entry_->user, path.string());
    ssh.tell("sluis: your folder is missing on the server; please call the helpdesk");
    ssh.close(1, kGoodbyeMilliseconds);
    return 1;
  }
  confineAfterLogin(folder.get(), entry_->maxFileBytes);
  ProviderFolder view(std::move(folder), {.maxFileBytes = entry_->maxFileBytes, .quotaBytes = entry_->quotaBytes});
  SftpServer sftp(entry_->user, view);
  sftp_ = &sftp;
  const int status = converse(ssh, sftp);
  sftp_ = nullptr;
  ssh.close(status, kGoodbyeMilliseconds);
  return status;
}

int Session::converse(ssh::ServerSession& ssh, SftpServer& sftp) {
  // What came in before the folder was open is still with libssh.
  ssh.resume();
  bool holding = false;
  unsigned steps = 0;
  for (;;) {
    const ssh::Step step = ssh.step(holding ? 0 : kTickMilliseconds);
    if (step == ssh::Step::ended) return 1;
    holding = false;
    for (const std::string& notice : sftp.takeNotices()) ssh.tell("sluis: " + notice);
    if (!sftp.pending().empty()) {
      // A reply for each request would cost a packet, a system call and a wake-up at the other end each.
      holding = step == ssh::Step::worked && sftp.pending().size() < kRepliesTogether && !ssh.inputEnded();
      if (!holding) {
        const bool wasCongested = sftp.congested();
        sftp.sent(ssh.send(sftp.pending()));
        if (wasCongested && !sftp.congested()) ssh.resume();
      }
    }
    if (sftp.lost()) return 1;
    if (ssh.inputEnded() && sftp.pending().empty()) return 0;
    if (asked != 0) {
      ssh.tell("sluis: the server closes this session; please try again later");
      log::info("{}: session ended by the server", entry_->user);
      return 1;
    }
    // The clock is not asked for each of the many steps of an upload; keepalives alone must not count as work either.
    if ((step == ssh::Step::quiet || ++steps % 64 == 0) && idle()) {
      ssh.tell("sluis: nothing heard for a long time; goodbye");
      log::info("{}: session ended after {} s without a request", entry_->user, settings_.idleSeconds);
      return 1;
    }
  }
}

int Session::run(Fd connection) {
  confineBeforeLogin();
  ssh::ServerSession ssh(settings_.hostKey, std::move(connection), *this);
  if (!logIn(ssh)) return 1;
  ::alarm(0);
  const auto start = SteadyClock::now();
  lastRequest_ = start;
  const int status = serve(ssh);
  log::info("{} logged out after {} s", entry_->user,
            std::chrono::duration_cast<std::chrono::seconds>(SteadyClock::now() - start).count());
  return status;
}

void prepareConnection(int fd) {
  const int on = 1;
  // Small replies must not wait for the client's delayed acknowledgements.
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  ::setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
  const unsigned patience = 120000;
  ::setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &patience, sizeof patience);
}

void prepareSignals() {
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGHUP, SIG_IGN);
  std::signal(SIGINT, SIG_IGN);
  for (const int signal : {SIGALRM, SIGTERM}) std::signal(signal, SIG_DFL);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

}  // namespace

std::vector<std::string> sessionCommand(const Settings& settings, const std::string& address) {
  return {"sluis-gate",
          kSessionArgument,
          address,
          settings.hostKey.string(),
          settings.dropFolder.string(),
          settings.rosterFolder.string(),
          std::to_string(settings.loginDeadlineSeconds),
          std::to_string(settings.idleSeconds),
          std::to_string(settings.maxAttempts)};
}

int runSession(const std::vector<std::string>& arguments) {
  if (arguments.size() != 7) throw Error(ErrorKind::usage, "sessions are begun by sluis-gate itself");
  const std::string& address = arguments[0];
  Settings settings;
  settings.hostKey = arguments[1];
  settings.dropFolder = arguments[2];
  settings.rosterFolder = arguments[3];
  settings.loginDeadlineSeconds = static_cast<unsigned>(std::stoul(arguments[4]));
  settings.idleSeconds = static_cast<unsigned>(std::stoul(arguments[5]));
  settings.maxAttempts = static_cast<unsigned>(std::stoul(arguments[6]));
  Fd connection(kConnectionFd);
  Fd control(kControlFd);
  prepareSignals();
  // The kernel keeps this promise, whatever state the code below is in.
  ::alarm(settings.loginDeadlineSeconds);
  prepareConnection(connection.get());
  try {
    return Session(settings, std::move(control), address).run(std::move(connection));
  } catch (const std::exception& error) {
    log::error("a session from {} failed: {}", address, error.what());
    return 3;
  }
}

}  // namespace sluis::gate
