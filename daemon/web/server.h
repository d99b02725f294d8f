// The HTTP server of the portal: TLS itself, or plain on loopback behind a reverse proxy. The only room with Poco's
// HTTP server in it.
//
// Puts the security headers on every answer (CSP without unsafe-*, HSTS, nosniff, frame-ancestors 'none', Referrer-
// Policy, Cross-Origin-*, Permissions-Policy), bounds every length, ends what is slow (a request's head within 10 s, a
// form within 30 s, an upload that brings less than 1 KiB/s over 60 s), and serves idle connections without taking
// workers from others. Never logs a query, a form, a cookie or a token: method, route and status only.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "web/message.h"

namespace sluis::web {

struct ServerSettings {
  std::string listen = "127.0.0.1";
  std::uint16_t port = 0;               ///< 0 = any free one: port()
  std::filesystem::path certificate{};  ///< PEM chain; empty = plain, for behind a proxy
  std::filesystem::path key{};
  std::vector<std::string> trustedProxies{};  ///< addresses whose X-Forwarded-For is believed
  int mostConnections = 2000;
  int mostConnectionsOfOne = 1200;  ///< of one address; a trusted proxy's are not counted
  std::chrono::milliseconds headTime{10000};
  std::chrono::milliseconds formTime{30000};
  std::chrono::milliseconds idleTime{30000};
  std::uint64_t slowestUpload = 1024;  ///< bytes a second, over `uploadWindow`
  std::chrono::milliseconds uploadWindow{60000};
  std::vector<std::string> formTargets{};  ///< other origins a form may lead to ("https://broker.example"), for the CSP
};

class Server {
 public:
  /// Answers one request; called on many threads at once. An exception becomes a 500 by `broken`.
  using Answer = std::function<Response(Request&)>;
  /// What is answered where no page can: the status and the key of the words.
  using Broken = std::function<Response(const Refused&, const Request*)>;

  /// Listens at once; raises this process's limit of open files as far as it may. Error (config) for a certificate or
  /// key that cannot be used, Error (system) for the port.
  Server(ServerSettings settings, Answer answer, Broken broken);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  std::uint16_t port() const;
  int connections() const;
  /// A new certificate for connections from now on; Error leaves the old one in force.
  void reloadCertificate();
  /// No new connections; requests in hand are finished for at most `patience`.
  void stop(std::chrono::seconds patience = std::chrono::seconds(10));

 private:
  class Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace sluis::web
