// An answer as bytes: the security headers on every one, values checked so that no header can be made out of them,
// compression where nothing secret can be measured by it (docs/decisions/0019).
#pragma once

#include <string>

#include "web/head.h"
#include "web/message.h"
#include "web/server.h"
#include "web/wire.h"

namespace sluis::web {

class Replies {
 public:
  explicit Replies(const ServerSettings& settings);

  /// Sends it; `head` is nullptr when there was no readable request. Throws Gone when it could not be sent, Refused
  /// (500, nothing sent yet) for an answer that must not be.
  void send(Wire& wire, const Response& response, const Head* head, bool keepAlive) const;

 private:
  std::string fixed_;  ///< the lines that every answer has
};

/// The body compressed (gzip).
std::string gzipped(std::string_view body);

}  // namespace sluis::web
