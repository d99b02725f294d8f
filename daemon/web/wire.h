// A connection's bytes, within a time: plain or TLS. Holds no more memory than what it is asked for while it waits.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include <Poco/Net/StreamSocket.h>

#include "web/connections.h"

namespace sluis::web {

/// The other side left, or speaks no TLS that we speak.
struct Gone {};

class Wire {
 public:
  Wire(Poco::Net::StreamSocket socket, bool isSecure, Connections::Seat& seat)
      : socket_(std::move(socket)), isSecure_(isSecure), seat_(seat) {}

  /// From now on reading and writing may take until then: Refused (408) and at last the watcher end what takes longer.
  void until(Steady::time_point deadline);
  void within(std::chrono::milliseconds time) { until(Steady::now() + time); }

  /// Whether a byte came in time. Throws Gone.
  bool awaitBytes();
  /// Everything up to and with the next empty line. Refused: 408 too slow, 431 longer than `most`.
  std::string readHead(std::size_t most);
  /// At most `buffer.size()` bytes, at least one. Gone at the end.
  std::size_t read(char* buffer, std::size_t size);
  void write(std::string_view bytes);
  /// Ends politely: says so, and takes for a while what the other still sends, so that it can read our answer.
  void close(std::chrono::milliseconds othersMaySend = {}) noexcept;

 private:
  bool poll(Steady::time_point deadline);
  std::size_t receive(char* buffer, std::size_t size);
  std::chrono::milliseconds left() const;
  [[noreturn]] void endSlow() const;

  Poco::Net::StreamSocket socket_;
  bool isSecure_;
  Connections::Seat& seat_;
  Steady::time_point deadline_{};
  std::string waiting_;    ///< read, not asked for yet
  bool hasHeard_ = false;  ///< so that, with TLS, an answer can be understood
};

}  // namespace sluis::web
