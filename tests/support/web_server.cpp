// The portal's web server with three small pages, for tests/scenario/test_portal_connections.py; never installed.
//
// web_server [CERTIFICATE KEY]: over TLS, or plain with 127.0.0.1 as its proxy. Prints its port; ends with its input.
#include <cstdio>
#include <memory>
#include <string>

#include <fmt/format.h>

#include "web/server.h"

namespace {

using namespace sluis::web;

class Counted final : public PartSink {
 public:
  explicit Counted(std::uint64_t& bytes) : bytes_(bytes) {}
  void write(std::span<const std::byte> bytes) override { bytes_ += bytes.size(); }

 private:
  std::uint64_t& bytes_;
};

Response page(Request& request) {
  if (request.path == "/upload") {
    std::uint64_t bytes = 0;
    request.readParts(64 << 20, [&](const PartHead&) { return std::make_unique<Counted>(bytes); });
    return Response::text(200, fmt::format("{} bytes\n", bytes));
  }
  if (request.path == "/address") return Response::text(200, request.address + "\n");
  return Response::text(200, std::string(20000, 'x') + "\n");
}

}  // namespace

int main(int argc, char** argv) {
  ServerSettings settings;
  if (argc == 3) {
    settings.certificate = argv[1];
    settings.key = argv[2];
  } else {
    settings.trustedProxies = {"127.0.0.1"};
  }
  Server server(settings, page, [](const Refused& refused, const Request*) {
    return Response::text(refused.status, refused.key + "\n");
  });
  fmt::print("{}\n", server.port());
  std::fflush(stdout);
  while (std::getchar() != EOF) {
  }
  return 0;
}
