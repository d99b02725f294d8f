#include "ssh/server_session.h"

#include <fcntl.h>
#include <libssh/callbacks.h>
#include <libssh/libssh.h>
#include <libssh/server.h>
#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <exception>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/error.h"
#include "ssh/algorithms.h"

namespace sluis::ssh {

namespace {

// libssh opens the window to 1,280,000 bytes and takes what a peer sends beyond it. More than this unread is an attack.
constexpr std::size_t kMostUnread = 4 << 20;
constexpr std::size_t kMostInOneSend = 256 << 10;
constexpr std::size_t kResumeChunk = 64 << 10;

struct FreeBind {
  void operator()(ssh_bind bind) const noexcept { ssh_bind_free(bind); }
};
struct FreeSession {
  void operator()(ssh_session session) const noexcept { ssh_free(session); }
};
struct FreeEvent {
  void operator()(ssh_event event) const noexcept { ssh_event_free(event); }
};
struct FreeKey {
  void operator()(ssh_key key) const noexcept { ssh_key_free(key); }
};
using Bind = std::unique_ptr<ssh_bind_struct, FreeBind>;
using Session = std::unique_ptr<ssh_session_struct, FreeSession>;
using Event = std::unique_ptr<ssh_event_struct, FreeEvent>;
using Key = std::unique_ptr<ssh_key_struct, FreeKey>;

Key loadHostKey(const std::filesystem::path& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) throwErrno(fmt::format("cannot read the host key {}", path.string()));
  if ((status.st_mode & 07) != 0)
    throw Error(ErrorKind::config, fmt::format("the host key {} is open to everybody", path.string()),
                "chmod 0640 or less");
  ssh_key key = nullptr;
  if (ssh_pki_import_privkey_file(path.c_str(), "", nullptr, nullptr, &key) != SSH_OK)
    throw Error(ErrorKind::config, fmt::format("{} is not a private key without passphrase", path.string()),
                "make one with: ssh-keygen -t ed25519 -N '' -f FILE");
  Key owned(key);
  if (ssh_key_type(key) != SSH_KEYTYPE_ED25519)
    throw Error(ErrorKind::config, fmt::format("the host key {} is not an Ed25519 key", path.string()),
                "make one with: ssh-keygen -t ed25519 -N '' -f FILE");
  return owned;
}

void set(ssh_bind bind, ssh_bind_options_e option, const void* value) {
  if (ssh_bind_options_set(bind, option, value) != SSH_OK)
    throw Error(ErrorKind::system, fmt::format("libssh refuses an option: {}", ssh_get_error(bind)));
}

Bind makeBind(const std::filesystem::path& hostKey) {
  Bind bind(ssh_bind_new());
  if (!bind) throw Error(ErrorKind::system, "libssh has no memory");
  const bool no = false;
  set(bind.get(), SSH_BIND_OPTIONS_PROCESS_CONFIG, &no);
  set(bind.get(), SSH_BIND_OPTIONS_BANNER, "sluis");
  set(bind.get(), SSH_BIND_OPTIONS_KEY_EXCHANGE, kKeyExchanges);
  set(bind.get(), SSH_BIND_OPTIONS_CIPHERS_C_S, kCiphers);
  set(bind.get(), SSH_BIND_OPTIONS_CIPHERS_S_C, kCiphers);
  set(bind.get(), SSH_BIND_OPTIONS_HMAC_C_S, kMacs);
  set(bind.get(), SSH_BIND_OPTIONS_HMAC_S_C, kMacs);
  set(bind.get(), SSH_BIND_OPTIONS_HOSTKEY_ALGORITHMS, kHostKeys);
  set(bind.get(), SSH_BIND_OPTIONS_PUBKEY_ACCEPTED_KEY_TYPES, kLoginSignatures);
  set(bind.get(), SSH_BIND_OPTIONS_RSA_MIN_SIZE, &kSmallestRsaKey);
  Key key = loadHostKey(hostKey);
  set(bind.get(), SSH_BIND_OPTIONS_IMPORT_KEY, key.get());
  // The bind frees it from here on.
  static_cast<void>(key.release());
  return bind;
}

}  // namespace

