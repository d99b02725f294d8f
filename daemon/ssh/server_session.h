// One SSH connection seen from the server: key exchange, login by public key, one channel with one subsystem.
//
// Everything else a client may ask for (shell, exec, environment, forwarding, agent, X11, a second channel, passwords,
// GSSAPI) is refused. Never blocks but in step(), never keeps more than a bounded amount of what the peer sends: what
// is not consumed stays with the peer, by SSH's own flow control. A peer that breaks the protocol or goes away ends the
// session as a value (Step::ended); only the machine's failures are an Error.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string_view>

#include "base/encoding.h"
#include "base/fd.h"
#include "ssh/public_key.h"

namespace sluis::ssh {

/// What the session asks of its owner. Called from within step() only.
class Host {
 public:
  virtual ~Host() = default;
  /// Whether `user` may log in with `key`. `proven` tells that the client has signed with it; asked without first.
  virtual bool mayLogIn(std::string_view user, const PublicKey& key, bool proven) = 0;
  /// Called for each attempt that was refused, whatever its method. False ends the session.
  virtual bool mayTryAgain() = 0;
  virtual bool mayStart(std::string_view subsystem) = 0;
  /// Bytes on the channel, in order. Returns how many are done with; the rest is offered again, with what follows.
  virtual std::size_t received(BytesView bytes) = 0;
  /// Takes nothing more for now, so that the peer must wait; resume() is called when this has changed.
  virtual bool congested() const = 0;
};

enum class Step {
  worked,  ///< something came in or went out
  quiet,   ///< nothing happened until the time was over
  ended,   ///< the connection is gone, or the peer broke the protocol
};

class ServerSession {
 public:
  /// Takes a connected socket. `hostKey` is a private Ed25519 key in a file; Error when it cannot be used.
  ServerSession(const std::filesystem::path& hostKey, Fd socket, Host& host);
  ~ServerSession();
  ServerSession(const ServerSession&) = delete;
  ServerSession& operator=(const ServerSession&) = delete;

  /// Key exchange; blocks, so a deadline must be set from outside. False when the peer went away or nothing fits.
  bool exchangeKeys();
  /// Handles what comes next, waiting at most `milliseconds` for it.
  Step step(int milliseconds);

  bool subsystemStarted() const;
  /// The client has closed its side: no more bytes will come.
  bool inputEnded() const;

  /// As much of `bytes` as the peer and the socket take now; 0 means: after the next step().
  std::size_t send(BytesView bytes);
  /// A line for the person at the other end, by the channel's standard error; dropped when it would not go out now.
  void tell(std::string_view line);
  /// Offers again what received() left, after it refused to take more.
  void resume();

  /// Closes the channel with this exit status and says goodbye; waits for the peer at most `milliseconds`.
  void close(int exitStatus, int milliseconds);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Error unless `path` holds a private Ed25519 key without passphrase, readable by nobody else.
void checkHostKey(const std::filesystem::path& path);

}  // namespace sluis::ssh
