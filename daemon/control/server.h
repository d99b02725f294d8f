// A control socket, the answering side: how a program of this house takes orders or questions from the others, on this
// machine only.
//
// A request is one line of JSON, {"command":"run"}, with "arguments" where it has any; the answer is any number of
// {"progress":"…"} lines and one last {"ok":true,…} or {"ok":false,"error":"…"}, with "reason" and "about" of what was
// Denied (model/denied.h). Who may connect is decided by the socket's mode and group; who asked is what the kernel
// says, not what the request says.
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

namespace sluis::control {

struct Request {
  std::string command;
  nlohmann::json arguments;  ///< an object, empty when the request has none
  std::string actor;         ///< the asking account's name, as the kernel tells it
  std::function<void(const std::string& text)> progress;
};

class Server {
 public:
  /// Answers one request; an Error becomes {"ok":false}. Called on a thread of its own for each connection.
  using Answer = std::function<nlohmann::json(const Request&)>;

  /// Listens at once; a dead program's socket in the way is replaced, a living one's is an Error. `program` ("sluisd")
  /// is named in messages.
  Server(std::string program, std::filesystem::path socket, Answer answer);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

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

  std::string program_;
  std::filesystem::path socket_;
  Answer answer_;
  Fd listener_;
  std::atomic<bool> stopping_ = false;
  std::list<Conversation> conversations_;  // touched by the listening thread, and by stop() after it ended
  std::jthread thread_;
};

}  // namespace sluis::control
