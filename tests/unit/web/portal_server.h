// A server with small pages, and a client that says to it exactly what a test wants said.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <stdexcept>
#include <string>
#include <string_view>

#include "base/fd.h"
#include "support/command.h"
#include "support/temp_dir.h"
#include "web/server.h"

namespace sluis::test {

/// A plain connection to a port of this machine.
class Wire {
 public:
  explicit Wire(std::uint16_t port, const char* from = "127.0.0.1") : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    ::inet_pton(AF_INET, from, &address.sin_addr);
    ::bind(socket_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address);
    ::inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
    address.sin_port = htons(port);
    if (::connect(socket_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
      throw std::runtime_error("no connection");
  }

  Wire& say(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto sent = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) break;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return *this;
  }

  /// What comes until the other side closes.
  std::string rest(std::chrono::milliseconds patience = std::chrono::seconds(8)) {
    while (more(patience)) {
    }
    return heard_;
  }

  /// One answer: head and as much as its Content-Length says (`hasBody`: not the answer to HEAD).
  std::string answer(bool hasBody = true) {
    const std::chrono::seconds patience(8);
    std::size_t end = 0;
    while ((end = heard_.find("\r\n\r\n")) == std::string::npos && more(patience)) {
    }
    if (end == std::string::npos) return std::exchange(heard_, {});
    end += 4;
    const auto length = heard_.find("Content-Length: ");
    if (hasBody && length < end) end += std::stoul(heard_.substr(length + 16));
    while (heard_.size() < end && more(patience)) {
    }
    std::string one = heard_.substr(0, end);
    heard_.erase(0, end);
    return one;
  }

  bool isClosed(std::chrono::milliseconds patience) { return !more(patience) && isEnded_; }

 private:
  bool more(std::chrono::milliseconds patience) {
    pollfd waited{socket_.get(), POLLIN, 0};
    if (::poll(&waited, 1, static_cast<int>(patience.count())) <= 0) return false;
    char piece[4096];
    const auto got = ::recv(socket_.get(), piece, sizeof piece, 0);
    isEnded_ = got <= 0;
    if (got > 0) heard_.append(piece, static_cast<std::size_t>(got));
    return got > 0;
  }

  Fd socket_;
  std::string heard_;
  bool isEnded_ = false;
};

/// What `port` answers to `request`, the connection closed by the server or not.
inline std::string told(std::uint16_t port, std::string_view request) {
  return Wire(port).say(request).answer();
}

inline int statusOf(const std::string& answer) {
  return answer.rfind("HTTP/1.1 ", 0) == 0 ? std::stoi(answer.substr(9, 3)) : 0;
}

inline std::string bodyOf(const std::string& answer) {
  const auto end = answer.find("\r\n\r\n");
  return end == std::string::npos ? "" : answer.substr(end + 4);
}

inline std::string get(std::string_view target, std::string_view more = "") {
  return "GET " + std::string(target) + " HTTP/1.1\r\nHost: portal\r\n" + std::string(more) + "\r\n";
}

inline std::string post(std::string_view target, std::string_view body,
                        std::string_view type = "application/x-www-form-urlencoded", std::string_view more = "") {
  return "POST " + std::string(target) + " HTTP/1.1\r\nHost: portal\r\nContent-Type: " + std::string(type) +
         "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" + std::string(more) + "\r\n" + std::string(body);
}

}  // namespace sluis::test
