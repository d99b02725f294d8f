// The head of a request, and the path in it, as a stranger writes them.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "web/head.h"
#include "web/header_text.h"
#include "web/urlencoded.h"

namespace {

using namespace sluis::web;

void expectPlain(const std::string& path) {
  if (path.empty() || path[0] != '/' || !isCleanText(path, LineEnds::refused)) std::abort();
  if (path.find("//") != std::string::npos || path.find('\\') != std::string::npos) std::abort();
  for (const char* trick : {"/./", "/../"})
    if ((path + "/").find(trick) != std::string::npos) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto path = decodePath(text)) expectPlain(*path);
  for (const std::string& whole : {std::string(text), "GET " + std::string(text) + " HTTP/1.1\r\nHost: p\r\n\r\n"}) {
    const auto head = parseHead(whole);
    if (!head) continue;
    expectPlain(head->path);
    if (head->headers.has("transfer-encoding") || head->headers.every("content-length").size() > 1) std::abort();
    if (head->contentLength != 0 && head->method != Method::post) std::abort();
    for (const auto& [name, value] : head->headers.all())
      if (!isToken(name) || !isHeaderValue(value) || name != inLowerCase(name)) std::abort();
  }
  return 0;
}
