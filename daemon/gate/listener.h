// Accepts connections and gives each a process of its own; keeps count of them, and ends them when it must.
//
// Never reads a byte from a connection and never loads the host key. A session that crashes takes nobody with it.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/fd.h"
#include "gate/roster_folder.h"
#include "gate/settings.h"

namespace sluis::gate {

/// What the program wants to know, for sd_notify.
struct Signs {
  std::function<void()> ready = [] {};
  std::function<void()> reloaded = [] {};
  std::function<void()> stopping = [] {};
  /// At least once a second.
  std::function<void()> alive = [] {};
};

class Listener {
 public:
  /// Binds; Error when the address cannot be had. Blocks the signals that run() waits for.
  explicit Listener(const Settings& settings);

  std::uint16_t port() const { return port_; }
  /// Until SIGTERM or SIGINT. SIGHUP looks at the roster again and ends the sessions of who is suspended or gone.
  void run(const Signs& signs);

 private:
  using Clock = std::chrono::steady_clock;
  struct Child {
    int pid = 0;
    Fd control;
    std::string address;
    std::string neighbourhood;  ///< the address, or the /64 of an IPv6 one
    std::string user;           ///< empty until logged in
    Clock::time_point started = Clock::now();
  };

  void accept();
  bool hasRoomFor(const std::string& neighbourhood);
  void onControl(Child& child);
  void onSignal();
  void reap();
  void checkRoster();
  void signalAll(int signal);
  void drain(const Signs& signs);

  Settings settings_;
  RosterFolder roster_;
  Fd program_;  ///< this program, to be executed for each session
  Fd listening_;
  Fd signals_;
  std::uint16_t port_ = 0;
  std::vector<Child> children_;
  bool stopping_ = false;
  bool reload_ = false;
  Clock::time_point lastRosterCheck_ = Clock::now();
  Clock::time_point lastComplaint_{};
};

}  // namespace sluis::gate