void checkHostKey(const std::filesystem::path& path) {
  loadHostKey(path);
}

struct ServerSession::State {
  explicit State(Host& owner) : host(owner) {}

  Host& host;
  ssh_server_callbacks_struct serverCallbacks{};
  ssh_channel_callbacks_struct channelCallbacks{};
  Session session;
  Event event;
  ssh_channel channel = nullptr;  // freed with the session
  bool askedForMethods = false;
  bool authenticated = false;
  bool started = false;
  bool inputEnded = false;
  bool channelClosed = false;
  bool broken = false;
  std::exception_ptr thrown;
  /// Set while resume() has taken bytes out of libssh that the host has not consumed; they come before all others.
  std::vector<std::byte> carried;

  /// An exception must not travel through C; step() throws it again.
  template <typename Result, typename Call>
  Result guarded(Result otherwise, Call&& call) noexcept {
    if (thrown || broken) return otherwise;
    try {
      return call();
    } catch (...) {
      thrown = std::current_exception();
      return otherwise;
    }
  }

  int refuseLogin() {
    if (!host.mayTryAgain()) broken = true;
    return SSH_AUTH_DENIED;
  }

  std::size_t take(BytesView bytes);
  void takeCarried();

  static State& of(void* self) { return *static_cast<State*>(self); }
  // Every client asks with "none" first, to learn the methods; that is no attempt.
  static int onNone(ssh_session, const char*, void* self) {
    return of(self).guarded(+SSH_AUTH_DENIED, [&] {
      return std::exchange(of(self).askedForMethods, true) ? of(self).refuseLogin() : +SSH_AUTH_DENIED;
    });
  }
  static int onPassword(ssh_session, const char*, const char*, void* self) {
    return of(self).guarded(+SSH_AUTH_DENIED, [&] { return of(self).refuseLogin(); });
  }
  static int onKey(ssh_session, const char* user, ssh_key offered, char signature, void* self);
  // libssh would otherwise go looking for a Kerberos credential on behalf of a stranger.
  static ssh_string onGssapi(ssh_session, const char*, int, ssh_string*, void*) { return nullptr; }
  static ssh_channel onChannel(ssh_session session, void* self);
  static int onSubsystem(ssh_session, ssh_channel, const char* name, void* self);
  static int onData(ssh_session, ssh_channel, void* data, std::uint32_t length, int isStderr, void* self);
  static void onEof(ssh_session, ssh_channel, void* self) { of(self).inputEnded = true; }
  static void onClose(ssh_session, ssh_channel, void* self) {
    of(self).inputEnded = true;
    of(self).channelClosed = true;
  }
};

int ServerSession::State::onKey(ssh_session, const char* user, ssh_key offered, char signature, void* self) {
  State& state = of(self);
  return state.guarded(+SSH_AUTH_DENIED, [&] {
    if (signature != SSH_PUBLICKEY_STATE_NONE && signature != SSH_PUBLICKEY_STATE_VALID) return state.refuseLogin();
    const auto key = PublicKey::copyOf(offered);
    const bool proven = signature == SSH_PUBLICKEY_STATE_VALID;
    if (!key || user == nullptr || !state.host.mayLogIn(user, *key, proven)) return state.refuseLogin();
    state.authenticated = state.authenticated || proven;
    return +SSH_AUTH_SUCCESS;
  });
}

ssh_channel ServerSession::State::onChannel(ssh_session session, void* self) {
  State& state = of(self);
  if (!state.authenticated || state.channel != nullptr) return nullptr;
  state.channel = ssh_channel_new(session);
  if (state.channel != nullptr && ssh_set_channel_callbacks(state.channel, &state.channelCallbacks) != SSH_OK)
    state.broken = true;
  return state.channel;
}

