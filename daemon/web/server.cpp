#include "web/server.h"

#include <malloc.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <algorithm>

#include <Poco/Exception.h>
#include <Poco/Net/IPAddress.h>
#include <Poco/Net/SecureStreamSocket.h>
#include <Poco/Net/ServerSocket.h>
#include <Poco/Net/TCPServer.h>
#include <Poco/Net/TCPServerConnection.h>
#include <Poco/Net/TCPServerConnectionFactory.h>
#include <Poco/ThreadPool.h>

#include "base/error.h"
#include "base/log.h"
#include "web/connections.h"
#include "web/incoming.h"
#include "web/reply.h"
#include "web/tls.h"
#include "web/wire.h"

namespace sluis::web {
namespace {

namespace net = Poco::Net;

// Only what is touched of a stack costs memory; pages go as deep as libpq and regular expressions do.
constexpr int kStack = 512 << 10;
constexpr int kSpareThreads = 32;  ///< tell those over the limit that we are full
constexpr int kOtherFiles = 256;   ///< that the rest of the process has open
constexpr int kBacklog = 1024;
constexpr std::chrono::milliseconds kRefusalTime{3000};
constexpr std::chrono::milliseconds kLinger{5000};  ///< for the rest of what was refused

std::string plainAddress(const net::IPAddress& address) {
  const std::string text = address.toString();
  constexpr std::string_view kMapped = "::ffff:";
  return text.rfind(kMapped, 0) == 0 && text.find('.') != std::string::npos ? text.substr(kMapped.size()) : text;
}

/// As many files as connections need, as far as the system lets us; how many connections that allows.
int connectionsThatFit(int wanted) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return wanted;
  const rlim_t needed = static_cast<rlim_t>(wanted + kSpareThreads + kOtherFiles);
  if (limit.rlim_cur < needed) {
    limit.rlim_cur = std::min(needed, limit.rlim_max);
    ::setrlimit(RLIMIT_NOFILE, &limit);
    ::getrlimit(RLIMIT_NOFILE, &limit);
  }
  if (limit.rlim_cur >= needed) return wanted;
  const int fitting = std::max(1, static_cast<int>(limit.rlim_cur) - kSpareThreads - kOtherFiles);
  log::warning("only {} connections fit in the limit of {} open files; {} were asked for", fitting, limit.rlim_cur,
               wanted);
  return fitting;
}

net::ServerSocket listening(const ServerSettings& settings) {
  try {
    net::ServerSocket socket;
    const net::SocketAddress address(settings.listen, settings.port);
    if (address.family() == net::SocketAddress::IPv6)
      socket.bind6(address, true, false, false);
    else
      socket.bind(address, true);
    socket.listen(kBacklog);
    return socket;
  } catch (const Poco::Exception& failed) {
    throw Error(ErrorKind::system,
                fmt::format("cannot listen on {} port {}: {}", settings.listen, settings.port, failed.displayText()));
  }
}

}  // namespace

class Server::Parts {
 public:
  Parts(ServerSettings settings, Answer answer, Broken broken)
      : settings_(std::move(settings)),
        answer_(std::move(answer)),
        broken_(std::move(broken)),
        replies_(settings_),
        most_(connectionsThatFit(settings_.mostConnections)),
        connections_(most_, settings_.mostConnectionsOfOne),
        socket_(listening(settings_)),
        pool_("portal", 1, most_ + kSpareThreads, 30, kStack) {
    // Every thread would otherwise have a heap of its own.
    ::mallopt(M_ARENA_MAX, 2);
    if (!settings_.certificate.empty()) loadCertificate();
    net::TCPServerParams::Ptr params = new net::TCPServerParams;
    params->setMaxThreads(most_ + kSpareThreads);
    params->setMaxQueued(kSpareThreads);
    params->setThreadIdleTime(Poco::Timespan(0, 250000));
    server_ = std::make_unique<net::TCPServer>(new Factory(*this), pool_, socket_, params);
    server_->start();
  }

  ~Parts() { stop(std::chrono::seconds(0)); }

  std::uint16_t port() const { return socket_.address().port(); }
  int connections() const { return connections_.count(); }

  void loadCertificate() {
    auto context = serverContext(settings_.certificate, settings_.key);
    context_.with([&](net::Context::Ptr& current) { current = context; });
  }

  void stop(std::chrono::seconds patience) {
    if (isStopped_) return;
    isStopped_ = true;
    ::shutdown(socket_.impl()->sockfd(), SHUT_RDWR);  // wakes the thread that accepts
    server_->stop();
    if (!connections_.drain(patience)) connections_.cutAll();
    pool_.joinAll();
  }

