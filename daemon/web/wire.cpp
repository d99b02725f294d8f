#include "web/wire.h"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>

#include <Poco/Exception.h>
#include <Poco/Timespan.h>

#include "web/message.h"

namespace sluis::web {
namespace {

constexpr std::size_t kPiece = 16 << 10;

Poco::Timespan span(std::chrono::milliseconds time) {
  return Poco::Timespan(std::chrono::duration_cast<std::chrono::microseconds>(time).count());
}

}  // namespace

void Wire::until(Steady::time_point deadline) {
  deadline_ = deadline;
  seat_.until(deadline);
}

std::chrono::milliseconds Wire::left() const {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline_ - Steady::now());
  return std::max(left, std::chrono::milliseconds(0));
}

void Wire::endSlow() const {
  if (isSecure_ && !hasHeard_) throw Gone{};  // no answer before the handshake
  throw Refused{408, "error.too-slow"};
}

// Asked before every read: in a read that waits, OpenSSL would hold a record's buffer of 16 KiB.
bool Wire::poll(Steady::time_point deadline) {
  if (!waiting_.empty() || (isSecure_ && socket_.available() > 0)) return true;
  for (;;) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Steady::now()).count();
    pollfd waited{socket_.impl()->sockfd(), POLLIN, 0};
    const int ready = ::poll(&waited, 1, static_cast<int>(std::max<std::int64_t>(left + 1, 0)));
    if (ready > 0) return true;
    if (ready == 0) return false;
    if (errno != EINTR) throw Gone{};
  }
}

std::size_t Wire::receive(char* buffer, std::size_t size) {
  try {
    if (Steady::now() >= deadline_ || !poll(deadline_)) endSlow();
    const auto time = std::max(left(), std::chrono::milliseconds(1));
    socket_.setReceiveTimeout(span(time));
    socket_.setSendTimeout(span(time));
    const int got = socket_.receiveBytes(buffer, static_cast<int>(std::min(size, kPiece)));
    if (got <= 0) throw Gone{};
    hasHeard_ = true;
    return static_cast<std::size_t>(got);
  } catch (const Poco::TimeoutException&) {
    endSlow();
  } catch (const Poco::Exception&) {
    throw Gone{};
  }
}

bool Wire::awaitBytes() {
  try {
    return poll(deadline_);
  } catch (const Poco::Exception&) {
    throw Gone{};
  }
}

std::string Wire::readHead(std::size_t most) {
  std::size_t searched = 0;
  for (;;) {
    // Some clients send an empty line after a form.
    while (searched == 0 && waiting_.rfind("\r\n", 0) == 0) waiting_.erase(0, 2);
    const std::size_t end = waiting_.find("\r\n\r\n", searched > 3 ? searched - 3 : 0);
    if (std::min(end, waiting_.size()) > most) throw Refused{431, "error.too-long"};
    if (end != std::string::npos) {
      std::string head = waiting_.substr(0, end + 4);
      waiting_ = waiting_.substr(end + 4);
      return head;
    }
    searched = waiting_.size();
    std::array<char, 4096> piece;
    std::string came(std::move(waiting_));
    waiting_.clear();
    try {
      came.append(piece.data(), receive(piece.data(), piece.size()));
    } catch (...) {
      waiting_ = std::move(came);
      throw;
    }
    waiting_ = std::move(came);
  }
}

std::size_t Wire::read(char* buffer, std::size_t size) {
  if (waiting_.empty()) return receive(buffer, size);
  const std::size_t taken = std::min(size, waiting_.size());
  std::copy_n(waiting_.data(), taken, buffer);
  waiting_ = waiting_.substr(taken);
  return taken;
}

void Wire::write(std::string_view bytes) {
  try {
    while (!bytes.empty()) {
      const auto time = left();
      if (time.count() == 0) throw Gone{};
      socket_.setSendTimeout(span(time));
      const int sent = socket_.sendBytes(bytes.data(), static_cast<int>(std::min(bytes.size(), kPiece)));
      if (sent <= 0) throw Gone{};
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
  } catch (const Poco::Exception&) {
    throw Gone{};
  }
}

void Wire::close(std::chrono::milliseconds othersMaySend) noexcept {
  try {
    const int descriptor = socket_.impl()->sockfd();
    const bool isTls = isSecure_ && hasHeard_;
    if (!isTls) ::shutdown(descriptor, SHUT_WR);
    // Closed with bytes unread, the kernel would send a reset, and the answer would be lost on its way. TLS says
    // goodbye afterwards: that closes both ways.
    within(othersMaySend);
    std::array<char, 4096> piece;
    for (pollfd waited{descriptor, POLLIN, 0}; Steady::now() < deadline_;)
      if (::poll(&waited, 1, 1000) <= 0 || ::recv(descriptor, piece.data(), piece.size(), MSG_DONTWAIT) <= 0) break;
    within(std::chrono::seconds(2));
    if (isTls) socket_.shutdown();
  } catch (...) {
    return;  // who cannot be told goodbye is gone
  }
}

}  // namespace sluis::web
