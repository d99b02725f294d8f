#include "web/head.h"

#include <algorithm>

#include "web/header_text.h"
#include "web/urlencoded.h"

namespace sluis::web {
namespace {

const Refused kBadRequest{400, "error.bad-request"};

/// The next line without its "\r\n"; what follows stays in `text`. nullopt for a line with another end.
std::optional<std::string_view> nextLine(std::string_view& text) {
  const std::size_t end = text.find("\r\n");
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end + 2);
  if (line.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos) return std::nullopt;
  return line;
}

std::optional<Refused> takeTarget(std::string_view target, Head& head) {
  if (target.size() > kLongestTarget) return Refused{414, "error.too-long"};
  // An address with '#' or one of another site ("http://…") is for a proxy, which this is not.
  if (std::any_of(target.begin(), target.end(), [](char byte) { return byte <= ' ' || byte > '~' || byte == '#'; }))
    return kBadRequest;
  const std::size_t mark = std::min(target.find('?'), target.size());
  auto path = decodePath(target.substr(0, mark));
  if (!path) return path.error();
  head.path = std::move(*path);
  head.query = target.substr(std::min(mark + 1, target.size()));
  return std::nullopt;
}

std::optional<Refused> takeFirstLine(std::string_view line, Head& head, bool& isOld) {
  const std::size_t one = line.find(' ');
  const std::size_t two = line.rfind(' ');
  if (one == std::string_view::npos || one == two) return kBadRequest;
  const std::string_view method = line.substr(0, one);
  const std::string_view version = line.substr(two + 1);
  if (!isToken(method) || (version != "HTTP/1.1" && version != "HTTP/1.0")) return kBadRequest;
  isOld = version == "HTTP/1.0";
  if (auto refused = takeTarget(line.substr(one + 1, two - one - 1), head)) return refused;
  if (method == "GET")
    head.method = Method::get;
  else if (method == "HEAD")
    head.method = Method::head;
  else if (method == "POST")
    head.method = Method::post;
  else
    return Refused{405, "error.not-allowed"};
  return std::nullopt;
}

std::optional<Refused> takeHeaders(std::string_view& text, Head& head) {
  for (;;) {
    const auto line = nextLine(text);
    if (!line) return kBadRequest;
    if (line->empty()) return text.empty() ? std::nullopt : std::optional(kBadRequest);
    const std::size_t colon = line->find(':');
    if (colon == std::string_view::npos || !isToken(line->substr(0, colon))) return kBadRequest;
    const std::string_view value = trimmed(line->substr(colon + 1));
    if (!isHeaderValue(value)) return kBadRequest;
    if (value.size() > kLongestValue || head.headers.all().size() == kMostHeaders)
      return Refused{431, "error.too-long"};
    head.headers.add(inLowerCase(line->substr(0, colon)), std::string(value));
  }
}

std::optional<Refused> takeLength(Head& head) {
  const auto lengths = head.headers.every("content-length");
  if (head.headers.has("transfer-encoding")) return lengths.empty() ? Refused{411, "error.length-needed"} : kBadRequest;
  if (lengths.empty()) return std::nullopt;
  const std::string& length = lengths.front();
  if (lengths.size() > 1 || length.empty() || length.size() > 15 ||
      !std::all_of(length.begin(), length.end(), [](char digit) { return digit >= '0' && digit <= '9'; }))
    return kBadRequest;
  head.contentLength = std::stoull(length);
  if (head.contentLength != 0 && head.method != Method::post) return kBadRequest;
  return std::nullopt;
}

bool names(const Fields& headers, std::string_view header, std::string_view word) {
  for (const std::string& value : headers.every(header)) {
    std::string_view rest = value;
    while (!rest.empty()) {
      const std::size_t end = std::min(rest.find(','), rest.size());
      if (sameText(trimmed(rest.substr(0, end)), word)) return true;
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }
  return false;
}

}  // namespace

Result<Head, Refused> parseHead(std::string_view text) {
  Head head;
  bool isOld = false;
  const auto first = nextLine(text);
  if (!first) return failure(kBadRequest);
  if (auto refused = takeFirstLine(*first, head, isOld)) return failure(std::move(*refused));
  if (auto refused = takeHeaders(text, head)) return failure(std::move(*refused));
  const auto hosts = head.headers.every("host");
  if (hosts.size() > 1 || (hosts.empty() && !isOld) || (!hosts.empty() && !isAuthority(hosts.front())))
    return failure(kBadRequest);
  if (auto refused = takeLength(head)) return failure(std::move(*refused));
  head.keepsAlive = !isOld && !names(head.headers, "connection", "close");
  head.awaitsContinue = !isOld && head.contentLength != 0 && names(head.headers, "expect", "100-continue");
  return head;
}

}  // namespace sluis::web