int ServerSession::State::onSubsystem(ssh_session, ssh_channel, const char* name, void* self) {
  State& state = of(self);
  return state.guarded(1, [&] {
    if (state.started || name == nullptr || !state.host.mayStart(name)) return 1;
    state.started = true;
    return 0;
  });
}

int ServerSession::State::onData(ssh_session, ssh_channel, void* data, std::uint32_t length, int isStderr, void* self) {
  State& state = of(self);
  return state.guarded(0, [&] {
    if (isStderr != 0) return static_cast<int>(length);
    if (length + state.carried.size() > kMostUnread) {
      state.broken = true;
      return 0;
    }
    return static_cast<int>(state.take({static_cast<const std::byte*>(data), length}));
  });
}

std::size_t ServerSession::State::take(BytesView bytes) {
  if (!started) {
    broken = true;
    return 0;
  }
  if (host.congested()) return 0;
  if (carried.empty()) return host.received(bytes);
  carried.insert(carried.end(), bytes.begin(), bytes.end());
  takeCarried();
  return bytes.size();
}

void ServerSession::State::takeCarried() {
  const std::size_t done = host.received(carried);
  carried.erase(carried.begin(), carried.begin() + static_cast<std::ptrdiff_t>(done));
}

ServerSession::ServerSession(const std::filesystem::path& hostKey, Fd socket, Host& host)
    : state_(std::make_unique<State>(host)) {
  State& state = *state_;
  ssh_init();
  const Bind bind = makeBind(hostKey);
  state.session.reset(ssh_new());
  if (!state.session) throw Error(ErrorKind::system, "libssh has no memory");
  ssh_session session = state.session.get();
  // Not SSH_OPTIONS_COMPRESSION: its "no" still offers zlib, as the second choice.
  if (ssh_options_set(session, SSH_OPTIONS_COMPRESSION_C_S, "none") != SSH_OK ||
      ssh_options_set(session, SSH_OPTIONS_COMPRESSION_S_C, "none") != SSH_OK)
    throw Error(ErrorKind::system, "libssh refuses to do without compression");
  const int flags = ::fcntl(socket.get(), F_GETFL);
  if (flags < 0 || ::fcntl(socket.get(), F_SETFL, flags | O_NONBLOCK) != 0) throwErrno("cannot prepare a connection");
  if (ssh_bind_accept_fd(bind.get(), session, socket.get()) != SSH_OK)
    throw Error(ErrorKind::system, fmt::format("libssh cannot take a connection: {}", ssh_get_error(bind.get())));
  // The session closes it from here on.
  static_cast<void>(socket.release());

  state.serverCallbacks.userdata = &state;
  state.serverCallbacks.auth_none_function = State::onNone;
  state.serverCallbacks.auth_password_function = State::onPassword;
  state.serverCallbacks.auth_pubkey_function = State::onKey;
  state.serverCallbacks.gssapi_select_oid_function = State::onGssapi;
  state.serverCallbacks.channel_open_request_session_function = State::onChannel;
  ssh_callbacks_init(&state.serverCallbacks);
  state.channelCallbacks.userdata = &state;
  state.channelCallbacks.channel_data_function = State::onData;
  state.channelCallbacks.channel_eof_function = State::onEof;
  state.channelCallbacks.channel_close_function = State::onClose;
  state.channelCallbacks.channel_subsystem_request_function = State::onSubsystem;
  ssh_callbacks_init(&state.channelCallbacks);
  if (ssh_set_server_callbacks(session, &state.serverCallbacks) != SSH_OK)
    throw Error(ErrorKind::system, "libssh refuses the callbacks");
  ssh_set_auth_methods(session, SSH_AUTH_METHOD_PUBLICKEY);
}

ServerSession::~ServerSession() {
  if (state_->event && state_->session) ssh_event_remove_session(state_->event.get(), state_->session.get());
}

