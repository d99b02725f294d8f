// The head of a request: the first line and the headers, taken strictly. What two servers could read in two ways
// (folded lines, bare line feeds, blanks before a colon, two lengths, a length and a transfer coding) is refused: no
// request is smuggled past a proxy.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "web/message.h"

namespace sluis::web {

inline constexpr std::size_t kLargestHead = 16 << 10;
inline constexpr std::size_t kMostHeaders = 64;

struct Head {
  Method method = Method::get;
  std::string path;   ///< decoded
  std::string query;  ///< as sent
  Fields headers;     ///< names in lower case
  std::uint64_t contentLength = 0;
  bool keepsAlive = true;       ///< as far as the client is concerned
  bool awaitsContinue = false;  ///< sends its body when told "100 Continue"
};

/// `text` is everything up to and with the empty line.
Result<Head, Refused> parseHead(std::string_view text);

}  // namespace sluis::web
