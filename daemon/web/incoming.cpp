#include "web/incoming.h"

#include <algorithm>
#include <array>

#include <Poco/Net/IPAddress.h>

#include "web/header_text.h"
#include "web/multipart.h"
#include "web/urlencoded.h"

namespace sluis::web {
namespace {

template <typename T>
T orThrow(Result<T, Refused> result) {
  if (!result) throw result.error();
  return std::move(*result);
}

/// The last address of X-Forwarded-For: the one the proxy itself saw.
std::string forwardedFor(const Fields& headers, const std::string& peer) {
  const auto lines = headers.every("x-forwarded-for");
  if (lines.empty()) return peer;
  const std::string& last = lines.back();
  const std::size_t comma = last.rfind(',');
  const std::string named(trimmed(std::string_view(last).substr(comma == std::string::npos ? 0 : comma + 1)));
  Poco::Net::IPAddress address;
  return Poco::Net::IPAddress::tryParse(named, address) ? address.toString() : peer;
}

}  // namespace

Incoming::Incoming(Wire& wire, const ServerSettings& settings, std::string peer, bool isProxy)
    : wire_(wire), settings_(settings) {
  address = std::move(peer);
  head_ = orThrow(parseHead(wire_.readHead(kLargestHead)));
  left_ = head_.contentLength;
  describe(address, isProxy);
  query = orThrow(parseUrlencoded(head_.query, LineEnds::refused));
  takeCookies();
  if (method != Method::post) return;
  const std::string& type = head_.headers["content-type"];
  const std::string_view kind = trimmed(std::string_view(type).substr(0, type.find(';')));
  if (sameText(kind, "multipart/form-data")) {
    const auto boundary = Multipart::boundaryOf(type);
    if (!boundary) throw Refused{400, "error.bad-request"};
    boundary_ = *boundary;
    isMultipart = true;
  } else if (sameText(kind, "application/x-www-form-urlencoded")) {
    readForm();
  } else if (contentLength != 0) {
    throw Refused{415, "error.wrong-type"};
  }
}

void Incoming::describe(const std::string& peer, bool isProxy) {
  const Fields& headers = head_.headers;
  method = head_.method;
  path = head_.path;
  contentLength = head_.contentLength;
  if (isProxy) address = forwardedFor(headers, peer);
  userAgent = printable(headers["user-agent"], 120);
  acceptLanguage = printable(headers["accept-language"], 200);
  origin = printable(headers["origin"], 300);
  fetchSite = printable(headers["sec-fetch-site"], 20);
  authority = headers["host"];
}

void Incoming::takeCookies() {
  constexpr std::string_view kPrefix = "__Host-";
  for (const std::string& line : head_.headers.every("cookie")) {
    std::string_view rest = line;
    while (!rest.empty()) {
      const std::size_t end = std::min(rest.find(';'), rest.size());
      const std::string_view pair = trimmed(rest.substr(0, end));
      rest.remove_prefix(std::min(end + 1, rest.size()));
      const std::size_t equals = pair.find('=');
      if (equals == std::string_view::npos || pair.rfind(kPrefix, 0) != 0) continue;
      const std::string_view value = pair.substr(equals + 1);
      if (!std::all_of(value.begin(), value.end(), [](char b) { return isUnreserved(b) && b != '.' && b != '~'; }))
        continue;  // none of ours
      cookies.emplace(pair.substr(kPrefix.size(), equals - kPrefix.size()), value);
    }
  }
}

void Incoming::readForm() {
  if (left_ > kLargestForm) throw Refused{413, "error.too-large"};
  wire_.within(settings_.formTime);
  std::string text;
  std::array<char, 4096> piece;
  while (left_ != 0) text.append(piece.data(), readBody(piece.data(), piece.size()));
  form = orThrow(parseUrlencoded(text, LineEnds::allowed));
}

std::size_t Incoming::readBody(char* buffer, std::size_t size) {
  if (head_.awaitsContinue) {
    head_.awaitsContinue = false;
    wire_.write("HTTP/1.1 100 Continue\r\n\r\n");
  }
  const std::size_t got = wire_.read(buffer, static_cast<std::size_t>(std::min<std::uint64_t>(size, left_)));
  left_ -= got;
  return got;
}

void Incoming::readParts(std::uint64_t mostBytes,
                         const std::function<std::unique_ptr<PartSink>(const PartHead&)>& open) {
  if (!isMultipart || wasRead_) throw Refused{400, "error.bad-request"};
  wasRead_ = true;
  if (left_ > mostBytes) throw Refused{413, "error.too-large"};
  Multipart parts(boundary_, form, open);
  const auto window = settings_.uploadWindow;
  const std::uint64_t fair = settings_.slowestUpload * static_cast<std::uint64_t>(window.count()) / 1000;
  std::uint64_t came = 0;
  const std::size_t size = 16 << 10;
  const auto piece = std::make_unique<char[]>(size);
  auto windowEnd = Steady::now() + window;
  wire_.until(windowEnd);
  while (left_ != 0) {
    if (Steady::now() >= windowEnd) {
      if (came < fair) throw Refused{408, "error.too-slow"};
      came = 0;
      windowEnd = Steady::now() + window;
      wire_.until(windowEnd);
    }
    std::size_t got = 0;
    try {
      got = readBody(piece.get(), size);
    } catch (const Refused&) {
      if (came < fair) throw;
      continue;  // nothing came for a while, but enough before: judged by the next window
    }
    came += got;
    parts.feed({piece.get(), got});
  }
  parts.finish();
}

}  // namespace sluis::web
