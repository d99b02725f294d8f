// One request over verified TLS to a broker, with its answer in bounds. The only place of this room where Poco is.
//
// Certificate and host name always fit; no redirect is followed. Error (network) when the broker cannot be reached, is
// too slow or says too much; names the host, never a path's query or a body.
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace sluis::oidc {

struct Answer {
  int status = 0;
  std::string body{};
};

class Fetcher {
 public:
  /// `authorities`: PEM; none = what the system trusts. Error (config) when it cannot be read.
  explicit Fetcher(const std::optional<std::filesystem::path>& authorities);
  ~Fetcher();

  Answer get(const std::string& url) const;
  /// A form, as the client `id` with its secret (client_secret_basic, RFC 6749 §2.3.1).
  Answer post(const std::string& url, const std::string& form, std::string_view id, std::string_view secret) const;

 private:
  struct Parts;
  Answer send(const std::string& url, const std::string* form, const std::string& authorization) const;
  std::unique_ptr<Parts> parts_;
};

}  // namespace sluis::oidc