bool ServerSession::exchangeKeys() {
  ssh_session session = state_->session.get();
  if (ssh_handle_key_exchange(session) != SSH_OK) return false;
  ssh_set_blocking(session, 0);
  state_->event.reset(ssh_event_new());
  if (!state_->event || ssh_event_add_session(state_->event.get(), session) != SSH_OK)
    throw Error(ErrorKind::system, "libssh cannot watch a connection");
  return true;
}

Step ServerSession::step(int milliseconds) {
  const int result = ssh_event_dopoll(state_->event.get(), milliseconds);
  if (state_->thrown) std::rethrow_exception(std::exchange(state_->thrown, nullptr));
  if (state_->broken || state_->channelClosed) return Step::ended;
  if (result == SSH_AGAIN) return Step::quiet;
  if (result == SSH_ERROR || ssh_is_connected(state_->session.get()) == 0 ||
      (ssh_get_status(state_->session.get()) & (SSH_CLOSED | SSH_CLOSED_ERROR)) != 0)
    return Step::ended;
  return Step::worked;
}

bool ServerSession::subsystemStarted() const {
  return state_->started;
}
bool ServerSession::inputEnded() const {
  return state_->inputEnded && ssh_channel_poll(state_->channel, 0) <= 0;
}

std::size_t ServerSession::send(BytesView bytes) {
  ssh_session session = state_->session.get();
  if (state_->channel == nullptr || state_->channelClosed || bytes.empty()) return 0;
  // What libssh has not got rid of would pile up without bound, since a peer may announce any window it likes.
  if ((ssh_get_status(session) & SSH_WRITE_PENDING) != 0) return 0;
  const std::size_t window = ssh_channel_window_size(state_->channel);
  const std::size_t amount = std::min({bytes.size(), window, kMostInOneSend});
  if (amount == 0) return 0;
  const int written = ssh_channel_write(state_->channel, bytes.data(), static_cast<std::uint32_t>(amount));
  if (written < 0) {
    state_->broken = true;
    return 0;
  }
  return static_cast<std::size_t>(written);
}

void ServerSession::tell(std::string_view line) {
  const std::string text = fmt::format("{}\r\n", line);
  if (state_->channel == nullptr || state_->channelClosed) return;
  if (ssh_channel_window_size(state_->channel) < text.size()) return;
  if (ssh_channel_write_stderr(state_->channel, text.data(), static_cast<std::uint32_t>(text.size())) < 0)
    state_->broken = true;
}

void ServerSession::resume() {
  State& state = *state_;
  if (state.channel == nullptr) return;
  if (!state.carried.empty()) state.takeCarried();
  while (!state.host.congested()) {
    const int waiting = ssh_channel_poll(state.channel, 0);
    if (waiting <= 0) return;
    const std::size_t before = state.carried.size();
    state.carried.resize(before + std::min<std::size_t>(static_cast<std::size_t>(waiting), kResumeChunk));
    const int got = ssh_channel_read_nonblocking(state.channel, state.carried.data() + before,
                                                 static_cast<std::uint32_t>(state.carried.size() - before), 0);
    state.carried.resize(before + static_cast<std::size_t>(std::max(got, 0)));
    if (got <= 0) return;
    state.takeCarried();
  }
}

void ServerSession::close(int exitStatus, int milliseconds) {
  State& state = *state_;
  using SteadyClock = std::chrono::steady_clock;
  const auto deadline = SteadyClock::now() + std::chrono::milliseconds(milliseconds);
  if (state.channel != nullptr && !state.channelClosed && !state.broken) {
    ssh_channel_request_send_exit_status(state.channel, exitStatus);
    ssh_channel_send_eof(state.channel);
    ssh_channel_close(state.channel);
    while (SteadyClock::now() < deadline && step(50) != Step::ended) continue;
  }
  if (ssh_is_connected(state.session.get()) != 0) ssh_disconnect(state.session.get());
}

}  // namespace sluis::ssh