 private:
  class Connection final : public net::TCPServerConnection {
   public:
    Connection(Parts& server, const net::StreamSocket& socket) : net::TCPServerConnection(socket), server_(server) {}
    void run() override { server_.serve(socket()); }

   private:
    Parts& server_;
  };

  class Factory final : public net::TCPServerConnectionFactory {
   public:
    explicit Factory(Parts& server) : server_(server) {}
    net::TCPServerConnection* createConnection(const net::StreamSocket& socket) override {
      return new Connection(server_, socket);
    }

   private:
    Parts& server_;
  };

  bool isProxy(const std::string& address) const {
    const auto& trusted = settings_.trustedProxies;
    return std::find(trusted.begin(), trusted.end(), address) != trusted.end();
  }

  /// Never throws: nobody is there to catch it.
  void serve(net::StreamSocket& plain) noexcept {
    try {
      const std::string peer = plainAddress(plain.peerAddress().host());
      const bool isProxied = isProxy(peer);
      net::StreamSocket socket = plain;
      const auto context = context_.with([](const net::Context::Ptr& current) { return current; });
      if (context) socket = net::SecureStreamSocket::attach(plain, context);
      Connections::Seat seat(connections_, plain.impl()->sockfd(), peer, isProxied, Steady::now() + settings_.headTime);
      Wire wire(socket, !context.isNull(), seat);
      if (seat.place() != Connections::Place::free)
        turnAway(wire);
      else
        converse(wire, seat, peer, isProxied);
    } catch (const Gone&) {
      return;
    } catch (const Poco::Exception&) {
      return;  // the connection broke before it began
    } catch (const std::exception& failed) {
      log::error("a connection failed: {}", failed.what());
    } catch (...) {
      log::error("a connection failed");
    }
  }

  void turnAway(Wire& wire) const {
    wire.within(kRefusalTime);
    if (!wire.awaitBytes()) return;
    replies_.send(wire, brokenAnswer({503, "error.too-busy"}, nullptr), nullptr, false);
    wire.close(kRefusalTime / 3);
  }

  /// One request after another.
  void converse(Wire& wire, Connections::Seat& seat, const std::string& peer, bool isProxied) const {
    for (bool isFirst = true; seat.waits(); isFirst = false) {
      wire.within(isFirst ? settings_.headTime : settings_.idleTime);
      if (!wire.awaitBytes()) break;
      seat.works();
      if (!isFirst) wire.within(settings_.headTime);
      if (!exchange(wire, peer, isProxied)) return;
    }
    wire.close();
  }

  /// One request and its answer; false when the connection has ended with it.
  bool exchange(Wire& wire, const std::string& peer, bool isProxied) const {
    std::unique_ptr<Incoming> request;
    Response response;
    try {
      request = std::make_unique<Incoming>(wire, settings_, peer, isProxied);
      response = answered(*request);
    } catch (const Refused& refused) {
      response = brokenAnswer(refused, request.get());
    }
    const Head* head = request ? &request->head() : nullptr;
    const bool keepAlive = request && request->isTaken() && head->keepsAlive;
    try {
      replies_.send(wire, response, head, keepAlive);
    } catch (const Refused& refused) {
      replies_.send(wire, brokenAnswer(refused, request.get()), head, keepAlive);
    }
    if (!keepAlive) wire.close(request && request->isTaken() ? std::chrono::milliseconds(0) : kLinger);
    return keepAlive;
  }

  Response answered(Incoming& request) const {
    try {
      return answer_(request);
    } catch (const std::exception& failed) {
      log::error("a page failed: {}", failed.what());
      throw Refused{500, "error.broken"};
    }
  }

  Response brokenAnswer(const Refused& refused, const Request* request) const {
    try {
      return broken_(refused, request);
    } catch (const std::exception& failed) {
      log::error("the page for errors failed: {}", failed.what());
      return Response::text(refused.status, "This did not work.\n");
    }
  }

  const ServerSettings settings_;
  const Answer answer_;
  const Broken broken_;
  const Replies replies_;
  const int most_;
  Connections connections_;
  net::ServerSocket socket_;
  Guarded<net::Context::Ptr> context_;
  Poco::ThreadPool pool_;
  std::unique_ptr<net::TCPServer> server_;
  bool isStopped_ = false;
};

Server::Server(ServerSettings settings, Answer answer, Broken broken)
    : parts_(std::make_unique<Parts>(std::move(settings), std::move(answer), std::move(broken))) {}

Server::~Server() = default;

std::uint16_t Server::port() const {
  return parts_->port();
}

int Server::connections() const {
  return parts_->connections();
}

void Server::reloadCertificate() {
  parts_->loadCertificate();
}

void Server::stop(std::chrono::seconds patience) {
  parts_->stop(patience);
}

}  // namespace sluis::web
