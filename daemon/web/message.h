// A request and a response as the pages see them: decoded, bounded, checked. Nothing of Poco shows here.
//
// What came from outside is UTF-8 without control characters (line ends in form texts excepted), in lengths that this
// header gives; a request that is not is answered by the server (400, 413, 414, 431) and no page ever sees it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sluis::web {

enum class Method : std::uint8_t { get, head, post };

/// Names and values in the order in which they came; a name may come more than once.
class Fields {
 public:
  void add(std::string name, std::string value) { all_.emplace_back(std::move(name), std::move(value)); }
  /// The first one's value; "" when there is none.
  const std::string& operator[](std::string_view name) const;
  bool has(std::string_view name) const;
  std::vector<std::string> every(std::string_view name) const;
  const std::vector<std::pair<std::string, std::string>>& all() const { return all_; }

 private:
  std::vector<std::pair<std::string, std::string>> all_;
};

inline constexpr std::size_t kMostFields = 200;
inline constexpr std::size_t kLongestValue = 8 << 10;
inline constexpr std::size_t kLargestForm = 256 << 10;  ///< of a form without files
inline constexpr std::size_t kLongestTarget = 4 << 10;  ///< path and query

/// One file in a multipart form. `fileName` is what the browser says: made printable, never a path to use.
struct PartHead {
  std::string field;
  std::string fileName;
};

/// Where a file's bytes go. What write() throws ends the request.
class PartSink {
 public:
  virtual ~PartSink() = default;
  virtual void write(std::span<const std::byte> bytes) = 0;
};

class Request {
 public:
  virtual ~Request() = default;

  Method method = Method::get;
  std::string path;  ///< decoded, begins with '/', no "..", no "//", no NUL
  Fields query;
  /// Line ends in it are "\n".
  Fields form;  ///< of a POST that is application/x-www-form-urlencoded; after readParts() that form's texts
  std::map<std::string, std::string, std::less<>> cookies;
  std::string address;    ///< of the client; behind the trusted proxy the last one of X-Forwarded-For
  std::string userAgent;  ///< printable, at most 120 characters
  std::string acceptLanguage;
  std::string origin;     ///< Origin header; empty when there is none
  std::string fetchSite;  ///< Sec-Fetch-Site; empty when there is none
  std::string authority;  ///< Host header, as sent
  bool isMultipart = false;
  std::uint64_t contentLength = 0;  ///< as announced; 0 when it is not

  /// The parts of a multipart form as they come, once: texts into `form`, each file to the sink that `open` returns.
  /// `open` sees in `form` the texts that came before; it may refuse by throwing web::Refused. Throws Refused
  /// (400, 408, 413) when the form is broken, too slow, too large, or breaks off.
  virtual void readParts(std::uint64_t mostBytes,
                         const std::function<std::unique_ptr<PartSink>(const PartHead&)>& open) = 0;
};

/// What the server answers without a page: 400, 403, 404, 405, 408, 411, 413, 414, 415, 429, 431, 500, 503. The
/// server's own keys: error.bad-request, error.not-allowed (405), error.too-slow (408), error.length-needed (411),
/// error.too-large (413), error.too-long (414, 431), error.wrong-type (415), error.broken (500), error.too-busy (503).
struct Refused {
  int status = 400;
  std::string key;  ///< of the words that say why: "error.too-large"
};

/// Sent with Secure, HttpOnly, Path=/ and SameSite=Lax. Only cookies that came with the prefix are in Request::cookies,
/// there without it.
struct Cookie {
  std::string name;                           ///< without prefix; "__Host-" is put before it (plain "" prefix never)
  std::string value;                          ///< [A-Za-z0-9_-]*; empty = forget it
  std::optional<std::int64_t> maxAgeSeconds;  ///< none = until the browser closes
};

struct Response {
  int status = 200;
  std::string type = "text/html; charset=utf-8";
  std::string body{};
  std::optional<std::filesystem::path> file{};  ///< sent instead of `body`; a regular file, opened at once
  std::string location{};                       ///< of a 303: a path of this site, begins with one '/'
  std::string away{};                           ///< of a 303 to another site: https only (redirectAway)
  std::string downloadName{};                   ///< Content-Disposition: attachment
  std::vector<Cookie> cookies{};
  /// Nothing in it is both secret and the same in the next answer beside something a stranger may choose (BREACH).
  bool mayBeCompressed = false;
  bool mayBeCached = false;                                    ///< static assets; everything else is no-store
  std::optional<int> refreshSeconds{};                         ///< Refresh header: a status page without script
  std::vector<std::pair<std::string, std::string>> headers{};  ///< never one that the server sets itself

  /// std::logic_error for what is no path of this site: nothing from outside can lead away.
  static Response redirect(std::string location);
  /// To the sign-in broker, the one place a visitor is sent away to. std::logic_error unless it is https.
  static Response redirectAway(std::string url);
  static Response text(int status, std::string body);
};

}  // namespace sluis::web
