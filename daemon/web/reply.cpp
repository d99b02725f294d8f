#include "web/reply.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <functional>
#include <optional>
#include <sstream>

#include <Poco/DateTimeFormat.h>
#include <Poco/DateTimeFormatter.h>
#include <Poco/DeflatingStream.h>
#include <Poco/Net/HTTPResponse.h>
#include <Poco/Timestamp.h>

#include <fmt/format.h>

#include "base/encoding.h"
#include "base/error.h"
#include "base/file.h"
#include "base/log.h"
#include "web/header_text.h"

namespace sluis::web {
namespace {

constexpr std::size_t kPiece = 16 << 10;
constexpr std::size_t kLargestAsset = 2 << 20;
constexpr std::uint64_t kSlowestReader = 4 << 10;  ///< bytes a second
constexpr std::chrono::seconds kLeastTime{30};
constexpr std::chrono::seconds kTimeForStrangers{3};  ///< who have asked nothing that we understand

// Set here and nowhere else.
constexpr std::array kOwnHeaders = {"cache-control",
                                    "connection",
                                    "content-disposition",
                                    "content-encoding",
                                    "content-length",
                                    "content-type",
                                    "date",
                                    "etag",
                                    "location",
                                    "refresh",
                                    "set-cookie",
                                    "transfer-encoding",
                                    "vary"};

[[noreturn]] void unfit(std::string_view what) {
  log::error("an answer could not be sent: {} is not fit for it", what);
  throw Refused{500, "error.broken"};
}

std::string line(std::string_view name, std::string_view value) {
  if (!isToken(name) || !isHeaderValue(value)) unfit(name);
  return fmt::format("{}: {}\r\n", name, value);
}

/// attachment; a plain name for old browsers and the real one (RFC 6266).
std::string attachment(std::string_view name) {
  std::string plain;
  for (const char byte : name) plain += isUnreserved(byte) || byte == ' ' ? byte : '_';
  return fmt::format("attachment; filename=\"{}\"; filename*=UTF-8''{}", plain, percentEncoded(name));
}

std::string cookieText(const Cookie& cookie) {
  const bool isClean = isToken(cookie.name) && std::all_of(cookie.value.begin(), cookie.value.end(), [](char byte) {
                         return isUnreserved(byte) && byte != '.' && byte != '~';
                       });
  if (!isClean) unfit("a cookie");
  std::string text = fmt::format("__Host-{}={}; Path=/; Secure; HttpOnly; SameSite=Lax", cookie.name, cookie.value);
  if (cookie.value.empty())
    text += "; Max-Age=0";
  else if (cookie.maxAgeSeconds)
    text += fmt::format("; Max-Age={}", *cookie.maxAgeSeconds);
  return text;
}

std::string entityTag(std::string_view body) {
  return fmt::format("\"{:016x}-{:x}\"", std::hash<std::string_view>{}(body), body.size());
}

bool accepts(const Fields& headers, std::string_view coding) {
  const std::string& accepted = headers["accept-encoding"];
  for (std::size_t at = 0; at < accepted.size();) {
    const std::size_t end = std::min(accepted.find(',', at), accepted.size());
    const std::string_view one = trimmed(std::string_view(accepted).substr(at, end - at));
    const std::size_t semicolon = std::min(one.find(';'), one.size());
    if (sameText(trimmed(one.substr(0, semicolon)), coding))
      return one.find("q=0", semicolon) == std::string_view::npos ||
             one.find_first_of("123456789", semicolon) != one.npos;
    at = end + 1;
  }
  return false;
}

bool isText(std::string_view type) {
  return type.rfind("text/", 0) == 0 || type.rfind("image/svg+xml", 0) == 0 || type.find("json") != type.npos ||
         type.find("javascript") != type.npos;
}

struct Body {
  std::string text;
  Fd file;  ///< instead of `text`
  std::uint64_t size = 0;
};

Body bodyOf(const Response& response) {
  Body body;
  if (!response.file) {
    body.text = response.body;
    body.size = body.text.size();
    return body;
  }
  struct stat facts {};
  try {
    body.file = openFile(*response.file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  } catch (const Error& error) {
    log::error("an answer could not be sent: {}", error.what());
    throw Refused{500, "error.broken"};
  }
  if (::fstat(body.file.get(), &facts) != 0 || !S_ISREG(facts.st_mode)) unfit("a file");
  body.size = static_cast<std::uint64_t>(facts.st_size);
  if (response.mayBeCached && body.size <= kLargestAsset) {
    body.text.resize(static_cast<std::size_t>(body.size));
    std::size_t got = 0;
    while (got < body.text.size()) {
      const std::size_t more =
          readSome(body.file.get(), std::as_writable_bytes(std::span(body.text)).subspan(got), "an asset");
      if (more == 0) unfit("a file that became shorter");
      got += more;
    }
    body.file.reset();
  }
  return body;
}

void sendBody(Wire& wire, const Body& body) {
  if (!body.file) {
    wire.write(body.text);
    return;
  }
  const auto piece = std::make_unique<std::byte[]>(kPiece);
  for (std::uint64_t left = body.size; left != 0;) {
    const std::size_t wanted = static_cast<std::size_t>(std::min<std::uint64_t>(left, kPiece));
    const std::size_t got = readSome(body.file.get(), {piece.get(), wanted}, "a file that is sent");
    if (got == 0) throw Gone{};  // it became shorter: the length that was promised cannot be kept
    wire.write(asText({piece.get(), got}));
    left -= got;
  }
}

}  // namespace

std::string gzipped(std::string_view body) {
  std::ostringstream packed;
  Poco::DeflatingOutputStream stream(packed, Poco::DeflatingStreamBuf::STREAM_GZIP, 6);
  stream.write(body.data(), static_cast<std::streamsize>(body.size()));
  stream.close();
  return packed.str();
}

Replies::Replies(const ServerSettings& settings) {
  std::string targets = "'self'";
  for (const std::string& origin : settings.formTargets) {
    if (!isHttpsUrl(origin) || origin.find_first_of(" ;,'\"") != std::string::npos)
      throw Error(ErrorKind::config, "a form's target is no https origin");
    targets += " " + origin;
  }
  // same-origin, not no-referrer: with that, browsers send "Origin: null" with the forms of this very site.
  fixed_ = line("Content-Security-Policy",
                "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; font-src 'self'; "
                "connect-src 'self'; form-action " +
                    targets + "; frame-ancestors 'none'; base-uri 'none'") +
           line("Strict-Transport-Security", "max-age=63072000; includeSubDomains") +
           line("X-Content-Type-Options", "nosniff") + line("X-Frame-Options", "DENY") +
           line("Referrer-Policy", "same-origin") + line("Cross-Origin-Opener-Policy", "same-origin") +
           line("Cross-Origin-Resource-Policy", "same-origin") + line("Cross-Origin-Embedder-Policy", "require-corp") +
           line("Permissions-Policy",
                "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), "
                "microphone=(), midi=(), payment=(), usb=()") +
           line("X-Permitted-Cross-Domain-Policies", "none") + line("X-Robots-Tag", "noindex, nofollow");
}

void Replies::send(Wire& wire, const Response& response, const Head* head, bool keepAlive) const {
  Body body = bodyOf(response);
  int status = response.status;
  std::string lines;
  if (!response.location.empty()) {
    if (!isOwnPath(response.location)) unfit("Location");
    lines += line("Location", response.location);
  } else if (!response.away.empty()) {
    if (!isHttpsUrl(response.away)) unfit("Location");
    lines += line("Location", response.away);
  }
  const auto compress = [&] {
    if (head == nullptr || body.text.size() <= 512 || !isText(response.type) || !accepts(head->headers, "gzip")) return;
    body.text = gzipped(body.text);
    body.size = body.text.size();
    lines += line("Content-Encoding", "gzip");
  };
  if (response.mayBeCached && status == 200 && !body.file) {
    const std::string tag = entityTag(body.text);
    lines += line("Cache-Control", "public, max-age=600") + line("ETag", tag) + line("Vary", "Accept-Encoding");
    if (head != nullptr && head->headers["if-none-match"].find(tag) != std::string::npos) {
      status = 304;
      body = {};
    } else {
      compress();
    }
  } else {
    lines += line("Cache-Control", "no-store");
    if (response.mayBeCompressed && !body.file) compress();
  }
  if (!response.downloadName.empty()) lines += line("Content-Disposition", attachment(response.downloadName));
  for (const Cookie& cookie : response.cookies) lines += line("Set-Cookie", cookieText(cookie));
  if (response.refreshSeconds) lines += line("Refresh", std::to_string(*response.refreshSeconds));
  if (status == 405) lines += line("Allow", "GET, HEAD, POST");
  for (const auto& [name, value] : response.headers) {
    if (std::find(kOwnHeaders.begin(), kOwnHeaders.end(), inLowerCase(name)) != kOwnHeaders.end()) unfit(name);
    lines += line(name, value);
  }
  const auto code = static_cast<Poco::Net::HTTPResponse::HTTPStatus>(status);
  std::string text = fmt::format("HTTP/1.1 {} {}\r\n", status, Poco::Net::HTTPResponse::getReasonForStatus(code));
  text += line("Date", Poco::DateTimeFormatter::format(Poco::Timestamp(), Poco::DateTimeFormat::HTTP_FORMAT));
  text += lines + fixed_;
  if (status != 304) text += line("Content-Type", response.type) + line("Content-Length", std::to_string(body.size));
  text += line("Connection", keepAlive ? "keep-alive" : "close");
  text += "\r\n";
  wire.within((head == nullptr ? kTimeForStrangers : kLeastTime) + std::chrono::seconds(body.size / kSlowestReader));
  if (head != nullptr && head->method == Method::head) {
    wire.write(text);
    return;
  }
  if (!body.file) {  // one record, one packet
    wire.write(text + body.text);
    return;
  }
  wire.write(text);
  sendBody(wire, body);
}

}  // namespace sluis::web
