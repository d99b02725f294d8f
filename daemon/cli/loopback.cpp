#include "cli/loopback.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <array>
#include <random>
#include <string_view>

#include "base/error.h"
#include "base/fd.h"

namespace sluis::cli {

namespace {

// Below those that the kernel gives to connections that go out: one of them could have it when it is needed again.
constexpr std::uint16_t kLowestPort = 20000;
constexpr std::uint16_t kHighestPort = 32000;
constexpr int kMostTries = 200;

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

template <typename Address>
bool connects(const Address& to) {
  const Fd socket(::socket(reinterpret_cast<const sockaddr&>(to).sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
  return ::connect(socket.get(), reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0;
}

}  // namespace

std::uint16_t freePort() {
  std::random_device random;
  std::uniform_int_distribution<std::uint16_t> any(kLowestPort, kHighestPort);
  for (int tries = 0; tries < kMostTries; ++tries) {
    const Fd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const std::uint16_t port = any(random);
    const sockaddr_in address = loopback(port);
    if (::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return port;
  }
  throwErrno("cannot find a free port");
}

bool listens(const std::string& address, std::uint16_t port) {
  in_addr four{};
  in6_addr six{};
  if (::inet_pton(AF_INET, address.c_str(), &four) == 1) {
    if (four.s_addr == htonl(INADDR_ANY)) four.s_addr = htonl(INADDR_LOOPBACK);
    sockaddr_in to = loopback(port);
    to.sin_addr = four;
    return connects(to);
  }
  if (::inet_pton(AF_INET6, address.c_str(), &six) != 1) return true;
  if (IN6_IS_ADDR_UNSPECIFIED(&six)) six = in6addr_loopback;
  sockaddr_in6 to{};
  to.sin6_family = AF_INET6;
  to.sin6_port = htons(port);
  to.sin6_addr = six;
  return connects(to);
}

bool greets(std::uint16_t port) {
  const Fd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const timeval patience{2, 0};
  ::setsockopt(socket.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  const sockaddr_in address = loopback(port);
  if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) return false;
  std::array<char, 8> banner{};
  return ::recv(socket.get(), banner.data(), banner.size(), MSG_WAITALL) == 8 &&
         std::string_view(banner.data(), 4) == "SSH-";
}

}  // namespace sluis::cli
