// The request of a connection: its head read and judged, its body as it comes.
#pragma once

#include "web/head.h"
#include "web/message.h"
#include "web/server.h"
#include "web/wire.h"

namespace sluis::web {

class Incoming final : public Request {
 public:
  /// Takes the head, and a form without files. Throws Refused.
  Incoming(Wire& wire, const ServerSettings& settings, std::string peer, bool isProxy);

  void readParts(std::uint64_t mostBytes,
                 const std::function<std::unique_ptr<PartSink>(const PartHead&)>& open) override;

  const Head& head() const { return head_; }
  /// All of the body was taken: another request may follow on this connection.
  bool isTaken() const { return left_ == 0; }

 private:
  void describe(const std::string& peer, bool isProxy);
  void takeCookies();
  void readForm();
  std::size_t readBody(char* buffer, std::size_t size);

  Wire& wire_;
  const ServerSettings& settings_;
  Head head_;
  std::string boundary_;
  std::uint64_t left_ = 0;  ///< of the body
  bool wasRead_ = false;
};

}  // namespace sluis::web
