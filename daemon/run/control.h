// The control socket: how `sluis` talks to the running daemon, on this machine only.
//
// A request is one line of JSON, {"command":"run"}, with "arguments" where it has any; the answer is any number of
// {"progress":"…"} lines and one last
// {"ok":true,…} or {"ok":false,"error":"…"}. Who may connect is decided by the socket's mode and group.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <filesystem>
#include <functional>
#include <list>
#include <string>
#include <thread>

#include <nlohmann/json.hpp>

#include "base/fd.h"

namespace sluis::run {

struct ControlRequest {
  std::string command;
  nlohmann::json arguments;  ///< an object, empty when the request has none
  std::string actor;         ///< the asking account's name, as the kernel tells it
  std::function<void(const std::string& text)> progress;
};

class ControlServer {
 public:
  /// Answers one request; an Error becomes {"ok":false}. Called on a thread of its own for each connection.
  using Answer = std::function<nlohmann::json(const ControlRequest&)>;

  /// Listens at once; a dead daemon's socket in the way is replaced, a living one's is an Error.
  ControlServer(std::filesystem::path socket, Answer answer);
  ~ControlServer();

  /// No new connections; waits for the requests in hand.
  void stop();

 private:
  struct Conversation {
    std::jthread thread;
    std::atomic<bool> done = false;
  };
  void listen();
  void converse(Fd connection) const;
  void forgetFinished();

  std::filesystem::path socket_;
  Answer answer_;
  Fd listener_;
  std::atomic<bool> stopping_ = false;
  std::list<Conversation> conversations_;  // touched by the listening thread, and by stop() after it ended
  std::jthread thread_;
};

}  // namespace sluis::run
