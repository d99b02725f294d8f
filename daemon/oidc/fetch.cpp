#include "oidc/fetch.h"

#include <Poco/Exception.h>
#include <Poco/Net/Context.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>
#include <Poco/Net/HTTPSClientSession.h>
#include <Poco/URI.h>

#include <array>
#include <istream>
#include <ostream>

#include <fmt/format.h>

#include "base/encoding.h"
#include "base/error.h"
#include "oidc/client.h"

namespace sluis::oidc {

namespace {

using Poco::Net::Context;
using Poco::Net::HTTPRequest;
using SteadyClock = std::chrono::steady_clock;

constexpr long kConnectSeconds = 3;
constexpr long kReadSeconds = 5;
constexpr int kMostHeaders = 100;

Context::Ptr contextFor(const std::optional<std::filesystem::path>& authorities) {
  Context::Params params;
  if (authorities) params.caLocation = authorities->string();
  params.loadDefaultCAs = !authorities;
  // Not VERIFY_RELAXED: with that Poco skips the host name of a server on this machine.
  params.verificationMode = Context::VERIFY_STRICT;
  params.cipherList = "HIGH:!aNULL:!eNULL:!MD5:!RC4:!3DES:!PSK:!SRP";
  Context::Ptr context = new Context(Context::TLS_CLIENT_USE, params);
  context->requireMinimumProtocol(Context::PROTO_TLSV1_2);
  context->enableExtendedCertificateVerification(true);
  return context;
}

std::string bodyOf(std::istream& stream, SteadyClock::time_point until, const std::string& host) {
  std::string body;
  std::array<char, 4096> buffer{};
  while (stream.read(buffer.data(), buffer.size()), stream.gcount() > 0) {
    body.append(buffer.data(), static_cast<std::size_t>(stream.gcount()));
    if (body.size() > kLargestAnswer) throw Error(ErrorKind::network, fmt::format("{} answers too much", host));
    if (SteadyClock::now() > until) throw Error(ErrorKind::network, fmt::format("{} answers too slowly", host));
  }
  return body;
}

}  // namespace

struct Fetcher::Parts {
  Context::Ptr context;
};

Fetcher::Fetcher(const std::optional<std::filesystem::path>& authorities) : parts_(std::make_unique<Parts>()) {
  try {
    parts_->context = contextFor(authorities);
  } catch (const Poco::Exception&) {
    throw Error(ErrorKind::config, "the broker's authorities cannot be read", "portal.broker.ca_file");
  }
}

Fetcher::~Fetcher() = default;

Answer Fetcher::send(const std::string& url, const std::string* form, const std::string& authorization) const {
  std::string host = "the broker";
  try {
    const Poco::URI uri(url);
    host = uri.getHost();
    if (uri.getScheme() != "https" || host.empty())
      throw Error(ErrorKind::network, "the broker names an address that is not https");
    Poco::Net::HTTPSClientSession session(host, uri.getPort(), parts_->context);
    session.setTimeout(Poco::Timespan(kConnectSeconds, 0), Poco::Timespan(kReadSeconds, 0),
                       Poco::Timespan(kReadSeconds, 0));
    const auto until = SteadyClock::now() + kPatience;
    HTTPRequest request(form != nullptr ? HTTPRequest::HTTP_POST : HTTPRequest::HTTP_GET, uri.getPathAndQuery(),
                        HTTPRequest::HTTP_1_1);
    request.set("Accept", "application/json");
    request.setKeepAlive(false);
    if (!authorization.empty()) request.set("Authorization", authorization);
    if (form != nullptr) {
      request.setContentType("application/x-www-form-urlencoded");
      request.setContentLength(static_cast<std::streamsize>(form->size()));
      session.sendRequest(request) << *form;
    } else {
      session.sendRequest(request);
    }
    Poco::Net::HTTPResponse response;
    response.setFieldLimit(kMostHeaders);
    std::istream& stream = session.receiveResponse(response);
    return {response.getStatus(), bodyOf(stream, until, host)};
  } catch (const Poco::Exception& error) {
    throw Error(ErrorKind::network, fmt::format("cannot ask {}: {}", host, error.className()));
  }
}

Answer Fetcher::get(const std::string& url) const {
  return send(url, nullptr, {});
}

Answer Fetcher::post(const std::string& url, const std::string& form, std::string_view id,
                     std::string_view secret) const {
  return send(url, &form, "Basic " + toBase64(asBytes(percentEncoded(id) + ":" + percentEncoded(secret))));
}

}  // namespace sluis::oidc
