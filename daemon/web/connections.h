// Who is connected, and until when each may take what it is doing. A watcher thread cuts off what is past its time,
// wherever it hangs: in a TLS handshake, in half a record, in a send that nobody reads.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <string>
#include <thread>

#include <Poco/Event.h>

#include "base/guarded.h"

namespace sluis::web {

using Steady = std::chrono::steady_clock;

class Connections {
 public:
  enum class Place : std::uint8_t { free, full, tooManyOfOne };

  /// `mostOfOne` connections of one address; of a trusted proxy as many as there may be.
  Connections(int most, int mostOfOne);
  ~Connections();
  Connections(const Connections&) = delete;
  Connections& operator=(const Connections&) = delete;

  /// One connection, with a place or to be turned away, for as long as its socket is open: give it up before the socket
  /// is closed.
  class Seat {
   public:
    Seat(Connections& connections, int socket, std::string address, bool isProxy, Steady::time_point until);
    ~Seat();
    Seat(const Seat&) = delete;
    Seat& operator=(const Seat&) = delete;

    Place place() const { return place_; }
    /// The socket is shut down some time after that.
    void until(Steady::time_point deadline) { entry_->until = deadline.time_since_epoch().count(); }
    /// False when the server is to stop and this connection shall not wait for a request any more.
    bool waits();
    void works() { entry_->isWaiting = false; }

   private:
    friend class Connections;
    struct Entry {
      int socket = -1;
      std::atomic<Steady::rep> until{};
      std::atomic<bool> isWaiting = true;
    };
    Connections& connections_;
    std::string address_;
    bool isProxy_;
    Place place_ = Place::free;
    std::list<std::unique_ptr<Entry>>::iterator at_;
    Entry* entry_ = nullptr;
  };

  int count() const;
  /// Ends those that wait for a request, now and from now on; true when all were gone within `patience`.
  bool drain(std::chrono::milliseconds patience);
  void cutAll();

 private:
  using Entry = Seat::Entry;
  struct All {
    std::list<std::unique_ptr<Entry>> entries;
    int seated = 0;  ///< those that had a place
    std::map<std::string, int, std::less<>> ofAddress;
    bool isStopping = false;
  };

  void watch();

  const int most_;
  const int mostOfOne_;
  Guarded<All> all_;
  Poco::Event stop_;
  std::thread watcher_;
};

}  // namespace sluis::web
