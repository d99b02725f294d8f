// A mail server's answers: any bytes, in whatever pieces they arrive, give the same replies, bounded and printable.
#include <algorithm>
#include <cstdlib>
#include <string>
#include <vector>

#include "smtp/reply.h"

namespace {

using namespace sluis::channel_smtp;

// What came out: each reply as text, and "!" where the conversation broke.
std::vector<std::string> repliesOf(std::string_view bytes, std::size_t piece) {
  ReplyReader reader;
  std::vector<std::string> replies;
  try {
    while (!bytes.empty()) {
      const std::size_t size = std::min(piece, bytes.size());
      reader.feed(bytes.substr(0, size));
      bytes.remove_prefix(size);
      while (const auto reply = reader.next()) {
        if (reply->code < 200 || reply->code > 599 || reply->lines.empty() || reply->lines.size() > 128) std::abort();
        for (const std::string& line : reply->lines)
          if (line != printable(line) || line.size() > 4096) std::abort();
        if (reply->text().size() > 300) std::abort();
        replies.push_back(reply->text());
      }
    }
  } catch (const Broken&) {
    replies.emplace_back("!");
  }
  return replies;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto whole = repliesOf(bytes, std::max<std::size_t>(size, 1));
  if (repliesOf(bytes, 1) != whole || repliesOf(bytes, 7) != whole) std::abort();
  return 0;
}
